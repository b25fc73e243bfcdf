"""A machine of random steps that holds a book of the product beside the model, after every step.

Owns the steps and the comparison. A subclass owns how a book is opened, moved and read: once in
memory, once in PostgreSQL. What was accepted and refused is counted, so that a run which refused
everything proves nothing and can be told.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, NamedTuple, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support import samples
from tests.support.model import LARGEST, Line, Model, Refusal, Sums, audit
from topup.ledger.core import Book, Command, Kind, Movement
from topup.ledger.outcomes import Outcome

ALL_OF_IT = "all of it"
ONE_TOO_MUCH = "one too much"
CURRENT, OLD = "current key", "old key"


class Answer(Protocol):
    """What the product says about one command: a verdict of the core or a posting of the door."""

    @property
    def outcome(self) -> Outcome: ...
    @property
    def movement(self) -> Movement | None: ...
    @property
    def available(self) -> int: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def remaining(self) -> int | None: ...


class Ask(NamedTuple):
    """A movement asked for; an amount in words is worked out from what the book then holds."""

    kind: Kind
    amount: int | str
    key: str | None


ANY_KIND = st.sampled_from(list(Kind))
SPENDING = st.sampled_from([Kind.RECHARGE, Kind.HOLD])
SETTLING = st.sampled_from([Kind.CAPTURE, Kind.RELEASE, Kind.REVERSAL])
_USUAL = st.integers(1, 2_000)
_EXACT = st.sampled_from([ALL_OF_IT, ONE_TOO_MUCH])
_HUGE = st.sampled_from([LARGEST, LARGEST // 2])
AMOUNTS: st.SearchStrategy[int | str] = st.one_of(*[_USUAL] * 8, *[_EXACT] * 3, _HUGE)
KEYS = st.sampled_from([None, None, CURRENT, OLD])
LIMITS = st.none() | st.integers(0, 3_000)


class Expected(NamedTuple):
    """What the model says of a command: the balance it met, a refusal, else the sums and the number after."""

    met: int
    refusal: Refusal | None
    sums: Sums
    number: int


class BookMachine(RuleBasedStateMachine):
    """One book and its model."""

    outcomes: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(seller=self.open_book())
        self.lines: list[Line] = []

    # What a subclass gives.

    def open_book(self) -> int:
        raise NotImplementedError

    def today(self) -> date:
        raise NotImplementedError

    def begin_next_day(self) -> bool:
        """Whether there is another day to go to."""
        raise NotImplementedError

    def post(self, commands: Sequence[Command]) -> Sequence[Answer]:
        raise NotImplementedError

    def read_book(self) -> Book:
        raise NotImplementedError

    def read_journal(self) -> list[Line]:
        raise NotImplementedError

    def configure(self, *, active: bool, daily_limit: int | None, per_recharge_max: int | None) -> None:
        raise NotImplementedError

    def expire_keys(self) -> None:
        raise NotImplementedError

    # The steps.

    @initialize(amount=st.integers(1, 10_000))
    def begin_with_credit(self, amount: int) -> None:
        self.move([Ask(Kind.CREDIT, amount, None)])

    @rule(asks=st.lists(st.builds(Ask, SPENDING, _USUAL, st.just(CURRENT)), min_size=1, max_size=6))
    def sell(self, asks: list[Ask]) -> None:
        self.move(asks)

    @rule(asks=st.lists(st.builds(Ask, SETTLING, _USUAL, st.none()), min_size=1, max_size=6))
    def settle(self, asks: list[Ask]) -> None:
        self.move(asks)

    @rule(asks=st.lists(st.builds(Ask, ANY_KIND, AMOUNTS, KEYS), min_size=1, max_size=6))
    def move(self, asks: list[Ask]) -> None:
        """A batch: the model takes it one by one, the product as a whole; they must agree."""
        expected, commands = [], []
        for ask in asks:
            command = self._command(ask)
            met = self.model.sums.available
            refusal = self.model.ask(
                str(ask.kind), command.amount, day=self.today(), key_epoch=command.key_epoch
            )
            expected.append(Expected(met, refusal, self.model.sums, self.model.movements))
            commands.append(command)
        answers = self.post(commands)
        assert len(answers) == len(commands)
        for command, answer, wanted in zip(commands, answers, expected, strict=True):
            self._compare(command, answer, wanted)

    @rule(active=st.sampled_from([True, True, False]), daily=LIMITS, most=LIMITS)
    def change_standing(self, *, active: bool, daily: int | None, most: int | None) -> None:
        self.model.active, self.model.daily_limit, self.model.per_recharge_max = active, daily, most
        self.configure(active=active, daily_limit=daily, per_recharge_max=most)

    @rule(limit=st.integers(1, 500))
    def sell_one_past_a_days_limit(self, limit: int) -> None:
        """Chance alone meets this limit too rarely in a run of a bounded length."""
        self.change_standing(active=True, daily=limit, most=None)
        self.move([Ask(Kind.CREDIT, limit + 1, None), Ask(Kind.RECHARGE, limit + 1, CURRENT)])

    @precondition(lambda self: self.model.epoch < 3)
    @rule()
    def change_keys(self) -> None:
        self.model.epoch += 1
        self.expire_keys()

    @rule()
    def wait_for_tomorrow(self) -> None:
        self.begin_next_day()

    # What holds after every step.

    @invariant()
    def book_and_model_agree(self) -> None:
        book = self.read_book()
        assert Sums(*book.vector) == self.model.sums
        assert book.seq == self.model.movements == len(self.lines)
        assert book.head_hash == (self.lines[-1].sealed if self.lines else bytes(32))

    @invariant()
    def the_books_balance(self) -> None:
        available, held, funded, sold, adjusted = self.read_book().vector
        assert available + held + sold == funded + adjusted
        assert min(available, held, funded, sold) >= 0

    @invariant()
    def every_number_fits_where_it_is_stored(self) -> None:
        book = self.read_book()
        assert max(map(abs, (*book.vector, book.seq, book.spent_today))) <= LARGEST

    def teardown(self) -> None:
        journal = self.read_journal()
        assert journal == self.lines
        assert audit(self.model.seller, journal) == self.model.sums

    def _command(self, ask: Ask) -> Command:
        epoch = {None: None, CURRENT: self.model.epoch, OLD: self.model.epoch - 1}[ask.key]
        return Command(
            self.model.seller, ask.kind, self._amount(ask), "adjustment", str(uuid.uuid4()), "user", 3, epoch
        )

    def _amount(self, ask: Ask) -> int:
        if isinstance(ask.amount, int):
            return ask.amount
        most = self.model.giving(str(ask.kind)) or 0
        return max(1, min(LARGEST, most + (ask.amount == ONE_TOO_MUCH)))

    def _compare(self, command: Command, answer: Answer, wanted: Expected) -> None:
        type(self).outcomes[f"{command.kind}: {answer.outcome}"] += 1
        assert answer.available == wanted.met
        if wanted.refusal is not None:
            assert (answer.outcome, answer.limit, answer.remaining) == wanted.refusal
            assert answer.movement is None
            return
        assert answer.outcome is Outcome.POSTED
        assert answer.movement is not None
        line = samples.line_of(answer.movement)
        assert (line.kind, line.amount) == (command.kind, command.amount)
        assert (line.sums, line.number) == (wanted.sums, wanted.number)
        self.lines.append(line)


def accepted(outcomes: Counter[str]) -> int:
    return sum(count for name, count in outcomes.items() if name.endswith(": posted"))


def kinds_accepted(outcomes: Counter[str]) -> set[str]:
    return {name.split(":")[0] for name in outcomes if name.endswith(": posted")}


def reasons_met(outcomes: Counter[str]) -> set[str]:
    return {name.split(": ")[1] for name in outcomes}
