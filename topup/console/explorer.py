"""The ledger explorer: the trial balance of one book or all, as of a day, and movements in two legs.

Owns these two readings and their export. It only reads. Of all books as of a day, a page reads
MAX_BOOKS and says so; the export reads them all, page by page.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from topup import clock, people, spreadsheet
from topup.audit import log
from topup.audit.log import Act
from topup.console import columns, reading, words
from topup.console.permission import may
from topup.console.written import seller_number
from topup.ledger import literals
from topup.ledger.models import Book
from topup.money import MAX_MINOR
from topup.sellers.roles import Deed

BOOKS_PER_PART = 500
MAX_BOOKS = 5_000
"""Of a trial balance as of a day on a page, about a second: each book's movement is searched for."""
LEGS_SHOWN = 100
"""Two for each movement."""
ACCOUNTS = ("available", "held", "sold", "funded", "adjusted")
DEBITED = ("available", "held", "sold")
"""What sellers have, hold and sold is on one side; what was funded and adjusted on the other."""


class Asked(NamedTuple):
    """What the page was asked for; `at_us` is None for now."""

    seller: int | None
    at_us: int | None
    at_written: str
    below: int
    wrong: str


class Vector(NamedTuple):
    """The sums of some books, in minor units."""

    available: int = 0
    held: int = 0
    sold: int = 0
    funded: int = 0
    adjusted: int = 0


def asked(request: HttpRequest) -> Asked:
    seller = seller_number(request.GET.get("seller", "").strip())
    written, wrong, at_us = request.GET.get("at", "").strip(), "", None
    if written:
        try:
            after = people.read_day(written) + timedelta(days=1)
            ends = datetime.combine(after, time(), ZoneInfo(settings.TIME_ZONE))
            at_us = clock.to_us(ends) - 1
        except (people.NotADay, OverflowError):
            wrong = _("%(written)s is no day; write one such as %(today)s.") % {
                "written": written,
                "today": _today(),
            }
    below = request.GET.get("before", "")
    number = int(below) if below.isdecimal() and int(below) <= MAX_MINOR else MAX_MINOR
    return Asked(seller, at_us, written, number, wrong)


def page(request: HttpRequest) -> HttpResponse:
    if not may(request, Deed.READ):
        raise PermissionDenied
    wanted = asked(request)
    sums, note = balance(wanted)
    legs = _legs(wanted) if wanted.seller else []
    last = legs[-1][0] if len(legs) == LEGS_SHOWN else None
    context = {
        **admin.site.each_context(request),
        "title": _("Ledger explorer"),
        "seller": wanted.seller,
        "at": wanted.at_written,
        "today": _today(),
        "wrong": wanted.wrong,
        "query": request.GET.urlencode(),
        "balance": [_row(account, getattr(sums, account)) for account in ACCOUNTS],
        "sums": [columns.money(sum(side)) for side in sides(sums)],
        "balanced": len({sum(side) for side in sides(sums)}) == 1,
        "balance_note": note,
        "legs": [_shown(leg) for leg in legs],
        "older": urlencode({"seller": wanted.seller, "at": wanted.at_written, "before": last})
        if last
        else "",
    }
    return TemplateResponse(request, "console/explorer.html", context)


def sides(sums: Vector) -> tuple[list[int], list[int]]:
    """The debits and the credits; a negative adjustment stands on the other side."""
    left, right = [getattr(sums, name) for name in DEBITED], [sums.funded]
    (right if sums.adjusted >= 0 else left).append(abs(sums.adjusted))
    return left, right


def balance(wanted: Asked) -> tuple[Vector, str]:
    """The sums, and what they are the sums of."""
    books = Book.objects.all() if wanted.seller is None else Book.objects.filter(pk=wanted.seller)
    if wanted.at_us is None:
        row = books.aggregate(**{name: Sum(name) for name in ACCOUNTS})
        count = {"count": columns.number(books.count())}
        return Vector(*(int(row[name] or 0) for name in Vector._fields)), _(
            "Now, of %(count)s books."
        ) % count
    total, read = Vector(), 0
    for part in _parts(wanted):
        total, read = _added(total, part), read + len(part)
        if read >= MAX_BOOKS:
            note = _("Only the first %(count)s books that had moved by then; the export has all.")
            return total, note % {"count": columns.number(read)}
    count = {"count": columns.number(read), "moment": columns.when(wanted.at_us)}
    return total, _("As of %(moment)s, of %(count)s books that had moved by then.") % count


def _parts(wanted: Asked) -> Iterator[list[tuple[Any, ...]]]:
    """Pages of books as of the moment: seller, currency, version, the five sums of the journal."""
    last = 0
    while True:
        following = Book.objects.order_by("pk").filter(pk__gt=last)
        if wanted.seller is not None:
            following = following.filter(pk=wanted.seller)
        sellers = list(following.values_list("pk", flat=True)[:BOOKS_PER_PART])
        if not sellers:
            return
        moment_us = clock.now_us() if wanted.at_us is None else wanted.at_us
        yield reading.rows("book_vectors_at", literals.numbers(sellers), moment_us)
        last = sellers[-1]


def _added(total: Vector, part: list[tuple[Any, ...]]) -> Vector:
    for row in part:
        _seller, _currency, _seq, available, held, funded, sold, adjusted = row
        more = Vector(available, held, sold, funded, adjusted)
        total = Vector(*(a + b for a, b in zip(total, more, strict=True)))
    return total


def export(request: HttpRequest) -> StreamingHttpResponse:
    """The books as of the day, each with its five sums, and the total; of one seller or all."""
    if not may(request, Deed.READ):
        raise PermissionDenied
    wanted = asked(request)
    told = {"list": "ledger", "filter": request.GET.urlencode()[: log.MAX_REASON]}
    log.write(Act.EXPORTED, subject_type="list", subject_id="ledger", seller_id=wanted.seller, after=told)
    answer = StreamingHttpResponse(_written(wanted), content_type="text/csv; charset=utf-8; header=present")
    answer.headers["Content-Disposition"] = 'attachment; filename="trial-balance.csv"'
    return answer


async def _written(wanted: Asked) -> AsyncIterator[bytes]:
    yield spreadsheet.lines([("seller_id", "currency", "version", *Vector._fields)])
    parts, total = _parts(wanted), Vector()
    while part := await sync_to_async(_following)(parts):
        total = _added(total, part)
        rows = ((s, c, q, a, h, sold, f, adj) for s, c, q, a, h, f, sold, adj in part)
        yield spreadsheet.lines(rows)
    yield spreadsheet.lines([("total", "", "", *total)])


def _following(parts: Iterator[list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """The next page that has a book; nothing after the last."""
    return next((part for part in parts if part), [])


def _legs(wanted: Asked) -> list[tuple[Any, ...]]:
    currency = settings.CONFIG.default_currency
    return reading.rows("legs", wanted.seller, currency, wanted.below, LEGS_SHOWN)


def _row(account: str, amount: int) -> tuple[Any, str, str]:
    debit = (account in DEBITED) if amount >= 0 else (account not in DEBITED)
    shown = columns.money(abs(amount))
    return words.ACCOUNTS[account], shown if debit else "", "" if debit else shown


def _shown(leg: tuple[Any, ...]) -> tuple[Any, ...]:
    seq, kind, account, debit, credit, _source, _source_id, at_us = leg
    amounts = (columns.money(value) if value else "" for value in (debit, credit))
    when = columns.at(at_us)
    return (
        columns.number(seq),
        when,
        words.KINDS.get(kind, kind),
        words.ACCOUNTS.get(account, account),
        *amounts,
    )


def _today() -> str:
    return people.day(people.local(clock.now_us(), settings.TIME_ZONE).date(), columns.language())
