"""What the simulated operator remembers: its own book, a SQLite file, never our PostgreSQL.

Owns the counts of what it received under each reference, which is how a test sees whether anything was
sent twice. Several processes may have it open, and it outlives the death of any of them; only the
machine's own crash may cost its last rows. It is bounded: the oldest references go first.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from topup.gateways.contract import Result
from topup.gateways.simulator.behaviours import RECHARGE_LENGTH

FOLDER = "simulator"
FILE = "received.sqlite3"
MAX_REMEMBERED = 1_000_000
"""References: a day of load, some 200 MB."""
TRIM_EVERY = 1_000
"""New references between two looks at the bound."""
BUSY_TIMEOUT_S = 5
"""How long a write waits for another process's, each of which takes microseconds."""
MAX_SHOWN = 100
"""References of one recharge that are told; it is submitted a few times at most."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
  id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, phone_number TEXT NOT NULL, amount TEXT NOT NULL,
  first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, submits INTEGER NOT NULL, queries INTEGER NOT NULL,
  reverses INTEGER NOT NULL, deliveries INTEGER NOT NULL, outcome TEXT NOT NULL, reversed INTEGER NOT NULL)
"""
_COLUMNS = (
    "id, reference, phone_number, amount, first_us, last_us, "
    "submits, queries, reverses, deliveries, outcome, reversed"
)
_SUBMITTED = f"""
INSERT INTO received VALUES (NULL, ?, ?, ?, ?, ?, 1, 0, 0, ?, ?, 0)
ON CONFLICT (reference) DO UPDATE SET submits = submits + 1, last_us = excluded.last_us,
  deliveries = deliveries + excluded.deliveries
RETURNING {_COLUMNS}"""  # noqa: S608  # nothing but our own names
_QUERIED = f"""
UPDATE received SET queries = queries + 1, last_us = ? WHERE reference = ?
RETURNING {_COLUMNS}"""  # noqa: S608  # as above
_REVERSED = f"""
UPDATE received SET reverses = reverses + 1, last_us = ?, reversed = (outcome = 'delivered')
 WHERE reference = ?
RETURNING {_COLUMNS}"""  # noqa: S608  # as above
_OF_RECHARGE = f"""
SELECT {_COLUMNS} FROM received WHERE reference BETWEEN ? AND ?
 ORDER BY id LIMIT {MAX_SHOWN}"""  # noqa: S608  # as above
_AFTER_EVERY_REFERENCE = "~"


class Received(NamedTuple):
    """One reference. `submits` counts how often it was sent to us, `deliveries` how often we delivered."""

    id: int
    reference: str
    phone_number: str
    amount: str
    first_us: int
    last_us: int
    submits: int
    queries: int
    reverses: int
    deliveries: int
    outcome: str
    reversed: int

    @property
    def operator_reference(self) -> str:
        return f"S{self.id}"


class Book:
    """Open it in the thread that uses it. Each call is one short transaction."""

    def __init__(self, home: Path) -> None:
        folder = home.joinpath(FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(folder.joinpath(FILE), timeout=BUSY_TIMEOUT_S, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute(_SCHEMA)

    def submitted(
        self, *, reference: str, phone_number: str, amount: str, outcome: Result, now_us: int
    ) -> Received:
        """Write a submit down, and what became of it if it is the first of its reference."""
        delivered = int(outcome is Result.DELIVERED)
        given = (reference, phone_number, amount, now_us, now_us, delivered, outcome.value)
        row = Received(*self._file.execute(_SUBMITTED, given).fetchone())
        if row.submits == 1 and row.id % TRIM_EVERY == 0:
            self._file.execute("DELETE FROM received WHERE id <= ?", (row.id - MAX_REMEMBERED,))
        return row

    def queried(self, *, reference: str, now_us: int) -> Received | None:
        """Count a query; None for a reference that is not known."""
        return self._asked(_QUERIED, reference, now_us)

    def take_back(self, *, reference: str, now_us: int) -> Received | None:
        """Count a reversal, and reverse what was delivered; None for a reference that is not known."""
        return self._asked(_REVERSED, reference, now_us)

    def _asked(self, statement: str, reference: str, now_us: int) -> Received | None:
        row = self._file.execute(statement, (now_us, reference)).fetchone()
        return None if row is None else Received(*row)

    def received(self, reference: str) -> Sequence[Received]:
        """A reference, or all that begin with it: each attempt of a recharge has one."""
        rows = self._file.execute(_OF_RECHARGE, (reference, reference + _AFTER_EVERY_REFERENCE))
        return [Received(*row) for row in rows]

    def tries(self, reference: str) -> int:
        """How often the recharge of this reference was submitted under others."""
        of_recharge = self.received(reference[:RECHARGE_LENGTH])
        return sum(row.submits for row in of_recharge if row.reference != reference)

    def close(self) -> None:
        self._file.close()
