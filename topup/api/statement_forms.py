"""How a statement is written: as JSON or as CSV, piece by piece. No I/O.

Owns both forms. It must never decide what belongs to a statement, nor hold more of it than one piece.
"""

from enum import StrEnum
from typing import Protocol

import msgspec

from topup.api import schemas
from topup.api.schemas import TransactionOut
from topup.ledger.statement import Balance, Totals
from topup.reconciliation.seals import document
from topup.reconciliation.seals.document import Inclusion
from topup.spreadsheet import lines

_COLUMNS = (
    "version", "type", "created_at", "from", "to", "amount", "currency", "balance_before", "balance_after",
    "held_after", "id", "source_type", "source_id", "seal",
)  # fmt: skip


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


class BalanceAtOut(schemas.Output, frozen=True):
    available: int
    held: int
    version: int


class TotalsOut(schemas.Output, frozen=True):
    credited: int
    sold: int
    held: int
    captured: int
    released: int
    reversed: int
    adjusted: int


class HeadOut(schemas.Output, frozen=True, rename={"from_time": "from"}):
    """How a statement begins; `from` is null where it begins with the book."""

    seller_id: int
    currency: str
    from_time: str | None
    to: str
    opening: BalanceAtOut


class StatementOut(HeadOut, frozen=True, rename={"from_time": "from"}):
    """`movements` are oldest first; opening and movements make the closing. `seal` proves that the book is in
    the newest seal, whose version may lie before or after the closing; null where there is none."""

    movements: list[TransactionOut]
    closing: BalanceAtOut
    totals: TotalsOut
    seal: Inclusion | None


class Writer(Protocol):
    """One form of a statement."""

    media_type: str

    def begin(self, head: HeadOut) -> bytes: ...

    def page(self, movements: list[TransactionOut]) -> bytes: ...

    def end(self, head: HeadOut, closing: Balance, totals: Totals, seal: Inclusion | None) -> bytes: ...


class JsonWriter:
    """A `StatementOut`, piece by piece."""

    media_type = "application/json"

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._separator = b""

    def begin(self, head: HeadOut) -> bytes:
        return self._encode(head)[:-1] + b',"movements":['

    def page(self, movements: list[TransactionOut]) -> bytes:
        written = self._separator + self._encode(movements)[1:-1]
        self._separator = b","
        return written

    def end(self, head: HeadOut, closing: Balance, totals: Totals, seal: Inclusion | None) -> bytes:
        last = {"closing": closing._asdict(), "totals": totals._asdict(), "seal": seal}
        return b"]," + self._encode(last)[1:]


class CsvWriter:
    """RFC 4180 with a header: a row for the opening, one for each movement, one for the closing.

    The closing has the proof in the last column, which is empty elsewhere; no row is of another sort.
    """

    media_type = "text/csv; header=present"  # Litestar adds the charset

    def begin(self, head: HeadOut) -> bytes:
        return lines([_COLUMNS, _balance_row("opening", head.from_time, head.currency, head.opening)])

    def page(self, movements: list[TransactionOut]) -> bytes:
        return lines(_movement_row(movement) for movement in movements)

    def end(self, head: HeadOut, closing: Balance, totals: Totals, seal: Inclusion | None) -> bytes:
        row = _balance_row("closing", head.to, head.currency, BalanceAtOut(**closing._asdict()))
        return lines([(*row[:-1], document.proof(seal) if seal else "")])


WRITERS: dict[Format, type[Writer]] = {Format.JSON: JsonWriter, Format.CSV: CsvWriter}


def _balance_row(name: str, moment: str | None, currency: str, balance: BalanceAtOut) -> tuple[object, ...]:
    sums = (balance.available, balance.held)
    return (balance.version, name, moment or "", "", "", "", currency, "", *sums, "", "", "", "")


def _movement_row(movement: TransactionOut) -> tuple[object, ...]:
    return (
        movement.version, movement.type, movement.created_at, movement.from_account, movement.to_account,
        movement.amount, movement.currency, movement.balance_before, movement.balance_after,
        movement.held_after, movement.id, movement.source.type, movement.source.id, "",
    )  # fmt: skip
