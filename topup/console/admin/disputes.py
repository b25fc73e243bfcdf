"""Disputes: the queue that staff answer, and the record of how.

Owns the two actions. Both go through `topup.console.resolving`; sent again, they find it answered.
"""

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup.console import columns, resolving, words
from topup.console.admin import deeds
from topup.console.admin.base import StaffRequest
from topup.console.admin.credit_requests import selected
from topup.console.admin.filters import QueueFilter
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter, of_sellers_named
from topup.console.admin.recharge_deeds import GIVEN_BACK
from topup.console.permission import may
from topup.recharges.disputes import State
from topup.recharges.models import Dispute
from topup.sellers.roles import Deed

REFUSED = _("refused.")


class StateFilter(QueueFilter):
    title = _("state")
    parameter_name = "state"
    titles = words.DISPUTE_STATES
    waiting = State.OPEN


opened = columns.moment_us("opened_at_us", _("Opened"))
state = columns.word("state", _("State"), words.DISPUTE_STATES)


@admin.register(Dispute)
class DisputeAdmin(OfSellersAdmin[Dispute]):
    list_display = (opened, columns.seller, state, columns.beginning("reason", _("Reason")), columns.recharge)
    list_display_links = (opened,)
    fields: ClassVar[Any] = (
        opened,
        columns.seller,
        columns.recharge,
        state,
        columns.plain("reason", _("Reason")),
        columns.person("opened_by", _("Opened by")),
        columns.plain("answer", _("Answer")),
        columns.plain("evidence", _("Evidence")),
        columns.person("answered_by", _("Answered by")),
        columns.moment_us("answered_at_us", _("Answered")),
        columns.identifier("id", _("Id")),
    )
    readonly_fields = fields
    people = ("opened_by", "answered_by")
    list_filter = (StateFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = _("The id of a dispute, or a part of the seller's name")
    actions: Any = ("reverse_recharges", "refuse")
    # Django would offer to select what is on other pages too, unseen.
    list_disable_select_all = True
    ordering = ("-id",)

    def named(self, term: str, request: HttpRequest) -> Q:
        return of_sellers_named(term)

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may give a price back also answers that it is not given back."""
        return may(request, Deed.REVERSE)

    @admin.action(description=_("Reverse the recharges of selected disputes"), permissions=["decide"])
    def reverse_recharges(self, request: StaffRequest, queryset: "QuerySet[Dispute]") -> HttpResponse | None:
        chosen = self._chosen(request)
        form = deeds.ReverseForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            title, button = gettext("Reverse disputed recharges"), gettext("Reverse")
            return deeds.ask_about(
                self, request, form, action="reverse_recharges", title=title, button=button, chosen=chosen
            )
        reason, by = form.cleaned_data["reason"], request.user.pk
        for each, about in chosen.items():
            outcome = resolving.reverse_dispute(dispute_id=each, reason=reason, by=by)
            deeds.say(self, request, outcome, about=about, done=GIVEN_BACK)
        return None

    @admin.action(description=_("Refuse selected disputes"), permissions=["decide"])
    def refuse(self, request: StaffRequest, queryset: "QuerySet[Dispute]") -> HttpResponse | None:
        chosen = self._chosen(request)
        form = deeds.RefuseForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            title, button = gettext("Refuse disputes"), gettext("Refuse")
            return deeds.ask_about(
                self, request, form, action="refuse", title=title, button=button, chosen=chosen
            )
        said, by = form.cleaned_data, request.user.pk
        for each, about in chosen.items():
            outcome = resolving.refuse_dispute(
                dispute_id=each, reason=said["reason"], evidence=said["evidence"], by=by
            )
            deeds.say(self, request, outcome, about=about, done=REFUSED)
        return None

    def _chosen(self, request: HttpRequest) -> dict[str, str]:
        return {each: self._described(request, each) for each in selected(request)}

    def _described(self, request: HttpRequest, dispute_id: str) -> str:
        row: Any = self.get_object(request, dispute_id)  # with the names that the list has
        if row is None:
            return gettext("%(id)s: there is no such dispute") % {"id": columns.called(dispute_id)}
        told = {
            "name": columns.called(row.seller_name),
            "number": columns.seller_number(row.seller_id),
            "reason": columns.called(row.reason),
        }
        return gettext("%(name)s (seller %(number)s): %(reason)s") % told
