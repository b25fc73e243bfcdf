"""What the database holds of money, read as it stands: for the auditor, and by nobody else's code.

Owns the reading of the schema that `topup/**/schema.sql` documents. The tables are named without their
schemas, so that a test can show the auditor damaged copies in temporary tables of the same names. It
imports nothing of the product.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, LiteralString, NamedTuple

import psycopg

from tests.support.model import Line, Sums

Connection = psycopg.Connection[tuple[Any, ...]]  # rows as PostgreSQL gives them
OPERATORS_BOOK = "simulator/received.sqlite3"
SEARCH_PATH = "ledger, recharges, credit"


class Book(NamedTuple):
    """A seller's row of money."""

    currency: str
    sums: Sums
    number: int
    sealed: bytes


class Recharge(NamedTuple):
    id: str
    reference: str
    phone: str
    amount: int
    state: str
    hold: int | None
    settle: int | None
    reverse: int | None


class Request(NamedTuple):
    """A credit request."""

    id: str
    amount: int
    state: str
    credit: int | None


class Adjustment(NamedTuple):
    id: str
    amount: int
    number: int


class Seller(NamedTuple):
    """Everything about one seller's money; the journal is in the order of its numbers."""

    books: list[Book]
    journal: list[Line]
    recharges: list[Recharge]
    requests: list[Request]
    adjustments: list[Adjustment]


_BOOKS: LiteralString = """
SELECT seller_id, currency, available, held, funded, sold, adjusted, seq, head_hash FROM book
 WHERE seller_id = ANY (%s)"""
_JOURNAL: LiteralString = """
SELECT seller_id, seq, kind::text, amount, available, held, funded, sold, adjusted, source_type::text,
       source_id::text, actor_type::text, actor_id, created_at_us, hash
  FROM journal WHERE seller_id = ANY (%s) ORDER BY seller_id, seq"""
_RECHARGES: LiteralString = """
SELECT seller_id, id::text, reference, '+' || phone_number, amount, state::text, hold_seq, settle_seq,
       reverse_seq
  FROM recharge WHERE seller_id = ANY (%s)"""
_REQUESTS: LiteralString = """
SELECT seller_id, id::text, amount, state::text, credit_seq FROM credit_request WHERE seller_id = ANY (%s)"""
_ADJUSTMENTS: LiteralString = """
SELECT seller_id, id::text, amount, seq FROM adjustment WHERE seller_id = ANY (%s)"""


def every_seller(connection: Connection) -> list[int]:
    """All that have a book or a movement."""
    connection.execute(f"SET search_path TO {SEARCH_PATH}".encode())
    rows = connection.execute("SELECT seller_id FROM book UNION SELECT seller_id FROM journal ORDER BY 1")
    return [row[0] for row in rows]


def read(connection: Connection, sellers: Iterable[int]) -> dict[int, Seller]:
    """All of these sellers, as of one moment. The connection must be in autocommit mode."""
    wanted = list(sellers)
    found = {seller: Seller([], [], [], [], []) for seller in wanted}
    connection.execute(f"SET search_path TO {SEARCH_PATH}".encode())
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for number, *row in connection.execute(_BOOKS, [wanted]):
            currency, *sums, last, sealed = row
            found[number].books.append(Book(currency, Sums(*sums), last, bytes(sealed)))
        for number, *row in connection.execute(_JOURNAL, [wanted]):
            at, kind, amount, *rest = row
            found[number].journal.append(Line(at, kind, amount, Sums(*rest[:5]), *rest[5:]))
        for number, *row in connection.execute(_RECHARGES, [wanted]):
            found[number].recharges.append(Recharge(*row))
        for number, *row in connection.execute(_REQUESTS, [wanted]):
            found[number].requests.append(Request(*row))
        for number, *row in connection.execute(_ADJUSTMENTS, [wanted]):
            found[number].adjustments.append(Adjustment(*row))
    return found


def deliveries(home: Path) -> dict[str, int]:
    """How often the simulated operator delivered each recharge, by its id without dashes: its own book, where
    a reference is that and two digits."""
    with closing(sqlite3.connect(home / OPERATORS_BOOK)) as book:
        rows = book.execute("SELECT substr(reference, 1, 32), sum(deliveries) FROM received GROUP BY 1")
        return dict(rows.fetchall())


def by_reference(seller: Seller) -> dict[str, list[Recharge]]:
    found: dict[str, list[Recharge]] = defaultdict(list)
    for recharge in seller.recharges:
        found[recharge.reference].append(recharge)
    return found
