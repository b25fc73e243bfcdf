"""Today over all sellers: recharges by hour, operator and state.

Owns the counting, and how old a count may be. An hour that is over is counted again only now and then,
because a state may still change in it; only the hour that runs is counted for every look. What is
remembered, this process remembers alone, and nothing of it decides anything.
"""

import threading
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from topup import clock, ids, people
from topup.clock import US_PER_SECOND
from topup.console import reading
from topup.ledger import literals
from topup.sellers.models import Seller

HOUR_US = 3_600 * US_PER_SECOND
FRESH_S = 10.0
"""How old the count of the running hour may be: a dashboard is looked at by several at once."""
SETTLED_S = 600.0
"""How old the count of an hour that is over may be: the unknown becomes known, a sale is given back."""
MAX_SELLERS = 20_000
"""Sellers counted, of the newest; each is a look-up in an index."""


class Cell(NamedTuple):
    """What was sold in one hour of the day through one operator, in one state."""

    hour: int
    operator: str
    state: str
    recharges: int
    amount: int


class _Counted(NamedTuple):
    at_s: float
    cells: list[Cell]


_counted: dict[tuple[int, int], _Counted] = {}
_one_at_a_time = threading.Lock()


def midnight_us(zone: str, now_us: int) -> int:
    """When today began where people live."""
    day = people.local(now_us, zone).date()
    return clock.to_us(datetime.combine(day, time(), ZoneInfo(zone)))


def cells(zone: str) -> list[Cell]:
    """Today so far, every hour."""
    now_us = clock.now_us()
    begins_us = midnight_us(zone, now_us)
    running = (now_us - begins_us) // HOUR_US
    with _one_at_a_time:
        for key in [key for key in _counted if key[0] != begins_us]:
            del _counted[key]
        stale = [hour for hour in range(running + 1) if _is_stale(begins_us, hour, running=running)]
        if stale:
            _count(begins_us, stale)
        return [cell for hour in range(running + 1) for cell in _counted[begins_us, hour].cells]


def _is_stale(begins_us: int, hour: int, *, running: int) -> bool:
    known = _counted.get((begins_us, hour))
    age_s = FRESH_S if hour == running else SETTLED_S
    return known is None or clock.monotonic_s() - known.at_s > age_s


def _count(begins_us: int, hours: list[int]) -> None:
    """Count these hours, those between them too: one statement for all."""
    first, last = min(hours), max(hours)
    sellers = list(Seller.objects.order_by("-pk").values_list("pk", flat=True)[:MAX_SELLERS])
    span = (ids.lowest_at(begins_us + first * HOUR_US), ids.lowest_at(begins_us + (last + 1) * HOUR_US))
    found = reading.rows("recharges_between", literals.numbers(sellers), *span, HOUR_US, begins_us)
    now_s = clock.monotonic_s()
    by_hour: dict[int, list[Cell]] = {hour: [] for hour in range(first, last + 1)}
    for row in found:
        by_hour.setdefault(row[0], []).append(Cell(*row))
    for hour, made in by_hour.items():
        _counted[begins_us, hour] = _Counted(now_s, made)
