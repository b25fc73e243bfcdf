"""Changes to books and journals made past every guard, by a superuser, and undone at the end.

Others verify every book, so a test that tampers leaves nothing behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql

from topup.trips import Connection


@contextmanager
def tampering(superuser: Connection, seller: int, change: str) -> Iterator[None]:
    """A change made past every guard, undone at the end."""
    superuser.execute("SET session_replication_role = replica")  # no trigger fires for a replica
    where = sql.SQL("seller_id = {}").format(seller)
    for table in ("journal", "book"):
        kept = sql.SQL("CREATE TEMP TABLE kept_{0} AS SELECT * FROM ledger.{0} WHERE {1}")
        superuser.execute(kept.format(sql.SQL(table), where))
    try:
        superuser.execute(sql.SQL(change).format(seller=seller))
        yield
    finally:
        for table in ("journal", "book"):
            back = sql.SQL(
                "DELETE FROM ledger.{0} WHERE {1};"
                "INSERT INTO ledger.{0} SELECT * FROM kept_{0}; DROP TABLE kept_{0}"
            )
            superuser.execute(back.format(sql.SQL(table), where))
