"""The dashboard: what today is like, and what waits for somebody. Each tile leads to its list.

Owns its tiles. What the first byte waits for is bounded: sums over books, counts along indexes of what
waits. The recharges of today are counted apart (`today.py`) and arrive after the page.
"""

import threading
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from topup import clock, people
from topup.console import charts, columns, reading, today
from topup.console.charts import Bar
from topup.console.today import Cell
from topup.credit.models import CreditRequest
from topup.gateways.models import Operator
from topup.ledger import literals
from topup.ledger.models import Book
from topup.recharges.models import Case, Dispute, Review
from topup.telemetry import snapshots
from topup.telemetry.counts import Snapshot
from topup.telemetry.metrics import METRICS

SUMS_FRESH_S = 10.0
"""How old the sums over all books may be."""
MAX_COUNTED = 1_000
"""Of what waits; more is said to be more."""
NO_BREAK = "\u00a0"
DURATION = "topup_request_duration_seconds"
SALES_ROUTE = "/recharges"
VERIFIED, VERIFIED_AT = "topup_books_verified_total", "topup_books_verified_last_timestamp_seconds"
WENT_WELL = ("succeeded", "reversed")
AGES_H = (0, 1, 6, 24)
"""How old unknown recharges are told apart; operators are asked for a day, then staff decide."""
HOUR_US = 3_600 * clock.US_PER_SECOND


class Tile(NamedTuple):
    """One figure, what it is, and the list behind it. `tone` is good, warn, bad or nothing."""

    label: str
    value: str
    note: str
    url: str
    tone: str = ""

    @property
    def figure(self) -> str:
        """The value, which may break before its unit where a tile is narrow."""
        return self.value.replace(NO_BREAK, " ")


class _Sums(NamedTuple):
    at_s: float
    available: int
    held: int
    books: int


_sums: _Sums | None = None
_today = today.Counter()
_summing = threading.Lock()


def context(_request: HttpRequest) -> dict[str, Any]:  # what the template reads
    """What the page has before the recharges of today are counted."""
    return {"tiles": [*_float(), _requests(), *_waiting(), _verified(), _latency()]}


def today_page(request: HttpRequest) -> HttpResponse:
    """The part of the page that is loaded after it, and again while it is looked at."""
    counted = _today.look(zone=settings.TIME_ZONE, now_us=clock.now_us())
    found = counted.cells
    names = {row.code: _operator_name(row) for row in Operator.objects.all()}
    ages = _unknown()
    parts = {
        "tiles": _sold(found),
        "by_hour": charts.columns(_by_hour(found), title=_("Recharges by hour")),
        "by_operator": charts.lines(_by_operator(found, names), title=_("Sales by operator")),
        "by_age": charts.lines(ages, title=_("Unknown recharges by age")),
        "nothing_unknown": not any(bar.value for bar in ages),
        "nothing": not found and counted.whole,
        "whole": counted.whole,
        "counted": people.digits(f"{counted.hundredths}%", columns.language()),
        "counted_at": people.time(clock.now_us(), columns.language(), settings.TIME_ZONE, seconds=True),
    }
    return render(request, "console/today.html", parts)


def _float() -> list[Tile]:
    sums = _summed()
    books = _("%(count)s books") % {"count": columns.number(sums.books)}
    url = reverse("admin:ledger_book_changelist")
    return [
        Tile(_("Held for sellers, available"), columns.money(sums.available), books, url),
        Tile(
            _("Held for sellers, on hold"), columns.money(sums.held), _("prices of recharges under way"), url
        ),
    ]


def _summed() -> _Sums:
    global _sums  # noqa: PLW0603  # remembered by the process, for SUMS_FRESH_S
    with _summing:
        if _sums is None or clock.monotonic_s() - _sums.at_s > SUMS_FRESH_S:
            row = Book.objects.aggregate(a=Sum("available"), h=Sum("held"), n=Count("pk"))
            _sums = _Sums(clock.monotonic_s(), int(row["a"] or 0), int(row["h"] or 0), row["n"])
        return _sums


def _requests() -> Tile:
    pending = CreditRequest.objects.filter(state="pending")
    waiting = pending.order_by()[:MAX_COUNTED].count()
    oldest = pending.order_by("id").values_list("created_at_us", flat=True).first() if waiting else None
    note = (
        _("nobody waits")
        if oldest is None
        else _("the oldest since %(moment)s") % {"moment": columns.when(oldest, seconds=False)}
    )
    url = reverse("admin:credit_creditrequest_changelist")
    return Tile(_("Credit requests that wait"), _up_to(waiting), note, url, "warn" if waiting else "good")


def _waiting() -> list[Tile]:
    """What else waits for staff, of the parts that are installed."""
    queues: tuple[tuple[str, QuerySet[Any], str], ...] = (
        (_("Recharges to review"), Review.objects.filter(review_since_us__isnull=False), "recharges_review"),
        (_("Open cases"), Case.objects.filter(state="open"), "recharges_case"),
        (_("Open disputes"), Dispute.objects.filter(state="open"), "recharges_dispute"),
    )
    found = []
    for title, rows, name in queues:
        count = rows.order_by()[:MAX_COUNTED].count()
        note = _("somebody must look") if count else _("nothing waits")
        url = reverse(f"admin:{name}_changelist")
        found.append(Tile(title, _up_to(count), note, url, "bad" if count else "good"))
    return found


def _unknown() -> list[Bar]:
    """How many recharges are unknown, by for how long."""
    now_us = clock.now_us()
    moments = literals.numbers(now_us - hours * HOUR_US for hours in AGES_H)
    older = {place: (count, int(amount)) for place, count, amount in reading.rows("unknown_by_age", moments)}
    bars = []
    for place, title in enumerate(_ages(), start=1):
        count, amount = (
            older.get(place, (0, 0))[part] - older.get(place + 1, (0, 0))[part] for part in (0, 1)
        )
        said = f"{title}: {columns.number(count)} · {columns.money(amount)}"
        bars.append(Bar(title, count, 0, said))
    return bars


def _ages() -> tuple[str, ...]:
    """The words of AGES_H."""
    return (_("under 1 hour"), _("1 to 6 hours"), _("6 to 24 hours"), _("over 24 hours"))


def _up_to(count: int) -> str:
    return columns.number(count) + ("+" if count == MAX_COUNTED else "")


def _counted() -> Snapshot:
    """What the server's workers have counted since they began; nothing where none writes it down."""
    try:
        return snapshots.Directory(snapshots.of_server(settings.CONFIG.home, settings.CONFIG.port)).total()
    except OSError:
        return Snapshot()


def _verified() -> Tile:
    found = _counted()
    counted = {labels[0]: int(amount) for labels, amount in found.counters.get(VERIFIED, [])}
    failed, right = counted.get("failed", 0), counted.get("verified", 0)
    at_s = int(found.gauges.get(VERIFIED_AT, 0))
    url = reverse("admin:explorer")
    if not at_s:
        return Tile(_("Books verified"), columns.EMPTY, _("not since the server began"), url)
    note = _("last at %(moment)s") % {"moment": columns.when(at_s * clock.US_PER_SECOND, seconds=False)}
    if failed:
        return Tile(
            _("Books verified"), _("%(count)s differ") % {"count": columns.number(failed)}, note, url, "bad"
        )
    return Tile(_("Books verified"), columns.number(right), note, url, "good")


def _latency() -> Tile:
    observed = _counted().histograms.get(DURATION, [])
    buckets = [
        histogram.buckets for labels, histogram in observed if labels[0].rstrip("/").endswith(SALES_ROUTE)
    ]
    total = [sum(each) for each in zip(*buckets, strict=True)]
    url = reverse("admin:recharges_recharge_changelist")
    if not sum(total):
        return Tile(_("Latency of a sale"), columns.EMPTY, _("no sale since the server began"), url)
    half, most = (_within_ms(total, share) for share in (50, 99))
    note = _("half of all; 99%% within %(most)s ms") % {"most": columns.number(most)}
    return Tile(_("Latency of a sale"), _("≤ %(half)s ms") % {"half": columns.number(half)}, note, url)


def _within_ms(buckets: list[int], percent: int) -> int:
    """The upper bound of the bucket below which this share of the requests was answered."""
    bounds_s = METRICS[DURATION].buckets
    wanted, seen = sum(buckets) * percent, 0
    for bound_s, count in zip(bounds_s, buckets, strict=False):  # the last bucket has no bound
        seen += count * 100
        if seen >= wanted:
            return max(1, round(bound_s * 1000))
    return round(bounds_s[-1] * 1000)


def _sold(found: list[Cell]) -> list[Tile]:
    well = [cell for cell in found if cell.state in WENT_WELL]
    stands = [cell for cell in found if cell.state == "succeeded"]
    count, ended = (
        sum(cell.recharges for cell in well),
        sum(c.recharges for c in found if c.state in (*WENT_WELL, "failed")),
    )
    unknown = sum(cell.recharges for cell in found if cell.state == "unknown")
    language, url = columns.language(), reverse("admin:recharges_recharge_changelist")
    number = _("%(count)s recharges") % {"count": columns.number(sum(cell.recharges for cell in stands))}
    return [
        Tile(_("Sold today"), columns.money(sum(cell.amount for cell in stands)), number, url),
        Tile(_("Success rate today"), people.percent(count, ended, language), _("of those that ended"), url),
        Tile(
            _("Unknown of today"),
            columns.number(unknown),
            _("their price stays held"),
            url,
            "warn" if unknown else "good",
        ),
    ]


def _by_hour(found: list[Cell]) -> list[Bar]:
    language = columns.language()
    bars = []
    for hour in range(charts.HOURS):
        of_hour = [cell for cell in found if cell.hour == hour]
        count, failed = (
            sum(c.recharges for c in of_hour),
            sum(c.recharges for c in of_hour if c.state == "failed"),
        )
        label = people.digits(f"{hour:02}", language)
        said = _("%(hour)s:00 – %(count)s recharges, %(failed)s failed") % {
            "hour": label, "count": columns.number(count), "failed": columns.number(failed),
        }  # fmt: skip
        bars.append(Bar(label, count, failed, said))
    return bars


def _by_operator(found: list[Cell], names: dict[str, str]) -> list[Bar]:
    sold: dict[str, int] = dict.fromkeys(names, 0)
    for cell in found:
        if cell.state == "succeeded":
            sold[cell.operator] = sold.get(cell.operator, 0) + cell.amount
    ranked = sorted(sold.items(), key=lambda each: -each[1])
    return [
        Bar(code, amount, 0, f"{names.get(code, code)}: {columns.money(amount)}") for code, amount in ranked
    ]


def _operator_name(row: Operator) -> str:
    return row.name_fa if columns.language() == people.PERSIAN else row.name_en
