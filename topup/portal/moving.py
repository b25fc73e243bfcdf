"""Moving money from a page of the portal, and writing through our own functions, on Django's connection.

Owns the way from a view to the door. It must be called outside any transaction: the door begins and ends
its own.
"""

from collections.abc import Sequence
from typing import TypeVar

from django.conf import settings
from django.db import connection

from topup import trips
from topup.ledger import direct
from topup.ledger.families import Family, Posting, Wish
from topup.trips import Connection, Rows, Statement

W = TypeVar("W", bound=Wish)
F = TypeVar("F")


def move(*, wish: W, family: Family[W, F]) -> Posting:
    """What came of one wish. An error that no cure is known for is raised, and nothing was written."""
    own = _own_connection()
    (posting,) = direct.post(own, [wish], family, zone=settings.TIME_ZONE)
    if own.closed:
        connection.close()  # Django opens another, so that the rest of the page can say so
    return posting


def run(statements: Sequence[Statement]) -> Rows:
    """The rows of statements that write, in one round trip and one transaction."""
    return trips.run(_own_connection(), list(statements))


def _own_connection() -> Connection:
    """The connection below Django's, open and outside a transaction."""
    connection.ensure_connection()
    own: Connection | None = connection.connection
    if own is None:
        raise RuntimeError("Django has no connection, though it has just made sure of one")
    return own
