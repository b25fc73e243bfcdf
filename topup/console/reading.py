"""Reading for the console's pages: the named statements, on Django's own connection."""

from pathlib import Path

from topup import sqlfiles, trips
from topup.console import moving
from topup.trips import Row

SQL = sqlfiles.load(Path(__file__).with_name("queries.sql"))


def rows(name: str, *values: object) -> list[Row]:
    """The rows of one named statement."""
    own = moving.own_connection()
    try:
        (found,) = trips.run(own, [(SQL[name], values)])
    finally:
        moving.drop_if_lost(own)
    return found
