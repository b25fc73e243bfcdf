"""Cases: the queue of what staff must look at, and closing one with what was found out.

Owns the one action. It moves no money and changes no recharge; closing again finds it closed.
"""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from topup import ids
from topup.console import columns, resolving, retelling, words
from topup.console.admin import deeds
from topup.console.admin.base import StaffRequest
from topup.console.admin.credit_requests import selected
from topup.console.admin.filters import QueueFilter, WordFilter
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter
from topup.console.permission import may
from topup.recharges.cases import MAX_RESOLUTION, State
from topup.recharges.models import Case
from topup.sellers.roles import Deed

CLOSED = _("closed.")


class StateFilter(QueueFilter):
    title = _("state")
    parameter_name = "state"
    titles = words.CASE_STATES
    waiting = State.OPEN


class KindFilter(WordFilter):
    title = _("kind")
    parameter_name = "kind"
    titles = words.CASE_KINDS


class CloseForm(forms.Form):
    resolution = forms.CharField(
        label=_("Resolution"),
        max_length=MAX_RESOLUTION,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": deeds.ROWS}),
        help_text=_("What was found out, and done."),
    )


opened = columns.moment_us("opened_at_us", _("Opened"))
kind = columns.word("kind", _("Kind"), words.CASE_KINDS)
state = columns.word("state", _("State"), words.CASE_STATES)
recorded = columns.raw("evidence", _("Evidence"))


@admin.display(description=_("Evidence"))
def evidence(row: Case) -> str:
    """In the words of the page where they are known, and as it is on record."""
    retold = retelling.retold(row.evidence)
    said = (
        format_html("<p>{}</p>", retold) if retold not in (row.evidence, columns.called(row.evidence)) else ""
    )
    return format_html("{}{}", said, recorded(row))


@admin.display(description=_("Evidence"))
def evidence_begins(row: Case) -> str:
    return columns.own(Truncator(retelling.retold(row.evidence)).chars(columns.BEGINNING))


@admin.register(Case)
class CaseAdmin(OfSellersAdmin[Case]):
    list_display = (
        opened,
        kind,
        columns.operator,
        columns.seller,
        state,
        evidence_begins,
    )
    list_display_links = (opened, kind)
    fields: ClassVar[Any] = (
        opened,
        kind,
        state,
        columns.operator,
        columns.seller,
        columns.recharge,
        columns.plain("subject", _("Subject")),
        evidence,
        columns.moment_us("closed_at_us", _("Closed")),
        columns.person("closed_by", _("Closed by")),
        columns.plain("resolution", _("Resolution")),
        columns.identifier("id", _("Id")),
    )
    readonly_fields = fields
    people = ("closed_by",)
    ordering = ("-id",)
    list_filter = (StateFilter, KindFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = _("The id of a case or of a recharge, or an operator's code")
    actions: Any = ("close",)
    # Django would offer to select what is on other pages too, unseen.
    list_disable_select_all = True

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def key_of(self, written: str) -> Q:
        whose = ids.seller_of(written)
        return Q(seller_id=whose, id=written) | Q(seller_id=whose, recharge_id=written)

    def named(self, term: str, request: HttpRequest) -> Q:
        return Q(operator=term)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """A case's page has nothing to save; closing is a deed of its own."""
        return may(request, Deed.DECIDE_REVIEW)

    @admin.action(description=_("Close selected cases"), permissions=["decide"])
    def close(self, request: StaffRequest, queryset: "QuerySet[Case]") -> HttpResponse | None:
        chosen = {each: self._described(request, each) for each in selected(request)}
        form = CloseForm(request.POST if "resolution" in request.POST else None)
        if not form.is_valid():
            title = gettext("Close cases")
            return deeds.ask_about(
                self, request, form, action="close", title=title, button=gettext("Close"), chosen=chosen
            )
        resolution, by = form.cleaned_data["resolution"], request.user.pk
        for each, about in chosen.items():
            outcome = resolving.close_case(case_id=each, resolution=resolution, by=by)
            deeds.say(self, request, outcome, about=about, done=CLOSED)
        return None

    def _described(self, request: HttpRequest, case_id: str) -> str:
        row: Any = self.get_object(request, case_id)  # with the names that the list has
        if row is None:
            return gettext("%(id)s: there is no such case") % {"id": columns.called(case_id)}
        operator = getattr(row, "operator_name", None) or columns.called(row.operator)
        return f"{kind(row)} · {operator} · {columns.called(row.subject)}"
