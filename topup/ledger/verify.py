"""Proof of the books: each journal read from the first movement, and everything worked out again.

Owns how the journals are read; `proof.py` judges them. It must never write or lock. It reads one
snapshot, a page at a time, so that sales go on meanwhile and memory stays flat.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from topup import trips
from topup.ledger import literals, proof
from topup.ledger.core import Book
from topup.ledger.door import SQL, load_book
from topup.ledger.proof import STRICT, Fault, Flaw, Mark, Report, Status
from topup.trips import Connection

__all__ = ["Fault", "Flaw", "Report", "Status", "continued", "snapshot", "verify"]

BOOKS_PER_PAGE = 500
ROWS_PER_FETCH = 2_000


def verify(
    connection: Connection, *, seller_id: int | None = None, minor_limit: int = STRICT
) -> Iterator[Report]:
    """A report per book (of one seller, or of all, in order), from one snapshot of the database.

    A book whose sums alone differ from a whole journal's, by less than `minor_limit` minor units, is a
    minor discrepancy. The connection must be outside a transaction; it is used until the iterator ends
    or is closed.
    """
    with snapshot(connection):
        for book in _books(connection, seller_id):
            yield continued(connection, book, since=proof.BEGINNING, minor_limit=minor_limit)


def continued(connection: Connection, book: Book, *, since: Mark, minor_limit: int) -> Report:
    """The proof of a book from where an earlier one found its journal whole. Within a transaction."""
    made = proof.Proof(seller_id=book.seller_id, currency=book.currency, since=since)
    with psycopg.RawServerCursor(connection, "journal") as cursor:
        cursor.itersize = ROWS_PER_FETCH
        cursor.execute(SQL["journal_of"], (book.seller_id, book.currency, since.seq), binary=True)
        for row in cursor:
            made.read(row)
    return made.report(book, minor_limit=minor_limit)


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """A transaction that sees one moment and writes nothing. The connection must be outside one."""
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
