"""Moving money from a page: one wish through the door, on Django's own connection.

Owns the way from a view to the door. It must be called outside any transaction: the door begins
and ends its own.
"""

from typing import TypeVar

from django.conf import settings
from django.db import connection

from topup.ledger import direct
from topup.ledger.families import Family, Posting, Wish
from topup.trips import Connection

W = TypeVar("W", bound=Wish)
F = TypeVar("F")


def move(*, wish: W, family: Family[W, F]) -> Posting:
    """What came of one wish. An error that no cure is known for is raised, and nothing was written."""
    own = own_connection()
    (posting,) = direct.post(own, [wish], family, zone=settings.TIME_ZONE)
    drop_if_lost(own)
    return posting


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
