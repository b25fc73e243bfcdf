"""Lists of tables that grow without end: newest first, page after page, without counting.

Owns the walk from one page to the next by the last row seen (`?before=<its id>`), so that the
thousandth page costs as much as the first. It must never count, and never skip over rows.
"""

from typing import TYPE_CHECKING, Any, Protocol

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

# The type checker knows Django's class; the running one is unfold's, which brings no types.
if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.views import ChangeList

from topup.console import columns

BEFORE = "before"
ROWS_PER_PAGE = 50


class ListsNewestFirst(Protocol):
    """A page whose list this is."""

    ordering: Any  # as Django's ModelAdmin has it

    def older_than(self, identifier: str) -> list[Q]:
        """The rows after this one in the list's order, in parts that each walk along one index.

        Raises ValueError for what is no id.
        """


class NewestFirst(ChangeList):
    """Django's list, in which the pages are a walk."""

    model_admin: Any  # a ModelAdmin that is ListsNewestFirst
    older: str | None = None
    shown: str = ""
    newest: str | None = None

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> "QuerySet[Any]":
        # Another filter or search begins at its own first page.
        self.params.pop(BEFORE, None)
        self.filter_params.pop(BEFORE, None)
        return super().get_queryset(request, exclude_parameters)

    def get_ordering(self, request: HttpRequest, queryset: "QuerySet[Any]") -> list[Any]:
        """The page's own order and nothing behind it, or the index would not serve it."""
        return list(self.model_admin.ordering)

    def get_results(self, request: HttpRequest) -> None:
        before = request.GET.get(BEFORE, "")
        rows = self._walk(before, wanted=self.list_per_page + 1)
        page = rows[: self.list_per_page]
        self.older = self.get_query_string({BEFORE: str(page[-1].pk)}) if len(rows) > len(page) else None
        self.newest = self.get_query_string() if before else None
        self.result_list = page
        self.result_count = len(page)
        self.shown = columns.number(len(page))
        self.paginator = Paginator(page, self.list_per_page)
        self.full_result_count = None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True

    def _walk(self, before: str, *, wanted: int) -> list[Any]:
        return walk(self.model_admin, self.queryset, before=before, wanted=wanted)


def walk(page_model: ListsNewestFirst, rows_of: "QuerySet[Any]", *, before: str, wanted: int) -> list[Any]:
    """The rows after the one with this id, or the first; each part of the way along one index."""
    try:
        parts = page_model.older_than(before) if before else [Q()]
    except ValueError as error:
        raise IncorrectLookupParameters(error) from error
    rows: list[Any] = []
    for part in parts:
        if len(rows) < wanted:
            rows += rows_of.filter(part)[: wanted - len(rows)]
    return rows
