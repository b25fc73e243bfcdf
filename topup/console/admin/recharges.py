"""Recharges, read-only. Nothing here sells or gives back."""

from contextlib import suppress
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from topup import phones
from topup.console.admin import columns, lives
from topup.console.admin.of_sellers import OfSellersAdmin, sellers_asked
from topup.recharges.models import Recharge

created = columns.moment_us("created_at_us", "Created")


@admin.register(Recharge)
class RechargeAdmin(OfSellersAdmin[Recharge]):
    list_display = (
        created,
        columns.seller,
        columns.phone_number,
        "operator",
        columns.amount("amount", "Amount"),
        "state",
        "reference",
        "id",
    )
    list_display_links = (created, "id")
    fields: ClassVar[Any] = (
        *list_display,
        columns.moment_us("updated_at_us", "Updated"),
        columns.plain("settle_seq", "Version of the sale"),
        columns.plain("reverse_seq", "Version of the reversal"),
        "reversal_reason",
        lives.events,
        lives.attempts,
    )
    readonly_fields = fields
    search_fields = ("id",)
    search_help_text = "An id, a reference or a phone number, in full"

    def named(self, term: str, request: HttpRequest) -> Q:
        found = Q(reference=term)
        with suppress(phones.PhoneError):  # it is a reference then, and nothing else
            found |= Q(phone_number=phones.parse(term))
        return Q(seller_id__in=sellers_asked(request)) & found
