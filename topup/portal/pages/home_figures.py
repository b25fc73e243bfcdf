"""The figures of Home: sums from the journal, exact; counts from the newest recharges, bounded.

Owns what a day, a month and their sales are on this page. Sums are differences of what had been sold in
all at two moments, so they cost the same for ten sales and ten million. Counts and rates look at
COUNTED_MAX recharges at the most, and say so where there are more.
"""

import itertools
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.cache import cache

from topup import clock, ids, people, sqlfiles
from topup.portal import reading
from topup.recharges.lifecycle import NOT_FINAL
from topup.trips import Row

SQL = sqlfiles.load(Path(__file__).with_name("home.sql"))
COUNTED_MAX = 50_000
"""Recharges that one count looks at: some 30 ms."""
REMEMBERED_S = 4
"""How old a figure may be: less than the page's own five seconds, and once for all who look."""
DAYS_OF_PACE = 7
LAST = 10


class Count(NamedTuple):
    """What became of recharges. `whole` is false where only the newest COUNTED_MAX were looked at."""

    sales: int
    delivered: int
    failed: int
    final: int
    whole: bool
    by_operator: tuple[tuple[str, int], ...]


class Bar(NamedTuple):
    """One bar of the chart: when it begins, and the minor units sold in it."""

    begins: datetime
    sold: int


class Figures(NamedTuple):
    today: int
    month: int
    pace: int
    """What was sold a day in the last DAYS_OF_PACE days before today, on average."""
    count_today: Count
    count_month: Count
    hours: tuple[Bar, ...]
    days: tuple[Bar, ...]


class Days(NamedTuple):
    """The days that the figures are about, in the zone that people live in."""

    today: date
    month_begins: date
    zone: str


def days_of(now_us: int, *, language: str, zone: str) -> Days:
    today = clock.day_in(zone, now_us)
    return Days(today, people.month_begins(today, language), zone)


def read(seller_id: int, currency: str, days: Days, *, version: int) -> Figures:
    """The figures, remembered for a moment; a book that moved (`version`) is read anew."""
    name = f"home:{seller_id}:{version}:{days.month_begins}:{days.today}"
    found: Figures | None = cache.get(name)
    if found is None:
        found = _read(seller_id, currency, days)
        cache.set(name, found, REMEMBERED_S)
    return found


def _read(seller_id: int, currency: str, days: Days) -> Figures:
    hours = _hours(days)
    mornings = _mornings(days)
    week_ago = _morning(days.today - timedelta(days=DAYS_OF_PACE), days.zone)
    moments = sorted({*hours, *mornings, week_ago})
    today_us, month_us = clock.to_us(hours[0]), clock.to_us(mornings[0])
    sold_rows, today_rows, month_rows = reading.trip(
        [
            (SQL["sold_at"], (seller_id, currency, [clock.to_us(each) - 1 for each in moments])),
            (SQL["tally"], (seller_id, ids.lowest_at(today_us), COUNTED_MAX)),
            (SQL["tally"], (seller_id, ids.lowest_at(month_us), COUNTED_MAX)),
        ]
    )
    sold = dict(zip(moments, (row[1] for row in sold_rows), strict=True))
    return Figures(
        today=sold[hours[-1]] - sold[hours[0]],
        month=sold[mornings[-1]] - sold[mornings[0]],
        pace=(sold[hours[0]] - sold[week_ago]) // DAYS_OF_PACE,
        count_today=_count(today_rows),
        count_month=_count(month_rows),
        hours=_bars(hours, sold),
        days=_bars(mornings, sold),
    )


def unknown(seller_id: int) -> int:
    """Recharges whose fate is not known, COUNTED_MAX at the most."""
    ((count,),) = reading.rows(SQL["unknown"], (seller_id, COUNTED_MAX))
    return int(count)


def threshold(seller_id: int) -> int | None:
    """The amount under which the seller wants to be told."""
    ((found,),) = reading.rows(SQL["low_balance_threshold_of"], (seller_id,))
    wanted: int | None = found
    return wanted


def last_sales(seller_id: int) -> list["Sale"]:
    return [Sale(*row) for row in reading.rows(SQL["last_sales"], (seller_id, LAST))]


def last_request(seller_id: int) -> "Request | None":
    found = reading.rows(SQL["last_request"], (seller_id,))
    return Request(*found[0]) if found else None


class Sale(NamedTuple):
    id: str
    created_at_us: int
    phone_number: int
    operator: str
    amount: int
    currency: str
    state: str


class Request(NamedTuple):
    id: str
    state: str
    amount: int
    currency: str
    reason: str


def _morning(day: date, zone: str) -> datetime:
    return datetime.combine(day, clock_time(), ZoneInfo(zone))


def _hours(days: Days) -> list[datetime]:
    """The hours of today, from its beginning to its end: 24, or 23 or 25 where clocks are changed."""
    begins = _morning(days.today, days.zone)
    ends = _morning(days.today + timedelta(days=1), days.zone)
    count = (clock.to_us(ends) - clock.to_us(begins)) // (3600 * clock.US_PER_SECOND)
    begins_utc = clock.from_us(clock.to_us(begins))
    return [(begins_utc + timedelta(hours=hour)).astimezone(ZoneInfo(days.zone)) for hour in range(count + 1)]


def _mornings(days: Days) -> list[datetime]:
    """The mornings of the month up to today, and tomorrow's."""
    count = (days.today - days.month_begins).days + 2
    return [_morning(days.month_begins + timedelta(days=day), days.zone) for day in range(count)]


def _bars(moments: list[datetime], sold: dict[datetime, int]) -> tuple[Bar, ...]:
    return tuple(Bar(begin, sold[end] - sold[begin]) for begin, end in itertools.pairwise(moments))


def _count(rows: list[Row]) -> Count:
    """A tally by operator and state, put together."""
    by_state: dict[str, int] = {}
    by_operator: dict[str, int] = {}
    for operator, state, count, amount in rows:
        by_state[state] = by_state.get(state, 0) + count
        if state == "succeeded":
            by_operator[operator] = by_operator.get(operator, 0) + int(amount)
    sales = sum(by_state.values())
    return Count(
        sales=sales,
        delivered=by_state.get("succeeded", 0) + by_state.get("reversed", 0),
        failed=by_state.get("failed", 0),
        final=sum(count for state, count in by_state.items() if state not in NOT_FINAL),
        whole=sales < COUNTED_MAX,
        by_operator=tuple(sorted(by_operator.items(), key=lambda each: -each[1])),
    )
