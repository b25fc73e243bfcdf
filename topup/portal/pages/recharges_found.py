"""The recharges that a filter leaves, a page at a time, whatever the filter and however many there are.

Owns how a page is found: by the reference's own key, by the number's index, by what is still open, or by
walking the newest first, MAX_WALKED of them at the most. Where a walk ends before the page is full, the
page says how far it came, and the next one goes on from there.
"""

from pathlib import Path
from typing import NamedTuple

from topup import clock, ids, sqlfiles
from topup.portal import reading
from topup.portal.pages.recharges_filter import Filter
from topup.portal.paging import Part, Wanted
from topup.recharges.lifecycle import NOT_FINAL

SQL = sqlfiles.load(Path(__file__).with_name("recharges.sql"))
MAX_WALKED = 50_000
"""Recharges that one page looks at: some tens of milliseconds."""
MAX_OF_NUMBER = 5_000
"""Recharges of one number that are sorted for a page; a number with more is found by walking."""
MADE_BEFORE_US = 30 * clock.US_PER_SECOND
"""How much older a recharge's id may be than its sale: a sale waits a few seconds for its batch."""


class Row(NamedTuple):
    """A recharge as the list shows it."""

    id: str
    created_at_us: int
    phone_number: int
    operator: str
    amount: int
    currency: str
    state: str
    reference: str


class Reached(NamedTuple):
    """Where a walk ended before its page was full: its last recharge, and the query that goes on."""

    id: str
    at_us: int
    query: str


class Found(NamedTuple):
    """A page. `reached` is None where nothing is left out."""

    part: Part[Row]
    reached: Reached | None

    @property
    def rows(self) -> list[Row]:
        return self.part.rows


def find(seller_id: int, sought: Filter, wanted: Wanted) -> Found:
    """One page of a seller's recharges."""
    edges = _edges(sought, wanted)
    if sought.reference is not None:
        return _whole(_by_reference(seller_id, sought, edges), wanted)
    if sought.phone_number is not None and _is_rare(seller_id, sought.phone_number):
        return _whole(_by_number(seller_id, sought, edges, wanted), wanted)
    return _by_walking(seller_id, sought, edges, wanted)


def _edges(sought: Filter, wanted: Wanted) -> tuple[str, str]:
    """The ids between which a page lies: those of the page before and, roughly, of the days."""
    above, below = wanted.above, wanted.below
    if sought.since_us is not None:
        above = max(above, ids.lowest_at(sought.since_us - MADE_BEFORE_US))
    if sought.until_us is not None:
        below = min(below, ids.lowest_at(sought.until_us))
    return above, below


def _by_reference(seller_id: int, sought: Filter, edges: tuple[str, str]) -> list[Row]:
    rest = (sought.phone_number, sought.operator, sought.state, sought.since_us, sought.until_us)
    return _rows(SQL["of_reference"], (seller_id, *edges, sought.reference, *rest))


def _is_rare(seller_id: int, phone_number: int) -> bool:
    ((times,),) = reading.rows(SQL["times_of_number"], (seller_id, phone_number, MAX_OF_NUMBER))
    return int(times) < MAX_OF_NUMBER


def _by_number(seller_id: int, sought: Filter, edges: tuple[str, str], wanted: Wanted) -> list[Row]:
    rest = (sought.operator, sought.state, sought.since_us, sought.until_us)
    values = (seller_id, *edges, sought.phone_number, *rest, wanted.fetch, MAX_OF_NUMBER)
    return _rows(wanted.order(SQL["of_number"]), values)


def _by_walking(seller_id: int, sought: Filter, edges: tuple[str, str], wanted: Wanted) -> Found:
    begin = (seller_id, *edges, MAX_WALKED)
    walk, walked_to = ("walk_open", "walked_open_to") if sought.state in NOT_FINAL else ("walk", "walked_to")
    rest = (sought.phone_number, sought.operator, sought.state, sought.since_us, sought.until_us)
    rows = _rows(wanted.order(SQL[walk]), (*begin, *rest, wanted.fetch))
    found = _whole(rows, wanted)
    if len(rows) == wanted.fetch:
        return found
    ended = reading.rows(wanted.order(SQL[walked_to]), begin)
    if not ended:
        return found
    last_id, at_us = ended[0]
    edge = "after" if wanted.rising else "before"
    return found._replace(reached=Reached(last_id, at_us, f"?{wanted.others}{edge}={last_id}"))


def _whole(rows: list[Row], wanted: Wanted) -> Found:
    return Found(wanted.part(rows, lambda row: row.id), None)


def _rows(statement: str, values: tuple[object, ...]) -> list[Row]:
    return [Row(*row) for row in reading.rows(statement, values)]
