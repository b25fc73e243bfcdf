"""Reading for a page by a named statement, on Django's own connection.

Owns nothing but the way there: statements stand in `.sql` files beside their pages, and each names the
seller. It must never write.
"""

from collections.abc import Sequence

from django.db import connection

from topup import trips
from topup.trips import Row, Rows


def rows(statement: str, parameters: Sequence[object]) -> list[Row]:
    """The rows of one statement."""
    (found,) = trip([(statement, parameters)])
    return found


def trip(statements: Sequence[tuple[str, Sequence[object]]]) -> Rows:
    """The rows of each of these statements, in one round trip."""
    connection.ensure_connection()
    own: trips.Connection | None = connection.connection
    if own is None:
        raise RuntimeError("Django has no connection, though it has just made sure of one")
    return trips.run(own, list(statements))
