"""Settlement files: what each import came to, with its cases; sending one; and the mappings of columns.

Owns the form of an upload. What a file means, and what follows from it, is the importing's.
"""

from typing import Any, ClassVar

import psycopg
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from topup.console.admin import columns
from topup.console.admin.asking import ask
from topup.console.admin.base import PageAdmin, ReadOnlyAdmin, StaffRequest
from topup.gateways.models import Operator
from topup.reconciliation.settlement import telling, uploading
from topup.reconciliation.settlement.importing import Busy, Done
from topup.reconciliation.settlement.keeping import UnknownOperator
from topup.reconciliation.settlement.mapping import MappingError
from topup.reconciliation.settlement.models import KeptMapping, SettlementFile
from topup.reconciliation.settlement.source import FileError
from topup.reconciliation.settlement.uploading import MAX_UPLOAD_BYTES

CASES_SHOWN = 50
"""Cases on a file's page; the list of cases has them all."""
COUNTS = tuple(telling.TOLD)


class UploadForm(forms.Form):
    operator = forms.ModelChoiceField(queryset=Operator.objects.all())
    file = forms.FileField(help_text=f"CSV, also gzipped, up to {MAX_UPLOAD_BYTES // 2**20} MiB.")
    day = forms.DateField(
        required=False, widget=AdminDateWidget, help_text="Left empty: the day of most of its lines."
    )
    mapping = forms.ModelChoiceField(
        queryset=KeptMapping.objects.all(), required=False, help_text="Left empty: the operator's own."
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError("It is too large for a page: use `topup settle import`.")
        return file


@admin.display(description="Cases")
def opened(row: SettlementFile) -> str:
    """The cases of an import, each leading to its page."""
    found = row.opened()[:CASES_SHOWN]
    links = [
        (
            reverse("admin:recharges_case_change", args=[case.pk]),
            case.kind.replace("_", " "),
            case.subject,
            case.state,
        )
        for case in found
    ]
    more = f"… and {row.cases - CASES_SHOWN:,} more" if row.cases > CASES_SHOWN else ""
    listed = format_html_join("", '<li><a href="{}">{}: {}</a> ({})</li>', links)
    return format_html("<ul>{}</ul>{}", listed, more) if links else columns.EMPTY


@admin.display(description="Lines that can't be read")
def bad_lines(row: SettlementFile) -> str:
    return format_html_join("", "{}<br>", ((each,) for each in row.bad_lines)) or columns.EMPTY


begun = columns.moment_us("begun_at_us", "Imported")


@admin.register(SettlementFile)
class SettlementFileAdmin(ReadOnlyAdmin[SettlementFile]):
    list_display = (begun, "operator", "day", "name", "lines", "bad", *COUNTS, "cases")
    list_display_links = (begun, "name")
    list_filter = ("operator",)
    fields: ClassVar[Any] = (
        "id", begun, columns.moment_us("done_at_us", "Done"), "by_whom", "operator", "day", "name", "digest",
        "lines", "bad", bad_lines, *COUNTS, opened,
    )  # fmt: skip
    readonly_fields = fields
    sortable_by = ()
    list_per_page = 50
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Adding one is sending a file."""
        return request.user.has_perm("settlement.add_settlementfile")

    def add_view(self, request: StaffRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # type: ignore[override]  # its user has passed the admin's log-in
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if form.is_valid() and (done := self._imported(request, form)) is not None:
            level = messages.WARNING if telling.exit_status(done.file) else messages.SUCCESS
            self.message_user(request, telling.in_words(done), level)
            return HttpResponseRedirect(
                reverse("admin:settlement_settlementfile_change", args=[done.file.pk])
            )
        return ask(self, request, form, title="Import a settlement file", button="Import", about=[])

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
        except (FileError, MappingError, UnknownOperator, Busy) as error:
            form.add_error(None, str(error))
        except psycopg.OperationalError:
            form.add_error(None, "The database went away. Try again: nothing is done twice.")
        return None


@admin.register(KeptMapping)
class KeptMappingAdmin(PageAdmin[KeptMapping]):
    list_display = ("name",)
    fields = ("name", "content")
