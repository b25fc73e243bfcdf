"""Settlement files: what each import came to, with its cases; sending one; and the mappings of columns.

Owns the form of an upload. What a file means, and what follows from it, is the importing's.
"""

from typing import Any, ClassVar

import psycopg
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from topup import people
from topup.console import columns, retelling, words
from topup.console.admin.asking import ask
from topup.console.admin.base import PageAdmin, ReadOnlyAdmin, StaffRequest
from topup.console.admin.connections import LEFT_TO_RIGHT, Indented
from topup.console.permission import may
from topup.gateways.models import Operator
from topup.reconciliation.settlement import telling, uploading
from topup.reconciliation.settlement.importing import Busy, Done
from topup.reconciliation.settlement.keeping import UnknownOperator
from topup.reconciliation.settlement.mapping import MappingError
from topup.reconciliation.settlement.models import KeptMapping, SettlementFile
from topup.reconciliation.settlement.source import FileError
from topup.reconciliation.settlement.uploading import MAX_UPLOAD_BYTES
from topup.sellers.roles import Deed

CASES_SHOWN = 50
"""Cases on a file's page; the list of cases has them all."""
MIB = 2**20


class DayField(forms.CharField):
    """A day of either calendar, in either script; None where nothing was written."""

    def to_python(self, value: Any) -> Any:  # a day, from what was typed
        written = super().to_python(value)
        if not written:
            return None
        try:
            return people.read_day(written)
        except people.NotADay:
            raise ValidationError(
                gettext("This is no day; write one such as 2026-11-20 or 1405/08/29.")
            ) from None


class UploadForm(forms.Form):
    operator = forms.ModelChoiceField(
        label=_("Operator"), queryset=Operator.objects.all(), widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("CSV, also gzipped, of up to 8 MiB."),
    )
    day = DayField(
        label=_("Day"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs=LEFT_TO_RIGHT),
        help_text=_("Left empty: the day of most of its lines."),
    )
    mapping = forms.ModelChoiceField(
        label=_("Mapping"),
        queryset=KeptMapping.objects.all(),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Left empty: the operator's own."),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > MAX_UPLOAD_BYTES:
            told = {"most": columns.number(MAX_UPLOAD_BYTES // MIB)}
            raise ValidationError(
                gettext("It is larger than %(most)s MiB: use `topup settle import` for it.") % told
            )
        return file


@admin.display(description=_("Operator"))
def operator(row: Any) -> str:  # a SettlementFile
    return columns.apart(row.operator)


@admin.display(description=_("Day"))
def day(row: SettlementFile) -> str:
    return columns.EMPTY if row.day is None else columns.apart(people.day(row.day, columns.language()))


@admin.display(description=_("Cases"))
def opened(row: SettlementFile) -> str:
    """The cases of an import, each leading to its page."""
    links = [
        (
            columns.page("recharges_case", case.pk),
            words.CASE_KINDS.get(case.kind, case.kind),
            case.subject,
            words.CASE_STATES.get(case.state, case.state),
        )
        for case in row.opened()[:CASES_SHOWN]
    ]
    if not links:
        return columns.EMPTY
    left = row.cases - CASES_SHOWN
    more = gettext("and %(count)s more") % {"count": columns.number(left)} if left > 0 else ""
    listed = format_html_join("", '<li><a class="link" href="{}">{}: <bdi>{}</bdi></a> ({})</li>', links)
    return format_html("<ul>{}</ul>{}", listed, more)


@admin.display(description=_("Lines that can't be read"))
def bad_lines(row: SettlementFile) -> str:
    lines = "\n".join(retelling.retold(str(each)) for each in row.bad_lines)
    return format_html('<pre class="raw" dir="auto">{}</pre>', lines) if lines else columns.EMPTY


begun = columns.moment_us("begun_at_us", _("Imported"))
name = columns.identifier("name", _("Name"))
COUNTS = tuple(columns.count(field, title) for field, title in words.SETTLED.items())
LINES = (columns.count("lines", _("Lines")), columns.count("bad", _("Unreadable")))


@admin.register(SettlementFile)
class SettlementFileAdmin(ReadOnlyAdmin[SettlementFile]):
    list_display = (begun, operator, day, name, *LINES, *COUNTS, columns.count("cases", _("Cases")))
    list_display_links = (begun, name)
    list_filter = ("operator",)
    fields: ClassVar[Any] = (
        begun,
        columns.moment_us("done_at_us", _("Done")),
        columns.plain("by_whom", _("By")),
        operator,
        day,
        name,
        columns.identifier("digest", _("SHA-256")),
        *LINES,
        bad_lines,
        *COUNTS,
        opened,
        columns.identifier("id", _("Id")),
    )
    readonly_fields = fields
    sortable_by = ()
    list_per_page = 50
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Adding one is sending a file."""
        return may(request, Deed.SETTLE)

    def add_view(self, request: StaffRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # type: ignore[override]  # its user has passed the admin's log-in
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if form.is_valid() and (done := self._imported(request, form)) is not None:
            level = messages.WARNING if telling.exit_status(done.file) else messages.SUCCESS
            self.message_user(request, _told(done), level)
            return HttpResponseRedirect(columns.page("settlement_settlementfile", done.file.pk))
        title, button = gettext("Import a settlement file"), gettext("Import")
        return ask(self, request, form, title=title, button=button, about=[])

    def _imported(self, request: StaffRequest, form: UploadForm) -> Done | None:
        given = form.cleaned_data
        try:
            return uploading.import_upload(
                settings.CONFIG,
                given["file"].chunks(),
                name=given["file"].name or "",
                operator=given["operator"].code,
                mapping=given["mapping"].name if given["mapping"] else None,
                day=given["day"],
                by=request.user.pk,
                username=request.user.username,
            )
        except (FileError, Busy) as error:  # which speak the page's language themselves
            form.add_error(None, str(error))
        except (MappingError, UnknownOperator) as error:
            form.add_error(None, retelling.retold(str(error)))
        except psycopg.OperationalError:
            form.add_error(None, gettext("The database went away. Try again: nothing is done twice."))
        return None


def _told(done: Done) -> str:
    """What came of an import, in a sentence; its page has every count."""
    file = done.file
    counts = " · ".join(
        f"{title} {columns.number(getattr(file, field))}"
        for field, title in words.SETTLED.items()
        if getattr(file, field)
    )
    told = {"lines": columns.number(file.lines), "bad": columns.number(file.bad), "counts": counts}
    told["cases"] = columns.number(file.cases)
    text = gettext("%(lines)s lines, %(bad)s unreadable; %(counts)s. Cases opened: %(cases)s.") % told
    before = gettext("Imported before; nothing was changed.") if done.before else ""
    return f"{before} {text}".strip()


class MappingForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    content = forms.JSONField(
        label=_("Columns and words"),
        initial=dict,
        encoder=Indented,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 20, **LEFT_TO_RIGHT}),
        help_text=_("A JSON object; docs/reference/settlement-files.md has every name."),
    )

    def _update_errors(self, errors: ValidationError) -> None:
        """What the mapping itself says is wrong, in the words of the page."""
        told = errors.error_dict.get("content", []) if hasattr(errors, "error_dict") else []
        for error in told:
            error.message = retelling.retold(str(error.message))
        super()._update_errors(errors)  # type: ignore[misc]  # Django's own, which its stubs leave out

    class Meta:
        model = KeptMapping
        fields = ("name", "content")
        labels: ClassVar = {"name": _("Name")}
        help_texts: ClassVar = {
            "name": _("An operator's code, for the mapping that its files have by itself.")
        }


@admin.register(KeptMapping)
class KeptMappingAdmin(PageAdmin[KeptMapping]):
    changing = Deed.SETTLE
    form = MappingForm
    list_display = (name,)
    fields = ("name", "content")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:  # any row
        return [] if obj is None else ["name"]
