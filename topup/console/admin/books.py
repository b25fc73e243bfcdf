"""Books, read-only: what each seller has, holds and sold."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from topup.console import columns
from topup.console.admin.of_sellers import OfSellersAdmin
from topup.console.written import seller_number
from topup.ledger.models import Book


@admin.register(Book)
class BookAdmin(OfSellersAdmin[Book]):
    list_display = (
        columns.seller,
        columns.amount("available", _("Available")),
        columns.amount("held", _("Held")),
        columns.amount("sold", _("Sold")),
        columns.amount("funded", _("Funded")),
        columns.amount("adjusted", _("Adjusted")),
        columns.count("seq", _("Version")),
        "active",
    )
    fields: ClassVar[Any] = (
        *list_display,
        columns.amount("daily_limit", _("Daily limit")),
        columns.amount("per_recharge_max", _("Most per recharge")),
    )
    readonly_fields = fields
    ordering = ("-seller_id",)
    list_display_links: Any = None
    search_fields = ("seller_id",)
    search_help_text = _("The number of a seller")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Book | None:
        number = seller_number(object_id)
        return None if number is None else self.get_queryset(request).filter(pk=number).first()

    def older_than(self, written: str) -> list[Q]:
        return [Q(seller_id__lt=int(written))]

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Book]", search_term: str
    ) -> "tuple[QuerySet[Book], bool]":
        number = seller_number(search_term.strip())
        return (queryset if number is None else queryset.filter(seller_id=number)), False
