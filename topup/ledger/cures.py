"""What to do about an error of the database, told by its SQLSTATE. Pure.

Owns the limits on trying again, for both shells.
"""

from enum import Enum, auto

import psycopg
from psycopg import errors

MAX_ATTEMPTS = 8
"""Attempts at one batch. A retry needs a conflict in between, and each conflict is another's progress."""

_UNAVAILABLE_CLASSES = ("08", "53", "57", "25", "XX", "58")


class Cure(Enum):
    LOOK_UP = auto()
    """A reference was used before (or a connection broke around COMMIT): look up, decide again."""
    AGAIN = auto()
    """Another transaction was first: decide again on what it left."""
    WAIT_LESS = auto()
    """A book stayed locked: let the other sellers of the batch go on without it."""
    RECONNECT = auto()
    """The database is away, full or read-only: a new connection may find it again."""
    ALONE = auto()
    """Something in the batch can't be written: let each wish stand alone."""


def cure(error: BaseException) -> Cure:
    """The cure for an error; anything that isn't known is ALONE."""
    if isinstance(error, errors.UniqueViolation):
        return Cure.LOOK_UP
    if isinstance(error, errors.SerializationFailure | errors.DeadlockDetected):
        return Cure.AGAIN
    if isinstance(error, errors.LockNotAvailable):
        return Cure.WAIT_LESS
    state = getattr(error, "sqlstate", None)
    if state is None:  # no answer of the server: the connection broke, or time ran out
        lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | OSError | TimeoutError)
        return Cure.RECONNECT if lost else Cure.ALONE
    return Cure.RECONNECT if state.startswith(_UNAVAILABLE_CLASSES) else Cure.ALONE
