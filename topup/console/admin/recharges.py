"""Recharges: the list, and the page of one with its timeline. Nothing here sells."""

from contextlib import suppress
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from topup import phones
from topup.console import columns, words
from topup.console.admin.of_sellers import OfSellersAdmin, sellers_asked
from topup.console.admin.recharge_deeds import RechargeDeeds
from topup.recharges.models import Recharge

created = columns.moment_us("created_at_us", _("Time"))


@admin.register(Recharge)
class RechargeAdmin(RechargeDeeds, OfSellersAdmin[Recharge]):
    list_display = (
        created,
        columns.seller,
        columns.phone_number,
        columns.operator,
        columns.amount("amount", _("Amount")),
        columns.word("state", _("State"), words.RECHARGE_STATES),
        columns.identifier("reference", _("Reference")),
    )
    list_display_links = (created,)
    fields: ClassVar[Any] = (
        *list_display,
        columns.identifier("id", _("Id")),
        columns.moment_us("updated_at_us", _("Updated")),
        columns.count("settle_seq", _("Version of the sale")),
        columns.count("reverse_seq", _("Version of the reversal")),
        columns.plain("reversal_reason", _("Reason of the reversal")),
    )
    readonly_fields = fields
    search_fields = ("id",)
    search_help_text = _("An id, a reference or a phone number, in full")

    def named(self, term: str, request: HttpRequest) -> Q:
        found = Q(reference=term)
        with suppress(phones.PhoneError):  # it is a reference then, and nothing else
            found |= Q(phone_number=phones.parse(term))
        return Q(seller_id__in=sellers_asked(request)) & found
