"""The queue of recharges of which no operator tells what became of them, and the decisions about them.

Owns the actions. Each goes through `topup.console.resolving`; sent again, it finds the recharge decided.
"""

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup import clock
from topup.console import columns, resolving
from topup.console.admin import deeds
from topup.console.admin.base import StaffRequest
from topup.console.admin.credit_requests import selected
from topup.console.admin.filters import EVERY
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter
from topup.console.admin.recharge_deeds import ASKED, DONE, MARKED, WITHDRAWN, RechargeDeeds
from topup.console.permission import may
from topup.recharges.models import Review
from topup.recharges.review import Verdict
from topup.sellers.roles import Deed

HOUR_S = 3_600
MINUTE_S = 60


class QueueFilter(admin.SimpleListFilter):
    """What waits for staff comes first; what operators are still asked about is there to be looked at."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # any page
        return [(EVERY, _("all unknown"))]

    def choices(self, changelist: Any) -> Any:  # Django's list and its choices
        for value, title in (("", _("in review")), *self.lookup_choices):
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == (self.value() or ""), "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset if self.value() == EVERY else queryset.filter(review_since_us__isnull=False)


@admin.display(description=_("Unknown for"))
def age(row: Any) -> str:  # a Review
    if row.unknown_since_us is None:
        return columns.EMPTY
    hours, rest_s = divmod((clock.now_us() - row.unknown_since_us) // clock.US_PER_SECOND, HOUR_S)
    told = {"hours": columns.number(hours), "minutes": columns.number(rest_s // MINUTE_S)}
    return gettext("%(hours)s h %(minutes)s min") % told


@admin.register(Review)
class ReviewAdmin(RechargeDeeds, OfSellersAdmin[Review]):
    list_display = (
        age,
        columns.seller,
        columns.phone_number,
        columns.operator,
        columns.amount("amount", _("Amount")),
        columns.identifier("gateway", _("Gateway")),
        columns.count("attempts", _("Attempts")),
        columns.person("proposed_by", _("Proposed to fail by")),
    )
    list_display_links = (age,)
    fields: ClassVar[Any] = (
        *list_display,
        columns.identifier("id", _("Id")),
        columns.identifier("reference", _("Reference")),
        columns.moment_us("created_at_us", _("Sold")),
        columns.moment_us("unknown_since_us", _("Unknown since")),
        columns.moment_us("review_since_us", _("In review since")),
        columns.plain("proposed_evidence", _("Evidence of the proposal")),
    )
    readonly_fields = fields
    people = ("proposed_by",)
    ordering = ("-id",)
    list_filter = (QueueFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = _("The id of a recharge")
    actions: Any = ("query_again", "mark_delivered", "mark_failed", "withdraw")
    # Django would offer to select what is on other pages too, unseen.
    list_disable_select_all = True

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def has_ask_permission(self, request: HttpRequest) -> bool:
        return may(request, Deed.QUERY)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """A recharge's page has nothing to save; deciding is a deed of its own."""
        return may(request, Deed.DECIDE_REVIEW)

    @admin.action(description=_("Ask the operator again about selected recharges"), permissions=["ask"])
    def query_again(self, request: StaffRequest, queryset: "QuerySet[Review]") -> None:
        for each in selected(request):
            outcome = resolving.query_again(recharge_id=each, by=request.user.pk)
            deeds.say(self, request, outcome, about=self.described(request, each), done=ASKED)

    @admin.action(description=_("Mark selected recharges delivered"), permissions=["decide"])
    def mark_delivered(self, request: StaffRequest, queryset: "QuerySet[Review]") -> HttpResponse | None:
        return self._mark(request, Verdict.DELIVERED, action="mark_delivered")

    @admin.action(description=_("Mark selected recharges failed"), permissions=["decide"])
    def mark_failed(self, request: StaffRequest, queryset: "QuerySet[Review]") -> HttpResponse | None:
        return self._mark(request, Verdict.FAILED, action="mark_failed")

    @admin.action(description=_("Withdraw the proposals about selected recharges"), permissions=["decide"])
    def withdraw(self, request: StaffRequest, queryset: "QuerySet[Review]") -> None:
        for each in selected(request):
            outcome = resolving.withdraw(recharge_id=each, by=request.user.pk)
            deeds.say(self, request, outcome, about=self.described(request, each), done=WITHDRAWN)

    def _mark(self, request: StaffRequest, verdict: Verdict, *, action: str) -> HttpResponse | None:
        chosen = {each: self.described(request, each) for each in selected(request)}
        form = deeds.EvidenceForm(request.POST if "evidence" in request.POST else None)
        if not form.is_valid():
            title = str(MARKED[verdict])
            return deeds.ask_about(
                self, request, form, action=action, title=title, button=title, chosen=chosen
            )
        evidence, by = form.cleaned_data["evidence"], request.user.pk
        for each, about in chosen.items():
            outcome = resolving.resolve(recharge_id=each, verdict=verdict, evidence=evidence, by=by)
            deeds.say(self, request, outcome, about=about, done=DONE[verdict])
        return None
