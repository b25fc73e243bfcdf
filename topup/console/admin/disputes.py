"""Disputes: the queue that staff answer, and the record of how.

Owns the two actions. Both go through `topup.console.resolving`; sent again, they find it answered.
"""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from topup.console import resolving
from topup.console.admin import columns
from topup.console.admin.asking import ask
from topup.console.admin.base import StaffRequest
from topup.console.admin.credit_requests import selected
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter
from topup.console.admin.recording import record
from topup.console.outcomes import OUTCOMES
from topup.ledger.outcomes import Outcome
from topup.recharges.disputes import MAX_EVIDENCE, MAX_REASON, State
from topup.recharges.models import Dispute

EVERY_STATE = "all"


class DisputeStateFilter(admin.SimpleListFilter):
    """What is open comes first; the rest is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # any page
        return [*((str(state), state.capitalize()) for state in State), (EVERY_STATE, "All")]

    def choices(self, changelist: Any) -> Any:  # Django's list and its choices
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == self._chosen(), "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = self._chosen()
        return queryset if chosen == EVERY_STATE else queryset.filter(state=chosen)

    def _chosen(self) -> str:
        known = {str(value) for value, _ in self.lookup_choices}
        value = self.value()
        return value if value in known else State.OPEN


class ReverseForm(forms.Form):
    reason = forms.CharField(
        max_length=MAX_REASON, widget=AdminTextareaWidget, help_text="The seller reads it."
    )


class RefuseForm(ReverseForm):
    evidence = forms.CharField(
        max_length=MAX_EVIDENCE,
        widget=AdminTextareaWidget,
        help_text="What the operator shows that it arrived. The seller reads it.",
    )


@admin.display(description="Recharge")
def recharge(row: Any) -> str:  # a Dispute
    url = reverse("admin:recharges_recharge_change", args=[row.recharge_id])
    return format_html('<a href="{}">{}</a>', url, row.recharge_id)


opened = columns.moment_us("opened_at_us", "Opened")


@admin.register(Dispute)
class DisputeAdmin(OfSellersAdmin[Dispute]):
    list_display = (opened, columns.seller, recharge, "state", columns.beginning("reason", "Reason"), "id")
    list_display_links = (opened, "id")
    fields: ClassVar[Any] = (
        "id",
        opened,
        columns.seller,
        recharge,
        "state",
        "reason",
        columns.person("opened_by", "Opened by"),
        columns.plain("answer", "Answer"),
        columns.plain("evidence", "Evidence"),
        columns.person("answered_by", "Answered by"),
        columns.moment_us("answered_at_us", "Answered"),
    )
    readonly_fields = fields
    people = ("opened_by", "answered_by")
    list_filter = (DisputeStateFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = "The id of a dispute"
    actions: Any = ("reverse_recharges", "refuse")
    # Django would offer to select what is on other pages too, unseen.
    actions_selection_counter = False
    ordering = ("-id",)

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Deciding is the permission to change, though a dispute's page has nothing to save."""
        return request.user.has_perm("recharges.change_dispute")

    @admin.action(description="Reverse the recharges of selected disputes", permissions=["decide"])
    def reverse_recharges(self, request: StaffRequest, queryset: "QuerySet[Dispute]") -> HttpResponse | None:
        form = ReverseForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, form, action="reverse_recharges", title="Reverse disputed recharges")
        for dispute_id in selected(request):
            outcome = resolving.reverse_dispute(
                dispute_id=dispute_id, reason=form.cleaned_data["reason"], by=request.user.pk
            )
            self._say(request, dispute_id, outcome, done="reversed; the price is available again.")
        return None

    @admin.action(description="Refuse selected disputes", permissions=["decide"])
    def refuse(self, request: StaffRequest, queryset: "QuerySet[Dispute]") -> HttpResponse | None:
        form = RefuseForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, form, action="refuse", title="Refuse disputes")
        for dispute_id in selected(request):
            outcome = resolving.refuse_dispute(
                dispute_id=dispute_id,
                reason=form.cleaned_data["reason"],
                evidence=form.cleaned_data["evidence"],
                by=request.user.pk,
            )
            self._say(request, dispute_id, outcome, done="refused.")
        return None

    def _ask(self, request: StaffRequest, form: forms.Form, *, action: str, title: str) -> HttpResponse:
        chosen = selected(request)
        return ask(
            self,
            request,
            form,
            title=title,
            button=title,
            about=[self._described(request, each) for each in chosen],
            hidden=[("action", action), *((ACTION_CHECKBOX_NAME, each) for each in chosen)],
        )

    def _described(self, request: HttpRequest, dispute_id: str) -> str:
        row: Any = self.get_object(request, dispute_id)  # with the names that the list has
        if row is None:
            return f"{dispute_id}: there is no such dispute"
        return f"{row.seller_name} (seller {row.seller_id}) of {row.recharge_id}: {row.reason}"

    def _say(self, request: StaffRequest, dispute_id: str, outcome: Outcome, *, done: str) -> None:
        posted = outcome is Outcome.POSTED
        level, text = (messages.SUCCESS, done) if posted else OUTCOMES[outcome]
        self.message_user(request, f"{self._described(request, dispute_id)}: {text}", level)
        if posted:
            record(request, Dispute, dispute_id, text.capitalize())
