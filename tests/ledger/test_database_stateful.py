"""Whatever is asked of a book, in whatever order: PostgreSQL holds what an independent model expects.

The same machine as over the pure core, once through each shell of the door.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support import posting
from tests.support.installation import Installation
from tests.support.machine import BookMachine, accepted, kinds_accepted, reasons_met
from tests.support.model import Line
from topup import clock, database
from topup.config import Config
from topup.ledger import direct
from topup.ledger.core import Book, Command, Kind
from topup.ledger.families import Posting
from topup.ledger.poster import Poster
from topup.trips import Connection

# The dates in these two zones always differ: they are 25 hours apart.
WEST, EAST = "Pacific/Pago_Pago", "Pacific/Kiritimati"


class DatabaseMachine(BookMachine):
    """The book is a row, moved through the synchronous shell; tomorrow is where the sun rises first."""

    outcomes: ClassVar[Counter[str]] = Counter()
    connection: ClassVar[Connection]
    config: ClassVar[Config]

    def open_book(self) -> int:
        self.zone = WEST
        return posting.open_book(self.connection)

    def today(self) -> date:
        return clock.day_in(self.zone, clock.now_us())

    def begin_next_day(self) -> bool:
        was, self.zone = self.zone, EAST
        return was == WEST

    def post(self, commands: Sequence[Command]) -> list[Posting]:
        return direct.post(self.connection, commands, posting.Moves(), zone=self.zone)

    def read_book(self) -> Book:
        return posting.book_of(self.connection, self.model.seller)

    def read_journal(self) -> list[Line]:
        return posting.journal_of(self.connection, self.model.seller)

    def configure(self, *, active: bool, daily_limit: int | None, per_recharge_max: int | None) -> None:
        values = [self.model.seller, active, daily_limit, per_recharge_max]
        self.connection.execute("SELECT ledger.configure_v1(%s, %s, %s, %s, NULL)", values)

    def expire_keys(self) -> None:
        self.connection.execute("SELECT ledger.expire_keys_v1(%s)", [self.model.seller])


class PosterMachine(DatabaseMachine):
    """The same row, moved through the batches of a poster."""

    outcomes: ClassVar[Counter[str]] = Counter()

    def post(self, commands: Sequence[Command]) -> list[Posting]:
        return asyncio.run(self._post(commands))

    async def _post(self, commands: Sequence[Command]) -> list[Posting]:
        poster = Poster(lambda: database.connect_async(self.config), posting.Moves(), lanes=2, zone=self.zone)
        await poster.start()
        try:
            return await asyncio.gather(*map(poster.submit, commands))
        finally:
            await poster.stop()


@pytest.mark.parametrize("machine", [DatabaseMachine, PosterMachine])
def test_the_database_and_the_model_agree_after_every_step(
    machine: type[DatabaseMachine], installation: Installation, app: Connection
) -> None:
    machine.outcomes.clear()
    machine.connection, machine.config = app, installation.config

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=80, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

    assert accepted(machine.outcomes) >= 400, machine.outcomes
    assert kinds_accepted(machine.outcomes) == set(Kind)
    assert reasons_met(machine.outcomes) >= {
        "posted", "insufficient_balance", "not_reversible", "seller_suspended", "stale_key",
        "per_recharge_max_exceeded", "daily_limit_exceeded",
    }  # fmt: skip
