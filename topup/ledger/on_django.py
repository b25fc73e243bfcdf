"""The door for pages: one wish through it, and what they read and write beside it, on Django's connection.

Owns the way there, for the console and the portal alike. It must be called outside any transaction: the door
begins and ends its own.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from topup import trips
from topup.ledger import direct
from topup.ledger.families import F, Family, Posting, W
from topup.trips import Connection, Rows, Statement


def move(*, wish: W, family: Family[W, F]) -> Posting:
    """What came of one wish. An error that no cure is known for is raised, and nothing was written."""
    own = own_connection()
    (posting,) = direct.post(own, [wish], family, zone=settings.TIME_ZONE)
    drop_if_lost(own)
    return posting


def trip(statements: Sequence[Statement]) -> Rows:
    """The rows of statements that move no money, in one round trip and one transaction."""
    own = own_connection()
    try:
        return trips.run(own, list(statements))
    finally:
        drop_if_lost(own)


def own_connection() -> Connection:
    """The connection below Django's, open and outside a transaction."""
    connection.ensure_connection()
    own: Connection | None = connection.connection
    if own is None:
        raise RuntimeError("Django has no connection, though it has just made sure of one")
    return own


def drop_if_lost(own: Connection) -> None:
    """Let Django open another where this one broke, so that the rest of the page can say so."""
    if own.closed:
        connection.close()
