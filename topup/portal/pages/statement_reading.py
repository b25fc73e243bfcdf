"""A statement as it is read: what the book held at both ends, and the movements between them.

Owns the sum that people see, which is worked out from the books' own sums at both ends: opening + credit -
sold + adjustments = closing, of available and held together. It holds by the accounting equation, which is a
constraint of every movement; `topup.ledger.statement` works it out once more from the movements for files.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from topup import people, sqlfiles
from topup.ledger.core import EFFECTS, Kind, Vector
from topup.ledger.statement import Balance, Span, Sums
from topup.portal import reading
from topup.portal.periods import Period
from topup.trips import Row

SQL = sqlfiles.load(Path(__file__).with_name("statement.sql"))
ROWS = 50
"""Movements of a page: a day of a small shop."""
ROWS_PER_STEP = 1_000
"""Movements read at once for a file."""
KINDS = {
    Kind.CREDIT: _("Credit"),
    Kind.RECHARGE: _("Recharge"),
    Kind.HOLD: _("Held for a recharge"),
    Kind.CAPTURE: _("Recharge delivered"),
    Kind.RELEASE: _("Held amount returned"),
    Kind.REVERSAL: _("Recharge reversed"),
    Kind.ADJUSTMENT: _("Adjustment upwards"),
    Kind.DEDUCTION: _("Adjustment downwards"),
}


class End(NamedTuple):
    """What the book held after the movement `version`, and its sums from its beginning."""

    version: int
    sums: Vector

    @property
    def total(self) -> int:
        return self.sums.available + self.sums.held


class Statement(NamedTuple):
    """Both ends of a seller's book in a period."""

    seller_id: int
    currency: str
    period: Period
    opening: End
    closing: End

    @property
    def credited(self) -> int:
        return self.closing.sums.funded - self.opening.sums.funded

    @property
    def sold(self) -> int:
        """Less what was reversed."""
        return self.closing.sums.sold - self.opening.sums.sold

    @property
    def minus_sold(self) -> int:
        return -self.sold

    @property
    def adjusted(self) -> int:
        return self.closing.sums.adjusted - self.opening.sums.adjusted

    @property
    def movements(self) -> int:
        return self.closing.version - self.opening.version

    @property
    def span(self) -> Span:
        return Span(self.seller_id, self.currency, _balance(self.opening), _balance(self.closing))


class Line(NamedTuple):
    """A movement: by how much it changed what is available and what is held, and both after it."""

    version: int
    at_us: int
    kind: Kind
    change: int
    change_held: int
    available: int
    held: int
    phone_number: int | None
    reference: str
    reason: str

    @property
    def word(self) -> "Promise | str":
        return KINDS[self.kind]


def read(*, seller_id: int, currency: str, period: Period, zone: str) -> Statement:
    """The ends of a period; one that has begun only ends with the last movement there is."""
    values = (seller_id, currency, period.begins_us(zone), period.ends_us(zone))
    (row,) = reading.rows(SQL["statement_ends"], values)
    opening, closing = End(row[0], Vector(*row[1:6])), End(row[6], Vector(*row[7:12]))
    return Statement(seller_id, currency, period, opening, closing)


def page(of: Statement, *, after: int) -> list[Line]:
    """At most ROWS movements after this version, oldest first."""
    return [_line(row) for row in reading.rows(*_asked(of, after, ROWS))]


def walk(of: Statement) -> Iterator[list[Line]]:
    """Every movement, a step at a time. Raises DoesNotAddUp where they do not make the closing."""
    sums = Sums(of.span)
    while not sums.complete:
        rows = reading.rows(*_asked(of, sums.balance.version, ROWS_PER_STEP))
        sums.add(rows)
        yield [_line(row) for row in rows]
    sums.close()


def signed(amount_minor: int, currency: str, language: str) -> str:
    """A change with its sign: `+5,000`, left of the number in both languages."""
    written = people.amount(amount_minor, currency, language)
    if amount_minor <= 0:
        return written
    return f"{people.LEFT_TO_RIGHT_MARK if language == people.PERSIAN else ''}+{written}"


def _asked(of: Statement, after: int, most: int) -> tuple[str, tuple[object, ...]]:
    values = (of.seller_id, of.currency, after, of.closing.version, most)
    return SQL["statement_movements"], values


def _balance(end: End) -> Balance:
    return Balance(end.sums.available, end.sums.held, end.version)


def _line(row: Row) -> Line:
    _seller, _currency, seq, kind, amount, available, held, _type, _id, at_us, *about = row
    phone_number, reference, bank_reference, reason = about
    effect = EFFECTS[Kind(kind)]
    return Line(
        version=seq,
        at_us=at_us,
        kind=Kind(kind),
        change=effect.available * amount,
        change_held=effect.held * amount,
        available=available,
        held=held,
        phone_number=phone_number,
        reference=reference or bank_reference or "",
        reason=reason or "",
    )
