"""Phone numbers: kept by a seller under a label, or by none; and what each was credited in all.

Owns what is known of a number. It must never touch a recharge: it sums what is there.
"""

from pathlib import Path
from typing import NamedTuple

from topup import sqlfiles
from topup.trips import Row, Statement

SQL = sqlfiles.load(Path(__file__).with_name("phone_numbers.sql"))

MAX_NUMBERS = 10_000
"""Numbers that one seller keeps: a customer list, no copy of its sales. Requests that come at the same
moment may pass it by a few."""
MAX_LABEL = 60
"""Characters of a label."""
MAX_SUMMED = 10_000
"""Recharges of one number that are summed, some 30 ms: years of them, and no number of people's has more."""
MAX_SUMMED_IN_A_LIST = 1_000
"""The same of each number of a list, some 3 ms: a page may have a hundred of them."""
NEVER_US = 0
LATER_US = 2**62
"""After every moment that is ever stored."""


class Edge(NamedTuple):
    """A place in the list of a seller's numbers, newest first."""

    created_at_us: int
    phone_number: int


NEWEST = Edge(LATER_US, 0)
OLDEST = Edge(NEVER_US, 0)


class LastRecharge(NamedTuple):
    """The latest recharge of a number, whatever became of it."""

    id: str
    reference: str
    state: str
    operator: str
    amount: int
    created_at_us: int


class Known(NamedTuple):
    """What is known of a number. `created_at_us` is when its seller began to keep it, None where it
    does not; `recharges` and `credited` count those that succeeded and stand, `reversals` and
    `reversed` those that were given back. With `more` there are more recharges than were summed: it was
    credited more than this, and its last recharge is not looked for."""

    phone_number: int
    label: str | None
    created_at_us: int | None
    seller_id: int | None
    recharges: int = 0
    credited: int = 0
    reversals: int = 0
    reversed: int = 0
    more: bool = False
    last: LastRecharge | None = None


class Kept(NamedTuple):
    """How many numbers a seller keeps, and since when it keeps the one in question."""

    numbers: int
    since_us: int | None

    @property
    def full(self) -> bool:
        """Whether the number can't be kept too."""
        return self.since_us is None and self.numbers >= MAX_NUMBERS


def read(*, phone_number: int, seller_id: int | None) -> Statement:
    """What reads a number as one seller sees it, or over all sellers."""
    if seller_id is None:
        return (SQL["number_of_all"], (phone_number, MAX_SUMMED))
    return (SQL["number_of"], (seller_id, phone_number, MAX_SUMMED))


def read_list(*, rising: bool, seller_id: int, before: Edge, after: Edge, fetch: int) -> Statement:
    """What reads the numbers that a seller keeps, newest first or, rising, from the old end."""
    text = SQL["list_numbers"]
    values = (seller_id, *before, *after, fetch, MAX_SUMMED_IN_A_LIST)
    return (text.replace(" DESC", " ASC") if rising else text, values)


def known(row: Row) -> Known:
    """A row of what `read` and `read_list` read."""
    found = Known(*row[:9])
    return found if row[9] is None else found._replace(last=LastRecharge(*row[9:]))


def count(*, seller_id: int, phone_number: int) -> Statement:
    """What reads a `Kept`."""
    return (SQL["kept_numbers"], (seller_id, phone_number, MAX_NUMBERS))


def keep(*, seller_id: int, phone_number: int, label: str | None, relabel: bool, now_us: int) -> Statement:
    """What keeps a number, and answers whether it is new. The label of one that is kept already
    changes where `relabel` says so."""
    return (SQL["keep_number"], (seller_id, phone_number, label, relabel, now_us))


def forget(*, seller_id: int, phone_number: int) -> Statement:
    """What forgets a number, and answers whether it was kept."""
    return (SQL["forget_number"], (seller_id, phone_number))
