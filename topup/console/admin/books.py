"""Books, read-only: what each seller has, holds and sold."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from topup.console.admin import columns
from topup.console.admin.of_sellers import OfSellersAdmin, seller_number
from topup.ledger.models import Book


@admin.register(Book)
class BookAdmin(OfSellersAdmin[Book]):
    list_display = (
        columns.seller,
        columns.amount("available", "Available"),
        columns.amount("held", "Held"),
        columns.amount("sold", "Sold"),
        columns.amount("funded", "Funded"),
        columns.amount("adjusted", "Adjusted"),
        "seq",
        "active",
    )
    fields: ClassVar[Any] = (
        *list_display,
        columns.amount("daily_limit", "Daily limit"),
        columns.amount("per_recharge_max", "Most per recharge"),
    )
    readonly_fields = fields
    ordering = ("-seller_id",)
    list_display_links = ("seq",)
    search_fields = ("seller_id",)
    search_help_text = "The number of a seller"

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
