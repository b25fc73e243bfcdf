"""Read-only pages of what belongs to sellers and is keyed by `(seller_id, id)`.

Owns finding a row by its id alone: the id carries its seller, so the table's key finds it. It must
never look for an id in all of a table.
"""

import uuid
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from topup import ids
from topup.console import columns
from topup.console.admin.base import ReadOnlyAdmin
from topup.console.admin.exported import Exported
from topup.console.admin.newest_first import ROWS_PER_PAGE, NewestFirst
from topup.console.written import identifier, seller_number
from topup.sellers.models import Seller

M = TypeVar("M", bound=Model)


MAX_NAMED = 200
"""Sellers of one name that a list is searched for: who means one of more writes more of it."""


class SellerFilter(admin.SimpleListFilter):
    """A field for the seller's number: there may be thousands of sellers, so they are not listed."""

    title = _("seller")
    parameter_name = "seller"
    template = "console/seller_filter.html"
    others: list[tuple[str, str]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # any page
        return []

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Any:  # Django's list, and nothing to choose from
        kept = changelist.get_filters_params().items()
        self.others = [(name, value) for name, values in kept for value in values if name != "seller"]
        self.others += [("q", changelist.query)] if changelist.query else []
        return iter(())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        number = seller_number(self.value())
        return queryset if number is None else queryset.filter(seller_id=number)


class OfSellersAdmin(Exported, ReadOnlyAdmin[M]):
    """A list by seller, newest first, and a page for each row."""

    list_per_page = ROWS_PER_PAGE
    show_full_result_count = False
    sortable_by = ()
    actions: Any = None
    list_filter: ClassVar[Any] = (SellerFilter,)
    change_list_template = "console/newest_first.html"
    ordering: ClassVar[tuple[str, ...]] = ("-seller_id", "-id")
    people: ClassVar[tuple[str, ...]] = ()
    """The fields that hold a user's number."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[NewestFirst]:  # Django's own
        return NewestFirst

    def get_queryset(self, request: HttpRequest) -> "QuerySet[M]":
        return columns.with_names(super().get_queryset(request), *self.people)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        written = identifier(object_id)
        if written is None:
            return None
        return self.get_queryset(request).filter(self.key_of(written)).first()

    def key_of(self, written: str) -> Q:
        """What finds the row of an id by its table's key."""
        return Q(seller_id=ids.seller_of(written), id=written)

    def rows_of_file(self, request: HttpRequest) -> "QuerySet[M]":
        """In the list's own order, which `older_than` follows."""
        rows: QuerySet[M] = self.get_changelist_instance(request).queryset
        return rows

    def older_than(self, written: str) -> list[Q]:
        last = str(uuid.UUID(written))
        seller_id = ids.seller_of(last)
        return [Q(seller_id=seller_id, id__lt=last), Q(seller_id__lt=seller_id)]

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[M]", search_term: str
    ) -> "tuple[QuerySet[M], bool]":
        term = search_term.strip()
        if not term:
            return queryset, False
        written = identifier(term)
        found = self.key_of(written) if written else self.named(term, request)
        return queryset.filter(found), False

    def named(self, term: str, request: HttpRequest) -> Q:
        """What finds rows by a term that is no id; nothing, unless a page says otherwise."""
        return Q(pk__in=())


def of_sellers_named(term: str) -> Q:
    """What belongs to the sellers that have this in their names, the newest MAX_NAMED of them."""
    named = Seller.objects.filter(name__icontains=term).order_by("-pk").values_list("pk", flat=True)
    return Q(seller_id__in=list(named[:MAX_NAMED]))


def sellers_asked(request: HttpRequest) -> list[int]:
    """The seller of the filter, or every seller: indexes of the large tables begin with it."""
    number = seller_number(request.GET.get(SellerFilter.parameter_name))
    return list(Seller.objects.order_by().values_list("pk", flat=True)) if number is None else [number]
