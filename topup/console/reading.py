"""Reading for the console's pages: the named statements, on Django's own connection."""

from pathlib import Path

from topup import sqlfiles
from topup.ledger import on_django
from topup.trips import Row

SQL = sqlfiles.load(Path(__file__).with_name("queries.sql"))


def rows(name: str, *values: object) -> list[Row]:
    """The rows of one named statement."""
    (found,) = on_django.trip([(SQL[name], values)])
    return found
