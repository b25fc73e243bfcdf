"""Whatever is asked of a book, in whatever order: the core and an independent model agree.

They agree on the outcome, the reason and the sums, and every invariant holds after every step.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.support import samples
from tests.support.machine import BookMachine, accepted, kinds_accepted, reasons_met
from tests.support.model import Line
from topup.ledger import core
from topup.ledger.core import Book, Command, Kind, Verdict


class CoreMachine(BookMachine):
    """The book is a value, and the clock a number that also goes back."""

    outcomes: ClassVar[Counter[str]] = Counter()

    def open_book(self) -> int:
        self._book = samples.a_book()
        self._day = samples.TODAY
        self._now_us = samples.NOON_US
        self._journal: list[Line] = []
        return self._book.seller_id

    @rule(by_us=st.integers(-2_000_000, 2_000_000))
    def turn_the_clock(self, by_us: int) -> None:
        self._now_us += by_us

    def today(self) -> date:
        return self._day

    def begin_next_day(self) -> bool:
        self._day += timedelta(days=1)
        return True

    def post(self, commands: Sequence[Command]) -> list[Verdict]:
        self._book, verdicts = core.decide(self._book, commands, now_us=self._now_us, today=self._day)
        self._journal += [samples.line_of(v.movement) for v in verdicts if v.movement is not None]
        return verdicts

    def read_book(self) -> Book:
        return self._book

    def read_journal(self) -> list[Line]:
        return self._journal

    def configure(self, *, active: bool, daily_limit: int | None, per_recharge_max: int | None) -> None:
        self._book = self._book._replace(
            active=active, daily_limit=daily_limit, per_recharge_max=per_recharge_max
        )

    def expire_keys(self) -> None:
        self._book = self._book._replace(key_epoch=self._book.key_epoch + 1)


def test_the_core_and_the_model_agree_after_every_step() -> None:
    CoreMachine.outcomes.clear()

    run_state_machine_as_test(
        CoreMachine, settings=settings(max_examples=250, stateful_step_count=30, deadline=None)
    )

    assert accepted(CoreMachine.outcomes) >= 1_000, CoreMachine.outcomes
    assert kinds_accepted(CoreMachine.outcomes) == set(Kind)
    assert reasons_met(CoreMachine.outcomes) == {
        "posted", "insufficient_balance", "not_reversible", "balance_too_large", "seller_suspended",
        "stale_key", "per_recharge_max_exceeded", "daily_limit_exceeded",
    }  # fmt: skip
