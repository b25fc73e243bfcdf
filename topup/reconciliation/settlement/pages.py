"""A staged file and our recharges side by side, page by page, in both directions.

Owns the walks. Each keeps one page in memory, names the sellers it asks about, and leaves what agrees
in all to the database, which only counts it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from topup import ids, trips
from topup.ledger import literals
from topup.recharges.lifecycle import State
from topup.reconciliation.settlement.stage import SQL
from topup.reconciliation.settlement.verdicts import Midnights, Ours, Theirs
from topup.trips import Connection, Row

LINES_PER_PAGE = 20_000
SELLERS_PER_PAGE = 100
MISSING_PER_PAGE = 2_000
"""Of one seller and one page: a seller that has more is walked on alone."""
SLACK_US = 3_600 * 1_000_000
"""An id is made before its recharge is written, by as much as a request may wait; an hour is far more."""
_FIRST: tuple[int, str] = (-1, "00000000-0000-0000-0000-000000000000")
_LAST: tuple[int, str] = (2**62, "ffffffff-ffff-ffff-ffff-ffffffffffff")


class Compared(NamedTuple):
    """One recharge of a page that the database did not only count. `plain`: it agrees in all, and is told
    because it was sold around midnight."""

    theirs: Theirs
    ours: Ours | None
    plain: bool
    at_midnight: bool


class Page(NamedTuple):
    """`plain` is how many recharges of the page agree in all."""

    lines: int
    plain: int
    rows: list[Compared]


class Missing(NamedTuple):
    """A recharge that succeeded and that the file does not have."""

    seller_id: int
    recharge_id: str
    amount: int
    phone_number: int
    created_at_us: int


def compared(connection: Connection, *, file_id: str, operator: str, midnights: Midnights) -> Iterator[Page]:
    """What the file has, in order of sellers and recharges."""
    margin_us = midnights.margin_us
    windows = [
        edge_us + by_us
        for edge_us in (midnights.start_us, midnights.end_us)
        for by_us in (-margin_us, margin_us)
    ]
    low, high = _FIRST, _FIRST
    while high != _LAST:
        (ends,) = trips.run(connection, [(SQL["page_end"], (file_id, *low, LINES_PER_PAGE - 1))])
        high = ends[0] if ends else _LAST
        (sellers,) = trips.run(connection, [(SQL["page_sellers"], (file_id, *low, *high))])
        named = literals.numbers(seller for (seller,) in sellers)
        (rows,) = trips.run(connection, [(SQL["compare"], (file_id, *low, *high, named, operator, *windows))])
        found = [_compared(row) for row in rows if row[3] is not None]
        yield Page(LINES_PER_PAGE, rows[0][0], found)
        low = high


def missing(
    connection: Connection, *, file_id: str, operator: str, midnights: Midnights
) -> Iterator[list[Missing]]:
    """What the file does not have, among what was sold on its day and around its midnights."""
    from_us, to_us = midnights.start_us - midnights.margin_us, midnights.end_us + midnights.margin_us
    above, below = ids.lowest_at(from_us - SLACK_US), ids.lowest_at(to_us + SLACK_US)
    last = 0
    while True:
        (sellers,) = trips.run(connection, [(SQL["sellers_from"], (last, SELLERS_PER_PAGE))])
        if not sellers:
            return
        last = sellers[-1][0]
        after = {seller: above for (seller,) in sellers}
        while after:
            asked = (literals.numbers(after), literals.words(after.values()), below, file_id, operator)
            (rows,) = trips.run(connection, [(SQL["missing"], (*asked, from_us, to_us, MISSING_PER_PAGE))])
            page = [Missing(*row) for row in rows]
            yield page
            after = _full(page)


def _full(page: list[Missing]) -> dict[int, str]:
    """The sellers of whom there may be more, with the last recharge that is known of each."""
    counts: dict[int, int] = {}
    lasts: dict[int, str] = {}
    for each in page:
        counts[each.seller_id] = counts.get(each.seller_id, 0) + 1
        lasts[each.seller_id] = max(each.recharge_id, lasts.get(each.seller_id, ""))
    return {seller: lasts[seller] for seller, count in counts.items() if count >= MISSING_PER_PAGE}


def _compared(row: Row) -> Compared:
    _, plain, at_midnight, seller, recharge_id, nr, lines, delivered, failed, least, most, attempt, *rest = (
        row
    )
    at_us, reference, operator_reference, phone_number, amount, state, operator, last_submit = rest
    theirs = Theirs(
        seller, recharge_id, nr, lines, delivered, failed, least, most, attempt, at_us, reference,
        operator_reference, phone_number,
    )  # fmt: skip
    ours = None if amount is None else Ours(amount, State(state), operator, last_submit)
    return Compared(theirs, ours, plain, at_midnight)
