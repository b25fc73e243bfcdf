"""Writing from a page without moving money: one transaction of statements, on Django's own connection.

Owns what an error of the database means for the person at the page. Money goes through the door instead.
"""

import psycopg

from topup import trips
from topup.ledger import on_django
from topup.ledger.cures import Cure, cure
from topup.trips import Connection, Step

_PASSING = frozenset({Cure.AGAIN, Cure.WAIT_LESS, Cure.RECONNECT})


class Meanwhile(Exception):
    """Somebody else was faster, or it was done before: read again what is there. Nothing was written."""


class NotNow(Exception):
    """The database is away or too busy. Nothing was written that a second try would not find."""


def run(step: Step) -> None:
    """Run one transaction. Raises Meanwhile, NotNow."""
    try:
        own = on_django.own_connection()
    except Exception as error:
        raise NotNow from error
    try:
        trips.run(own, step)
    except (psycopg.errors.UniqueViolation, psycopg.errors.SerializationFailure) as error:
        _roll_back(own)
        raise Meanwhile from error
    except psycopg.Error as error:
        _roll_back(own)
        if own.closed or cure(error) in _PASSING:
            raise NotNow from error
        raise
    finally:
        on_django.drop_if_lost(own)


def _roll_back(own: Connection) -> None:
    if not own.closed:
        own.execute("ROLLBACK", prepare=False)
