"""Making a seal: every book read from one snapshot, with a digest of what belongs to its movements.

Owns the order of the work. It reads only what moved since the last seal, writes nothing to the database and
never waits for a sale.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from topup import clock, database, trips
from topup.config import Config
from topup.ledger import merkle
from topup.ledger.core import Book
from topup.ledger.door import SQL, load_book
from topup.ledger.verify import BOOKS_PER_PAGE, snapshot
from topup.reconciliation import checking
from topup.reconciliation.checking import NO_FACTS
from topup.reconciliation.facts import Sealed
from topup.reconciliation.seals import document, keeping
from topup.trips import Connection

Before = dict[tuple[int, str], Sealed]


def make(config: Config, *, now_us: int) -> Path:
    """Make, sign and keep a seal of every book as it is now. Raises SealError where the last is broken."""
    last = keeping.newest(config)
    before = keeping.read(last) if last else None
    known: Before = {(book.seller_id, book.currency): book for book in before.books()} if before else {}
    with closing(database.connect(config)) as connection, snapshot(connection):
        leaves = [document.leaf_of(_sealed(connection, book, known)) for book in _books(connection)]
    tree = merkle.levels(leaves)
    head = document.sign(
        key=keeping.key(config),
        made_at=clock.rfc3339(now_us),
        leaves=leaves,
        root=tree[-1][0],
        previous=document.name_of(before.head) if before else document.NO_SEAL,
    )
    return keeping.keep(config, head, leaves, tree)


def made_today(config: Config, *, now_us: int) -> bool:
    """Whether there is a seal of this day, as the installation's time zone has it."""
    last = keeping.newest(config)
    if last is None:
        return False
    made_us = clock.to_us(datetime.fromisoformat(keeping.head_of(last).made_at))
    return clock.day_in(config.time_zone, made_us) == clock.day_in(config.time_zone, now_us)


def _books(connection: Connection) -> Iterator[Book]:
    last = -1
    while True:
        (rows,) = trips.run(connection, [(SQL["list_books"], (last, BOOKS_PER_PAGE))])
        yield from map(load_book, rows)
        if len(rows) < BOOKS_PER_PAGE:
            return
        last = rows[-1][0]


def _sealed(connection: Connection, book: Book, known: Before) -> Sealed:
    """A book as a seal holds it. What was sealed before is believed: `topup verify --seal` does not."""
    before = known.get((book.seller_id, book.currency))
    if before is None or before.version > book.seq:  # a book that was set back is read anew
        since, digest = 0, NO_FACTS
    else:
        since, digest = before.version, before.facts
    facts = checking.digests(
        connection,
        seller_id=book.seller_id,
        currency=book.currency,
        since=since,
        digest=digest,
        until=book.seq,
    )
    return Sealed(book.seller_id, book.currency, book.seq, *book.vector, book.head_hash, facts)
