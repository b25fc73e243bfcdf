"""A connection that sends one statement at a time, and each only when it is told to.

Owns how the product's own shells are cut into statements: they run unchanged on such a connection, which
sends what they put into one pipeline one by one. `BEGIN` goes with the statement after it, because it
takes neither a lock nor a snapshot. It must never change a statement or leave one out.
"""

import contextlib
import inspect
import threading
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Any, cast

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

from topup.ledger.door import BEGIN
from topup.trips import Connection, Row

PATIENCE_S = 60
"""Longer than any statement takes on a busy machine, and than a thread waits for its turn."""
SHOWN = 40
"""Characters of a statement in a story."""
SESSION = {"statement_timeout": "60s", "lock_timeout": "0", "synchronous_commit": "off"}
"""A statement that waits is the explorer's to see, so the server does not give it up; and nothing here is
about what survives a loss of power."""


class Place(Enum):
    """Where an actor is."""

    READY = auto()
    """It has a statement to send, and waits for its turn."""
    SENT = auto()
    """Its statement is with the server."""
    ENDED = auto()


class Gate:
    """Where an actor waits before each of its statements. The explorer opens it."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._open = False
        self.place = Place.SENT
        self.statement = ""
        self.errors: list[str] = []
        """The SQLSTATE of each error that the actor met."""

    def arrive(self, statement: str) -> None:
        with self._changed:
            self.statement, self.place = statement, Place.READY
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._open, PATIENCE_S), "the explorer is gone"
            self._open = False

    def open(self) -> None:
        """Let the statement go. The caller holds the condition."""
        self.place, self._open = Place.SENT, True
        self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self.place = Place.ENDED
            self._changed.notify_all()


class Stepwise(psycopg.Connection[Row]):
    """A connection with a gate. Without one it is a connection like any other."""

    gate: Gate | None = None
    _begins_none: bool = False

    @contextlib.contextmanager
    def pipeline(self) -> Iterator[Any]:  # what psycopg yields, which nobody here uses
        """Send one by one. A pipeline that begins no transaction is one all the same, as for the server,
        which commits it with its last statement."""
        if self.gate is None:
            with super().pipeline() as pipeline:
                yield pipeline
            return
        self._begins_none = self.pgconn.transaction_status == TransactionStatus.IDLE
        try:
            yield None
        except BaseException:
            self._end("ROLLBACK")
            raise
        self._end("COMMIT")

    def wait(self, gen: PQGen[RV], *settings: Any, **named: Any) -> RV:  # psycopg's own, handed on
        if self.gate is None:
            return super().wait(gen, *settings, **named)
        statement = _shown(gen)
        if statement != BEGIN[0]:
            self.gate.arrive(statement)
        try:
            self._begin(statement)
            return super().wait(gen, *settings, **named)
        except psycopg.Error as error:
            self.gate.errors.append(error.sqlstate or "")
            raise

    def _begin(self, statement: str) -> None:
        if self._begins_none and statement == BEGIN[0]:
            self._begins_none = False
        elif self._begins_none and self.pgconn.transaction_status == TransactionStatus.IDLE:
            self.pgconn.exec_(b"BEGIN")

    def _end(self, word: str) -> None:
        if self._begins_none and self.pgconn.transaction_status != TransactionStatus.IDLE:
            self.pgconn.exec_(word.encode())
        self._begins_none = False


def connected(dsn: str) -> Stepwise:
    made = Stepwise.connect(dsn, autocommit=True)
    for name, value in SESSION.items():
        made.execute("SELECT set_config(%s, %s, false)", [name, value])
    return made


class Actor:
    """One who does something over a connection of its own, in a thread of its own."""

    def __init__(
        self, connection: Stepwise, act: Callable[[Connection], object], changed: threading.Condition
    ) -> None:
        self.pid = connection.info.backend_pid
        self.gate = Gate(changed)
        self.answer: object = None
        self.failure: BaseException | None = None
        self._connection = connection
        self._act = act
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._connection.gate = self.gate
        try:
            self.answer = self._act(self._connection)
        except BaseException as error:  # noqa: BLE001  # the explorer raises it, in the test's thread
            self.failure = error
        finally:
            self._connection.gate = None
            self.gate.end()

    def join(self) -> object:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "an actor never ended"
        if self.failure is not None:
            raise self.failure
        return self.answer


def _shown(gen: object) -> str:
    """The beginning of the statement that a cursor is about to send."""
    query = inspect.getgeneratorlocals(cast("Any", gen)).get("query", "")
    return " ".join(str(query).split())[:SHOWN]
