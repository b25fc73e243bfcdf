"""A statement of a book: what it held at one moment, every movement from there on, and what it then held.

Owns which movements belong to a statement, and its sums, which it works out from kinds and amounts
and holds to what is stored. It must never write, do I/O itself (it gives the statements that its
caller runs) or read the whole range at once: the range of versions is fixed first, and then read page
by page, in as many transactions as there are pages, because no movement ever changes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from topup import sqlfiles
from topup.ledger.core import EFFECTS, Kind
from topup.trips import Row, Statement

SQL = sqlfiles.load(Path(__file__).with_name("statement.sql"))

PAGE_MOVEMENTS = 200
"""Movements read at once. Few enough that the sales of the same process hardly wait while a page is
written (about 2 ms), and enough that the database is asked 5 times for 1,000."""
MAX_MOVEMENTS = 1_000_000
"""Movements of one statement, some 320 MB of JSON. More is asked for month by month."""


class TooManyMovements(Exception):
    """The range has more movements than a statement may have."""


class DoesNotAddUp(Exception):
    """What is stored is not what the movements before it make: the book is to be verified."""


class Balance(NamedTuple):
    """What a book held after the movement numbered `version`; 0 is before the first."""

    available: int
    held: int
    version: int


class Span(NamedTuple):
    """The movements of a statement: those after `opening.version`, up to `closing.version`."""

    seller_id: int
    currency: str
    opening: Balance
    closing: Balance


class Totals(NamedTuple):
    """What the movements of each kind come to, in minor units; `adjusted` has a sign.

    available: opening + credited - sold - held + released + reversed + adjusted = closing;
    held: opening + held - captured - released = closing.
    """

    credited: int = 0
    sold: int = 0
    held: int = 0
    captured: int = 0
    released: int = 0
    reversed: int = 0
    adjusted: int = 0


_COUNTED: dict[Kind, tuple[str, int]] = {
    Kind.CREDIT: ("credited", 1),
    Kind.RECHARGE: ("sold", 1),
    Kind.HOLD: ("held", 1),
    Kind.CAPTURE: ("captured", 1),
    Kind.RELEASE: ("released", 1),
    Kind.REVERSAL: ("reversed", 1),
    Kind.ADJUSTMENT: ("adjusted", 1),
    Kind.DEDUCTION: ("adjusted", -1),
}


def read_span(*, seller_id: int, currency: str, from_us: int, to_us: int) -> Statement:
    """What reads the row of `span`, for the movements made from one moment until before another."""
    return (SQL["statement_span"], (seller_id, currency, from_us, to_us))


def span(row: Row, *, seller_id: int, currency: str) -> Span:
    """Raises TooManyMovements."""
    found = Span(seller_id, currency, Balance(*row[:3]), Balance(*row[3:]))
    movements = found.closing.version - found.opening.version
    if movements > MAX_MOVEMENTS:
        raise TooManyMovements(
            f"the range has {movements:,} movements, and a statement has at most {MAX_MOVEMENTS:,}: "
            "ask for a shorter one"
        )
    return found


def read_page(of: Span, *, after: int) -> Statement:
    """What reads the movements after this version, oldest first, at most PAGE_MOVEMENTS of them."""
    values = (of.seller_id, of.currency, after, of.closing.version, PAGE_MOVEMENTS)
    return (SQL["statement_page"], values)


class Sums:
    """The running sums of a statement, movement by movement."""

    def __init__(self, of: Span) -> None:
        self._span = of
        self._totals = dict.fromkeys(Totals._fields, 0)
        self.balance = of.opening

    @property
    def complete(self) -> bool:
        return self.balance.version >= self._span.closing.version

    @property
    def totals(self) -> Totals:
        return Totals(**self._totals)

    def add(self, rows: Sequence[Row]) -> None:
        """Add a page. Raises DoesNotAddUp where it is not what follows the page before."""
        if not rows:
            raise self._wrong("there is no movement")
        for _, _, seq, kind, amount, available, held, *_ in rows:
            effect = EFFECTS[Kind(kind)]
            before = self.balance
            self.balance = Balance(
                before.available + effect.available * amount, before.held + effect.held * amount, seq
            )
            if self.balance != (available, held, before.version + 1):
                raise self._wrong(f"movement {seq} is stored with {available} available, {held} held")
            name, sign = _COUNTED[Kind(kind)]
            self._totals[name] += sign * amount

    def close(self) -> Balance:
        """The closing balance. Raises DoesNotAddUp where opening and movements do not make it."""
        if self.balance != self._span.closing:
            raise self._wrong(f"the statement should close with {tuple(self._span.closing)}")
        return self.balance

    def _wrong(self, what: str) -> DoesNotAddUp:
        return DoesNotAddUp(f"seller {self._span.seller_id}: after {tuple(self.balance)}, {what}")
