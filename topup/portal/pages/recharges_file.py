"""The recharges that a filter leaves as a file, CSV or XLSX: written page by page as the list is read.

Owns the columns and the limits. A file that had to stop says so in its last row. Amounts are whole rials
and, as people read them, tomans; texts that a spreadsheet would run are made harmless.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import NamedTuple

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook

from topup import people, spreadsheet
from topup.money import RIALS_PER_TOMAN
from topup.portal import paging, states
from topup.portal.access import MemberRequest, page
from topup.portal.pages.recharges_filter import Filter, FilterForm, language, operator_names
from topup.portal.pages.recharges_found import Row, find

CSV_ROWS_MAX = 100_000
"""Some seconds, and more than a spreadsheet is looked at."""
XLSX_ROWS_MAX = 20_000
"""Some two seconds of a processor: a workbook is compressed here, beside the sales of the same process."""
ROWS_PER_STEP = 1_000
STEPS_MAX = 100
"""Pages and walks that one file may take; where the filter leaves little, five million recharges."""
BYTES_PER_STEP = 64 * 1024
BYTE_ORDER_MARK = "\ufeff".encode()
"""Without it Excel takes the letters for another alphabet's."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Line = list[object]
Lines = list[Line]


class Asked(NamedTuple):
    """Whose recharges a file has, which of them, in which language, and how many at the most."""

    seller_id: int
    sought: Filter
    language: str
    currency: str
    rows_max: int


@page()
def as_csv(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    asked = _asked(request, CSV_ROWS_MAX)
    if asked is None:
        return redirect(f"{reverse('portal:recharges')}?{request.GET.urlencode()}")
    answer = StreamingHttpResponse(_csv(asked), content_type="text/csv; charset=utf-8; header=present")
    return _named(answer, "recharges.csv")


@page()
def as_xlsx(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    asked = _asked(request, XLSX_ROWS_MAX)
    if asked is None:
        return redirect(f"{reverse('portal:recharges')}?{request.GET.urlencode()}")
    return _named(StreamingHttpResponse(_xlsx(asked), content_type=XLSX), "recharges.xlsx")


def _asked(request: MemberRequest, rows_max: int) -> Asked | None:
    """None where the filter cannot be read: its form says why."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return None
    return Asked(
        request.member.seller_id, form.filter(settings.TIME_ZONE), language(), request.book.currency, rows_max
    )


def _named(answer: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


async def _csv(asked: Asked) -> AsyncIterator[bytes]:
    steps = _steps(asked)
    yield BYTE_ORDER_MARK
    while lines := await _step(steps):
        yield spreadsheet.lines(lines)


async def _xlsx(asked: Asked) -> AsyncIterator[bytes]:
    """The workbook is put together in a file that has no name, a step at a time as other requests allow."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("recharges")
    sheet.sheet_view.rightToLeft = asked.language == people.PERSIAN
    steps = _steps(asked)
    while lines := await _step(steps):
        for line in lines:
            sheet.append([spreadsheet.cell(value) for value in line])
    with tempfile.TemporaryFile() as file:
        await sync_to_async(book.save)(file)
        file.seek(0)
        while piece := file.read(BYTES_PER_STEP):
            yield piece


async def _step(steps: Iterator[Lines]) -> Lines:
    """The next lines, read on the thread of Django's connection; none at the end."""
    return await sync_to_async(_next)(steps)


def _next(steps: Iterator[Lines]) -> Lines:
    return next(steps, [])


def _steps(asked: Asked) -> Iterator[Lines]:
    """The lines of the file: the names of the columns, the rows, and that it had to stop, if it had to.

    The language is set for each step anew: between two of them the thread serves other requests.
    """
    with translation.override(asked.language):
        names, head = operator_names(), _head(asked)
    yield [head]
    for rows in _pages(asked):
        with translation.override(asked.language):
            lines = [_stopped()] if rows is None else [_line(row, names, asked) for row in rows]
        if lines:
            yield lines


def _pages(asked: Asked) -> Iterator[list[Row] | None]:
    """Pages of the list, newest first; None last where there would be more."""
    newest = paging.Wanted(above=paging.FIRST_ID, below=paging.LAST_ID, rising=False, others="")
    before, rows_left = newest.below, asked.rows_max
    for _step_of_the_list in range(STEPS_MAX):
        wanted = newest._replace(below=before, rows=min(ROWS_PER_STEP, rows_left))
        found = find(asked.seller_id, asked.sought, wanted)
        yield found.rows
        rows_left -= len(found.rows)
        if not found.part.older and found.reached is None:
            return
        if rows_left == 0:
            break
        before = found.reached.id if found.reached else found.rows[-1].id
    yield None


def _head(asked: Asked) -> Line:
    return [
        _("Time"),
        _("Phone number"),
        _("Operator"),
        *(_amount_in(people.unit_name(asked.currency, asked.language, unit)) for unit in _units(asked)),
        _("State"),
        _("Your reference"),
        _("Tracking id"),
    ]


def _line(row: Row, names: dict[str, str], asked: Asked) -> Line:
    return [
        people.moment(row.created_at_us, asked.language, settings.TIME_ZONE, seconds=True),
        people.phone(row.phone_number, "en"),  # with its spaces, or a spreadsheet takes the first 0 away
        names.get(row.operator, row.operator),
        *(_in_unit(row.amount, unit) for unit in _units(asked)),
        str(states.WORDS[row.state]),
        row.reference,
        row.id,
    ]


def _units(asked: Asked) -> tuple[people.Unit, ...]:
    """Minor units first, which are exact wherever they are added up."""
    return ("rial", "toman") if asked.currency == "IRR" else ("rial",)


def _amount_in(unit: str) -> str:
    return _("Amount (%(unit)s)") % {"unit": unit}


def _in_unit(amount_minor: int, unit: people.Unit) -> int | Decimal:
    """A number, of which the toman's last digit is a rial: no float touches money."""
    return Decimal(amount_minor) / RIALS_PER_TOMAN if unit == "toman" else amount_minor


def _stopped() -> Line:
    return [_("There are more recharges than this file may hold. Choose fewer days for the rest.")]
