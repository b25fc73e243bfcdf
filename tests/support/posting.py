"""Wishes for the ledger's door and what they left in the database, read by SQL of the tests' own."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Hashable, Sequence
from typing import Any

from psycopg.rows import dict_row

from tests.support import samples
from tests.support.model import Line, Sums, audit
from topup import database, ids
from topup.config import Config
from topup.ledger.core import Book, Command, Movement
from topup.ledger.families import Posting, RareFamily
from topup.ledger.poster import Poster
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.trips import Connect, Connection, Rows, Statement

PRICE = 5_000
_books = itertools.count(1_000_000_000)
_references = itertools.count(1)


class Moves(RareFamily[Command]):
    """The family of bare movements: commands as they are, with no fact beside them."""

    looks_up_first = False

    def key(self, wish: Command) -> Hashable:
        return None

    def lookup(self, wishes: Sequence[Command]) -> list[Statement]:
        return []

    def known(self, wishes: Sequence[Command], rows: Rows) -> dict[int, Posting]:
        return {}

    def command(self, wish: Command, rows: Rows) -> Command:
        return wish

    def writes(self, facts: Sequence[tuple[Command, Movement]]) -> list[Statement]:
        return []


def open_book(connection: Connection) -> int:
    """The number of a seller that has a book and nothing else."""
    seller_id = next(_books)
    connection.execute("SELECT ledger.open_v1(%s, 'IRR')", [seller_id])
    return seller_id


def a_sale(seller_id: int, **changes: Any) -> Sale:  # fields of Sale
    """A sale of PRICE with a reference that nobody used."""
    fresh = samples.a_sale(
        seller_id=seller_id, id=ids.new(seller_id), reference=f"order-{next(_references)}", amount=PRICE
    )
    return fresh._replace(**changes)


@contextlib.asynccontextmanager
async def selling(
    config: Config, *, lanes: int = 2, connect: Connect | None = None
) -> AsyncIterator[Poster[Sale, Recharge]]:
    """A poster of sales as a server process has one, drained at the end."""
    poster = Poster(
        connect or (lambda: database.connect_async(config)), Sales(), lanes=lanes, zone=config.time_zone
    )
    await poster.start()
    try:
        yield poster
    finally:
        await poster.stop()


def book_of(connection: Connection, seller_id: int) -> Book:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT * FROM ledger.book WHERE seller_id = %s", [seller_id]).fetchone()
    assert row is not None, f"seller {seller_id} has no book"
    return Book(**{name: row[name] for name in Book._fields})


def journal_of(connection: Connection, seller_id: int) -> list[Line]:
    rows = connection.execute(
        "SELECT seq, kind::text, amount, available, held, funded, sold, adjusted, source_type::text,"
        "       source_id::text, actor_type::text, actor_id, created_at_us, hash"
        "  FROM ledger.journal WHERE seller_id = %s ORDER BY seq",
        [seller_id],
    )
    return [Line(row[0], row[1], row[2], Sums(*row[3:8]), *row[8:]) for row in rows]


def references_of(connection: Connection, seller_id: int) -> list[str]:
    """The references of a seller's recharges, in the order of their movements."""
    rows = connection.execute(
        "SELECT reference FROM recharges.recharge WHERE seller_id = %s ORDER BY settle_seq", [seller_id]
    )
    return [row[0] for row in rows]


def transactions_of(connection: Connection, sellers: Sequence[int]) -> int:
    """How many transactions wrote the sales of these sellers."""
    row = connection.execute(
        "SELECT count(DISTINCT xmin::text) FROM ledger.journal"
        " WHERE seller_id = ANY (%s) AND kind = 'recharge'",
        [list(sellers)],
    ).fetchone()
    assert row is not None
    return int(row[0])


def assert_books_prove_themselves(connection: Connection, *sellers: int) -> None:
    """Each book is what its journal proves, and each sale in it has its recharge and the other way round."""
    for seller_id in sellers:
        book, lines = book_of(connection, seller_id), journal_of(connection, seller_id)
        assert audit(seller_id, lines) == Sums(*book.vector)
        assert (book.seq, book.head_hash) == (len(lines), lines[-1].sealed if lines else bytes(32))
        sold = [(line.number, line.source_id, line.amount) for line in lines if line.kind == "recharge"]
        rows = connection.execute(
            "SELECT settle_seq, id::text, amount FROM recharges.recharge WHERE seller_id = %s ORDER BY 1",
            [seller_id],
        )
        assert sold == rows.fetchall()
