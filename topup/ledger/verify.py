"""Proof of a book: its journal read from the first movement, and everything worked out again.

Owns the recomputation. It must never write, lock, or trust a sum that is stored: each vector is
made from the kinds and amounts alone, each hash from the fields. It reads one snapshot, so sales
go on meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple

import psycopg

from topup import trips
from topup.ledger import chain, core, literals
from topup.ledger.core import Book, Kind, Vector
from topup.ledger.door import SQL, load_book
from topup.trips import Connection, Row

BOOKS_PER_PAGE = 500
ROWS_PER_FETCH = 2_000
MAX_FAULTS = 20
"""Faults told per book; one is enough to distrust it."""


class Status(StrEnum):
    VERIFIED = "VERIFIED"
    CRITICAL = "CRITICAL"


class Flaw(StrEnum):
    """What can be wrong with a journal row, or with a book beside its journal."""

    GAP = "gap"
    VECTOR = "vector"
    HASH = "hash"
    BOOK_SUMS = "book_sums"
    BOOK_SEQ = "book_seq"
    BOOK_HASH = "book_hash"


class Fault(NamedTuple):
    flaw: Flaw
    seq: int
    detail: str


class Report(NamedTuple):
    """What a book's journal proves. `current` is the book's available sum, `calculated` the journal's."""

    seller_id: int
    currency: str
    version: int
    current: int
    calculated: int
    movements: int
    faults: tuple[Fault, ...]

    @property
    def status(self) -> Status:
        return Status.CRITICAL if self.faults else Status.VERIFIED


def verify(connection: Connection, *, seller_id: int | None = None) -> Iterator[Report]:
    """A report per book (of one seller, or of all, in order), from one snapshot of the database.

    The connection must be outside a transaction; it is used until the iterator ends or is closed.
    """
    with _snapshot(connection):
        for book in _books(connection, seller_id):
            yield _prove(book, _journal(connection, book))


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    trips.run(connection, [(SQL["snapshot"], ())])
    try:
        yield
    finally:
        if not connection.closed:
            trips.run(connection, [(SQL["rollback"], ())])


def _books(connection: Connection, seller_id: int | None) -> Iterator[Book]:
    if seller_id is not None:
        (rows,) = trips.run(connection, [(SQL["read_books"], (literals.numbers([seller_id]),))])
        yield from map(load_book, rows)
        return
    last = -1
    while True:
        (rows,) = trips.run(connection, [(SQL["list_books"], (last, BOOKS_PER_PAGE))])
        yield from map(load_book, rows)
        if len(rows) < BOOKS_PER_PAGE:
            return
        last = rows[-1][0]


def _journal(connection: Connection, book: Book) -> Iterator[Row]:
    with psycopg.RawServerCursor(connection, "journal") as cursor:
        cursor.itersize = ROWS_PER_FETCH
        cursor.execute(SQL["journal_of"], (book.seller_id, book.currency), binary=True)
        yield from cursor


def _prove(book: Book, rows: Iterator[Row]) -> Report:
    faults: list[Fault] = []
    sums, seq, head, count = Vector(0, 0, 0, 0, 0), 0, chain.GENESIS, 0
    for row in rows:
        count += 1
        sums = _added(sums, Kind(row[1]), row[2])
        faults += _row_faults(book, row, expected_seq=seq + 1, sums=sums, previous=head)
        seq, head = row[0], row[13]
    faults += _book_faults(book, sums=sums, seq=seq, head=head)
    return Report(
        book.seller_id,
        book.currency,
        book.seq,
        book.available,
        sums.available,
        count,
        tuple(faults[:MAX_FAULTS]),
    )


def _added(sums: Vector, kind: Kind, amount: int) -> Vector:
    effect = core.EFFECTS[kind]
    return Vector(*(total + sign * amount for total, sign in zip(sums, effect, strict=True)))


def _row_faults(book: Book, row: Row, *, expected_seq: int, sums: Vector, previous: bytes) -> Iterator[Fault]:
    seq, kind, amount, *stored, source_type, source_id, actor_type, actor_id, at_us, stored_hash = row
    if seq != expected_seq:
        yield Fault(Flaw.GAP, seq, f"movement {expected_seq} should stand here")
    if tuple(stored) != sums:
        yield Fault(Flaw.VECTOR, seq, f"the sums after it are {tuple(sums)}, stored are {tuple(stored)}")
    digest = chain.link(
        seller_id=book.seller_id,
        currency=book.currency,
        seq=seq,
        kind=kind,
        amount=amount,
        vector=stored,
        source_type=source_type,
        source_id=source_id,
        actor_type=actor_type,
        actor_id=actor_id,
        created_at_us=at_us,
        previous=previous,
    )
    if digest != stored_hash:
        yield Fault(Flaw.HASH, seq, "its hash does not seal its fields to the movement before it")


def _book_faults(book: Book, *, sums: Vector, seq: int, head: bytes) -> Iterator[Fault]:
    if book.vector != sums:
        yield Fault(
            Flaw.BOOK_SUMS, book.seq, f"the journal gives {tuple(sums)}, the book says {tuple(book.vector)}"
        )
    if book.seq != seq:
        yield Fault(Flaw.BOOK_SEQ, book.seq, f"the journal ends at movement {seq}")
    if book.head_hash != head:
        yield Fault(Flaw.BOOK_HASH, book.seq, "the book's hash is not that of its last movement")
