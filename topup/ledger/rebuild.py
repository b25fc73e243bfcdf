"""Rebuilding a book from its journal, under its lock.

Owns the transaction of a rebuild. It must never touch the journal, and never write a sum of its own:
the database copies them from the last movement and keeps a record of what stood there before.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from topup import ids, trips
from topup.ledger import literals
from topup.ledger.core import Book
from topup.ledger.door import BEGIN, COMMIT, ROLLBACK, SQL, load_book
from topup.ledger.proof import Report, Status
from topup.ledger.verify import continued
from topup.trips import Connection, Statement

MAX_REASON = 500
"""Characters kept of why; the table's own constraint."""


class Rebuilt(NamedTuple):
    """What a rebuild found under the lock, and whether it mended that."""

    report: Report
    done: bool


def rebuild(
    connection: Connection,
    *,
    report: Report,
    minor_limit: int,
    by: str,
    now_us: int,
    beside: Sequence[Statement] = (),
) -> Rebuilt:
    """Mend a minor discrepancy that a proof reported, if under the book's lock it still is one.

    Only what was written since that proof is read again, so that the seller's sales wait for moments.
    `by` is who asked, `beside` what is written with it. The connection must be outside a transaction.
    """
    if report.status is not Status.MINOR_DISCREPANCY:  # its mark vouches for a whole journal only then
        return Rebuilt(report, done=False)
    with _begun(connection):
        book = _locked(connection, report)
        found = continued(connection, book, since=report.mark, minor_limit=minor_limit)
        if found.status is not Status.MINOR_DISCREPANCY:
            return Rebuilt(found, done=False)
        reason = found.faults[0].detail[:MAX_REASON]
        values = (book.seller_id, ids.new(book.seller_id), book.currency, book.seq, now_us, by, reason)
        trips.run(connection, [(SQL["rebuild"], values), *beside, COMMIT])
        return Rebuilt(found, done=True)


@contextmanager
def _begun(connection: Connection) -> Iterator[None]:
    """A transaction that leaves nothing behind unless it was committed inside."""
    trips.run(connection, [BEGIN])
    try:
        yield
    finally:
        if not connection.closed and connection.info.transaction_status:
            trips.run(connection, [ROLLBACK])


def _locked(connection: Connection, report: Report) -> Book:
    (rows,) = trips.run(connection, [(SQL["lock_books"], (literals.numbers([report.seller_id]),))])
    (book,) = [each for each in map(load_book, rows) if each.currency == report.currency]
    return book
