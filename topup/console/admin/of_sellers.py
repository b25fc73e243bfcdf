"""Read-only pages of what belongs to sellers and is keyed by `(seller_id, id)`.

Owns finding a row by its id alone: the id carries its seller, so the table's key finds it. It must
never look for an id in all of a table.
"""

import uuid
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from topup import ids
from topup.console import columns
from topup.console.admin import exporting
from topup.console.admin.base import ReadOnlyAdmin
from topup.console.admin.newest_first import BEFORE, ROWS_PER_PAGE, NewestFirst
from topup.console.written import identifier, seller_number
from topup.sellers.models import Seller

M = TypeVar("M", bound=Model)


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


class OfSellersAdmin(ReadOnlyAdmin[M]):
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

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export.csv", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        query = request.GET.copy()
        query.pop(BEFORE, None)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        export_url = f"{address}?{query.urlencode()}" if query else address
        return super().changelist_view(request, {"export_url": export_url, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Every row that the list's filters leave, up to a limit, as CSV; on record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return exporting.answer(self, request)

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


def sellers_asked(request: HttpRequest) -> list[int]:
    """The seller of the filter, or every seller: indexes of the large tables begin with it."""
    number = seller_number(request.GET.get(SellerFilter.parameter_name))
    return list(Seller.objects.order_by().values_list("pk", flat=True)) if number is None else [number]
