"""Reading for a page by a named statement, on Django's own connection.

Owns nothing but the way there: statements stand in `.sql` files beside their pages, and each names the
seller. It must never write.
"""

from collections.abc import Sequence

from topup.ledger import on_django
from topup.trips import Row, Rows, Statement


def rows(statement: str, parameters: Sequence[object]) -> list[Row]:
    """The rows of one statement."""
    (found,) = trip([(statement, parameters)])
    return found


def trip(statements: Sequence[Statement]) -> Rows:
    """The rows of each of these statements, in one round trip."""
    return on_django.trip(statements)
