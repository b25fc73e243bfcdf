"""A list as CSV: the rows that its filters leave, walked page by page as the list itself is.

Owns the walk and its limit. Columns are the table's own, amounts in minor units beside their currency, so
that a program reads back what was stored; a cell that a spreadsheet would run is made harmless.
"""

from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext

from topup import spreadsheet
from topup.audit import log
from topup.audit.log import Act
from topup.console import columns
from topup.console.admin.newest_first import walk

ROWS_PER_STEP = 1_000
MAX_ROWS = 100_000
"""What a spreadsheet still opens; more is for a narrower filter."""


def answer(
    page: Any,  # any page that is Exported
    request: HttpRequest,
    rows: "QuerySet[Any]",
) -> StreamingHttpResponse:
    """The file. Who took it, and by which filter, is in the audit log."""
    name = page.opts.model_name
    told = {"list": name, "filter": request.GET.urlencode()[: log.MAX_REASON]}
    log.write(Act.EXPORTED, subject_type="list", subject_id=name, after=told)
    cut_off = gettext("only the first %(count)s rows; filter for fewer") % {"count": columns.number(MAX_ROWS)}
    made = StreamingHttpResponse(
        _written(page, rows, cut_off), content_type="text/csv; charset=utf-8; header=present"
    )
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return made


async def _written(page: Any, rows: "QuerySet[Any]", cut_off: str) -> AsyncIterator[bytes]:  # as above
    names = page.exported or [field.attname for field in page.opts.concrete_fields]
    yield spreadsheet.lines([names])
    before, written = "", 0
    while written < MAX_ROWS:
        found = await sync_to_async(walk)(page, rows, before=before, wanted=ROWS_PER_STEP)
        yield spreadsheet.lines([_cell(getattr(row, name)) for name in names] for row in found)
        written += len(found)
        if len(found) < ROWS_PER_STEP:
            return
        before = str(found[-1].pk)
    yield spreadsheet.lines([[cut_off]])


def _cell(value: Any) -> Any:  # a column's value
    """A list, such as an operator's prefixes, as words with spaces between them."""
    return " ".join(map(str, value)) if isinstance(value, list) else value
