"""Today over all sellers: recharges by hour, operator and state.

Owns the counting, how long one look may count, and how old a count may be. The day is counted in pieces of
five minutes, the newest first, until the time of a look is used up; the next look goes on. A piece that is
over is counted again now and then, because a state may still change in it. What is remembered, this process
remembers alone, and nothing of it decides anything.
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

PIECE_US = 300 * US_PER_SECOND
PIECES_OF_AN_HOUR = 12
LOOK_S = 0.1
"""How long one look counts at most, before it shows what is known: half of what a first byte may take."""
STATEMENT_S = 0.03
"""How long one statement should take: as many pieces are asked for at once as the last one says."""
MAX_FASTER = 4
"""How many times as many pieces the next statement may ask for: sales are not spread evenly over a day."""
FRESH_S = 10.0
"""How old the count of the running piece may be: a dashboard is looked at by several at once."""
SETTLED_S = 600.0
"""How old the count of a piece that is over may be: the unknown becomes known, a sale is given back."""
WHOLE = 100
MAX_SELLERS = 20_000
"""Sellers counted, of the newest; each is a look-up in an index."""


class Cell(NamedTuple):
    """What was sold in one hour of the day through one operator, in one state."""

    hour: int
    operator: str
    state: str
    recharges: int
    amount: int


class Today(NamedTuple):
    """What is known of today; `hundredths` of it are counted."""

    cells: list[Cell]
    hundredths: int

    @property
    def whole(self) -> bool:
        return self.hundredths == WHOLE


class _Counted(NamedTuple):
    at_s: float
    cells: list[Cell]


class Counter:
    """What one process has counted of one day."""

    def __init__(self) -> None:
        self._begins_us = 0
        self._counted: dict[int, _Counted] = {}
        self._one_at_a_time = threading.Lock()

    def look(self, *, zone: str, now_us: int, look_s: float = LOOK_S) -> Today:
        """Today as far as it is counted after this look, which counts for `look_s` at most."""
        begins_us = midnight_us(zone, now_us)
        running = (now_us - begins_us) // PIECE_US
        with self._one_at_a_time:
            if begins_us != self._begins_us:
                self._begins_us, self._counted = begins_us, {}
            self._count_on(running, until_s=clock.monotonic_s() + look_s)
            known = [self._counted[piece] for piece in range(running + 1) if piece in self._counted]
        cells = [cell for each in known for cell in each.cells]
        return Today(cells, len(known) * WHOLE // (running + 1))

    def _count_on(self, running: int, *, until_s: float) -> None:
        """Count what is not known, then what is known too long, each from the newest on."""
        wanted = self._wanted(running)
        sellers, at_once = _sellers() if wanted else "", 1
        while wanted and clock.monotonic_s() < until_s:
            begun_s, last = clock.monotonic_s(), wanted[0]
            first = max(last - at_once + 1, 0)
            self._count(first, last, sellers)
            wanted = [piece for piece in wanted if not first <= piece <= last]
            took_s = max(clock.monotonic_s() - begun_s, STATEMENT_S / MAX_FASTER)
            at_once = max(int(at_once * STATEMENT_S / took_s), 1)

    def _wanted(self, running: int) -> list[int]:
        pieces = range(running, -1, -1)
        unknown = [piece for piece in pieces if piece not in self._counted]
        return unknown + [piece for piece in pieces if self._is_stale(piece, running=running)]

    def _is_stale(self, piece: int, *, running: int) -> bool:
        known = self._counted.get(piece)
        age_s = FRESH_S if piece == running else SETTLED_S
        return known is not None and clock.monotonic_s() - known.at_s > age_s

    def _count(self, first: int, last: int, sellers: str) -> None:
        """Count these pieces, in one statement. A sale belongs to the piece that its id was made in."""
        begins_us = self._begins_us
        span = (ids.lowest_at(begins_us + first * PIECE_US), ids.lowest_at(begins_us + (last + 1) * PIECE_US))
        by_piece: dict[int, list[Cell]] = {piece: [] for piece in range(first, last + 1)}
        for piece, operator, state, recharges, amount in reading.rows(
            "recharges_between", sellers, *span, PIECE_US, begins_us
        ):
            cell = Cell(piece // PIECES_OF_AN_HOUR, operator, state, recharges, int(amount))
            by_piece[min(max(piece, first), last)].append(cell)
        now_s = clock.monotonic_s()
        self._counted |= {piece: _Counted(now_s, cells) for piece, cells in by_piece.items()}


def midnight_us(zone: str, now_us: int) -> int:
    """When today began where people live."""
    day = people.local(now_us, zone).date()
    return clock.to_us(datetime.combine(day, time(), ZoneInfo(zone)))


def _sellers() -> str:
    return literals.numbers(Seller.objects.order_by("-pk").values_list("pk", flat=True)[:MAX_SELLERS])
