"""Lists that can be taken along as a file: its address, the link to it, and who may have it.

Owns which columns leave the house: a page of people or keys names them, so that no hash does. What the
file looks like is `exporting.py`'s.
"""

from typing import Any, ClassVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from topup.console.admin import exporting
from topup.console.admin.base import AnyAdmin
from topup.console.admin.newest_first import BEFORE

PAGE_OF_A_LIST = "p"


class Exported(AnyAdmin):
    """A list with saved filters and a file of the rows that its filters leave, in the order of their keys."""

    change_list_template = "console/list.html"
    exported: ClassVar[tuple[str, ...]] = ()
    """The columns of the file; none named: all of the table's."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export.csv", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        query = request.GET.copy()
        for name in (BEFORE, PAGE_OF_A_LIST):  # the file has every page
            query.pop(name, None)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        export_url = f"{address}?{query.urlencode()}" if query else address
        return super().changelist_view(request, {"export_url": export_url, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Every row that the list's filters leave, up to a limit, as CSV; on record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return exporting.answer(self, request, self.rows_of_file(request))
        except IncorrectLookupParameters:  # the list says so to who asks it the same
            return HttpResponseRedirect(
                f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_changelist')}?e=1"
            )

    def rows_of_file(self, request: HttpRequest) -> "QuerySet[Any]":
        """The rows of the list, in the order in which `older_than` walks them."""
        rows: QuerySet[Any] = self.get_changelist_instance(request).queryset
        return rows.order_by("pk")

    def older_than(self, written: str) -> list[Q]:
        """The rows after the one with this key, in the order of the file."""
        return [Q(pk__gt=written)]
