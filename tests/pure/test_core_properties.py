"""What holds of the rules of money for any book and any commands, told without saying how they decide."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support import samples
from tests.support.model import Model, Sums, audit
from topup.ledger import core
from topup.ledger.core import Book, Command, Kind, Verdict
from topup.money import MAX_MINOR

SMALL = st.integers(1, 1_000)
AMOUNTS = SMALL | st.integers(MAX_MINOR - 1_000, MAX_MINOR)
LIMITS = st.none() | st.integers(0, 1_500)
COMMANDS = st.lists(
    st.builds(
        samples.a_command,
        st.sampled_from(list(Kind)),
        st.one_of(SMALL, SMALL, SMALL, AMOUNTS),
        key_epoch=st.none() | st.integers(0, 1),
    ),
    max_size=12,
)
STANDINGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {  # fields of Book
        "active": st.sampled_from([True, True, False]),
        "daily_limit": LIMITS,
        "per_recharge_max": LIMITS,
    }
)


def beginning(standing: dict[str, Any]) -> Book:  # fields of Book
    return samples.a_book(**standing)


def decide(book: Book, commands: list[Command], day: date = samples.TODAY) -> tuple[Book, list[Verdict]]:
    return core.decide(book, commands, now_us=samples.NOON_US, today=day)


@given(STANDINGS, SMALL, COMMANDS)
def test_a_batch_is_its_commands_one_by_one(
    standing: dict[str, Any], funds: int, commands: list[Command]
) -> None:
    commands = [samples.a_command(Kind.CREDIT, funds), *commands]
    alone, one_by_one = beginning(standing), list[Verdict]()
    for command in commands:
        alone, [verdict] = decide(alone, [command])
        one_by_one.append(verdict)

    assert decide(beginning(standing), commands) == (alone, one_by_one)


@given(STANDINGS, SMALL, COMMANDS)
def test_a_second_opinion_agrees_on_every_command_and_what_it_met(
    standing: dict[str, Any], funds: int, commands: list[Command]
) -> None:
    book, model = beginning(standing), Model(7, **standing)
    for command in [samples.a_command(Kind.CREDIT, funds), *commands]:
        met = model.sums.available
        refusal = model.ask(command.kind, command.amount, day=samples.TODAY, key_epoch=command.key_epoch)

        book, [verdict] = decide(book, [command])

        told = (verdict.outcome, verdict.available, verdict.limit, verdict.remaining)
        assert told == ("posted", met, None, None) if refusal is None else (refusal[0], met, *refusal[1:])
        assert Sums(*book.vector) == model.sums


@given(SMALL, COMMANDS, st.lists(st.integers(-3, 3), max_size=12))
def test_the_journal_of_any_commands_proves_the_book(
    funds: int, commands: list[Command], days: list[int]
) -> None:
    """Also where the clock goes back by days in between."""
    book, lines = samples.a_book(), []
    turns = [0, *days, *[0] * len(commands)]
    for command, by in zip([samples.a_command(Kind.CREDIT, funds), *commands], turns, strict=False):
        now_us = samples.NOON_US + by * 86_400_000_000
        day = samples.TODAY + timedelta(days=by)
        book, [verdict] = core.decide(book, [command], now_us=now_us, today=day)
        lines += [samples.line_of(verdict.movement)] if verdict.movement else []

    assert audit(7, lines) == Sums(*book.vector)
    assert (book.seq, book.head_hash) == (len(lines), lines[-1].sealed)
