"""The queue of recharges of which no operator tells what became of them, and the decisions about them.

Owns the actions. Each goes through `topup.console.resolving`; sent again, it finds the recharge decided.
"""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from topup import clock
from topup.console import resolving
from topup.console.admin import columns, lives
from topup.console.admin.asking import ask
from topup.console.admin.base import StaffRequest
from topup.console.admin.credit_requests import selected
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter
from topup.console.admin.recording import record
from topup.console.outcomes import OUTCOMES
from topup.ledger.outcomes import Outcome
from topup.recharges.models import Review
from topup.recharges.review import MAX_EVIDENCE, Verdict

ALL_UNKNOWN = "all"
HOUR_S = 3_600
DONE = {
    Verdict.DELIVERED: "marked delivered; its price is sold.",
    Verdict.FAILED: "marked failed; its price is available again.",
}
PROPOSED = "proposed to be failed; somebody else of staff must say the same."


class QueueFilter(admin.SimpleListFilter):
    """What waits for staff comes first; what operators are still asked about is there to be looked at."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # any page
        return [(ALL_UNKNOWN, "All unknown")]

    def choices(self, changelist: Any) -> Any:  # Django's list and its choices
        for value, title in (("", "In review"), (ALL_UNKNOWN, "All unknown")):
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == (self.value() or ""), "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset if self.value() == ALL_UNKNOWN else queryset.filter(review_since_us__isnull=False)


class EvidenceForm(forms.Form):
    evidence = forms.CharField(
        max_length=MAX_EVIDENCE,
        widget=AdminTextareaWidget,
        help_text="What you know it from: who said so, when, under which number.",
    )


@admin.display(description="Unknown for")
def age(row: Any) -> str:  # a Review
    if row.unknown_since_us is None:
        return columns.EMPTY
    hours, rest_s = divmod((clock.now_us() - row.unknown_since_us) // clock.US_PER_SECOND, HOUR_S)
    return f"{hours} h {rest_s // 60} min"


@admin.register(Review)
class ReviewAdmin(OfSellersAdmin[Review]):
    list_display = (
        age,
        columns.seller,
        columns.phone_number,
        "operator",
        columns.amount("amount", "Amount"),
        "gateway",
        "attempts",
        columns.person("proposed_by", "Proposed to fail by"),
        "id",
    )
    list_display_links = (age, "id")
    fields: ClassVar[Any] = (
        *list_display[:-1],
        "id",
        "reference",
        columns.moment_us("created_at_us", "Sold"),
        columns.moment_us("unknown_since_us", "Unknown since"),
        columns.moment_us("review_since_us", "In review since"),
        columns.plain("proposed_evidence", "Evidence of the proposal"),
        lives.events,
        lives.attempts,
    )
    readonly_fields = fields
    people = ("proposed_by",)
    ordering = ("-id",)
    list_filter = (QueueFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = "The id of a recharge"
    actions: Any = ("query_again", "mark_delivered", "mark_failed", "withdraw")
    # Django would offer to select what is on other pages too, unseen.
    actions_selection_counter = False

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Deciding is the permission to change, though a recharge's page has nothing to save."""
        return request.user.has_perm("recharges.change_review")

    @admin.action(description="Ask the operator again about selected recharges", permissions=["decide"])
    def query_again(self, request: StaffRequest, queryset: "QuerySet[Review]") -> None:
        for recharge_id in selected(request):
            outcome = resolving.query_again(recharge_id=recharge_id, by=request.user.pk)
            self._say(request, recharge_id, outcome, done="the operator is asked again in a moment.")

    @admin.action(description="Mark selected recharges delivered", permissions=["decide"])
    def mark_delivered(self, request: StaffRequest, queryset: "QuerySet[Review]") -> HttpResponse | None:
        return self._resolve(request, Verdict.DELIVERED, action="mark_delivered")

    @admin.action(description="Mark selected recharges failed", permissions=["decide"])
    def mark_failed(self, request: StaffRequest, queryset: "QuerySet[Review]") -> HttpResponse | None:
        return self._resolve(request, Verdict.FAILED, action="mark_failed")

    @admin.action(description="Withdraw the proposals about selected recharges", permissions=["decide"])
    def withdraw(self, request: StaffRequest, queryset: "QuerySet[Review]") -> None:
        for recharge_id in selected(request):
            outcome = resolving.withdraw(recharge_id=recharge_id, by=request.user.pk)
            self._say(request, recharge_id, outcome, done="the proposal is withdrawn.")

    def _resolve(self, request: StaffRequest, verdict: Verdict, *, action: str) -> HttpResponse | None:
        chosen = selected(request)
        form = EvidenceForm(request.POST if "evidence" in request.POST else None)
        if not form.is_valid():
            return ask(
                self,
                request,
                form,
                title=f"Mark recharges {verdict}",
                button=f"Mark {verdict}",
                about=[self._described(request, each) for each in chosen],
                hidden=[("action", action), *((ACTION_CHECKBOX_NAME, each) for each in chosen)],
            )
        evidence = form.cleaned_data["evidence"]
        for recharge_id in chosen:
            about = self._described(request, recharge_id)
            outcome = resolving.resolve(
                recharge_id=recharge_id, verdict=verdict, evidence=evidence, by=request.user.pk
            )
            self._say(request, recharge_id, outcome, done=DONE[verdict], about=about)
        return None

    def _described(self, request: HttpRequest, recharge_id: str) -> str:
        row: Any = self.get_object(request, recharge_id)  # with the names that the list has
        if row is None:
            return f"{recharge_id}: it is not unknown"
        amount = columns.amount("amount", "")(row)
        number = columns.phone_number(row)
        return f"{amount} for {number}, sold by {row.seller_name} (seller {row.seller_id})"

    def _say(
        self, request: StaffRequest, recharge_id: str, outcome: Outcome | str, *, done: str, about: str = ""
    ) -> None:
        level, text = messages.SUCCESS, done
        if not isinstance(outcome, Outcome):
            text = PROPOSED
        elif outcome is not Outcome.POSTED:
            level, text = OUTCOMES[outcome]
        self.message_user(request, f"{about or recharge_id}: {text}", level)
        if level == messages.SUCCESS:
            record(request, Review, recharge_id, text.capitalize())
