"""What the core promises beyond sums: order, time, explanations, and a book left alone by refusals."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support import samples
from topup.ledger import chain, core
from topup.ledger.core import Book, Command, Kind, Verdict
from topup.ledger.outcomes import Outcome


def _decide(book: Book, *commands: Command, now_us: int = samples.NOON_US) -> tuple[Book, list[Verdict]]:
    return core.decide(book, commands, now_us=now_us, today=samples.TODAY)


def test_each_command_meets_what_those_before_it_left() -> None:
    sales = [samples.a_command(amount=amount) for amount in (600, 600, 400, 1)]

    _, verdicts = _decide(samples.a_funded_book(1000), *sales)

    assert [verdict.outcome for verdict in verdicts] == [
        Outcome.POSTED, Outcome.INSUFFICIENT_BALANCE, Outcome.POSTED, Outcome.INSUFFICIENT_BALANCE,
    ]  # fmt: skip
    assert [verdict.available for verdict in verdicts] == [1000, 400, 400, 0]


def test_a_refusal_leaves_the_book_as_it_was() -> None:
    book = samples.a_funded_book(1000)

    after, [verdict] = _decide(book, samples.a_command(amount=1001))

    assert after == book
    assert verdict.movement is None


SPENT = {"spent_on": samples.TODAY, "spent_today": 480}
REFUSALS: dict[Outcome, tuple[Command, dict[str, Any]]] = {  # fields of Book
    Outcome.STALE_KEY: (samples.a_command(amount=1, key_epoch=3), {"key_epoch": 4}),
    Outcome.SELLER_SUSPENDED: (samples.a_command(amount=1), {"active": False}),
    Outcome.PER_RECHARGE_MAX_EXCEEDED: (samples.a_command(amount=51), {"per_recharge_max": 50}),
    Outcome.DAILY_LIMIT_EXCEEDED: (samples.a_command(amount=21), {"daily_limit": 500, **SPENT}),
    Outcome.INSUFFICIENT_BALANCE: (samples.a_command(amount=1001), {}),
    Outcome.NOT_REVERSIBLE: (samples.a_command(Kind.REVERSAL, 1), {}),
    Outcome.BALANCE_TOO_LARGE: (samples.a_command(Kind.CREDIT, 2**63 - 1000), {}),
}
"""A command that a book with 1000 and this standing refuses for that reason."""


@pytest.mark.parametrize("outcome", REFUSALS)
def test_a_refusal_says_what_was_available(outcome: Outcome) -> None:
    command, standing = REFUSALS[outcome]

    _, [verdict] = _decide(samples.a_funded_book(1000, **standing), command)

    assert (verdict.outcome, verdict.available) == (outcome, 1000)


@pytest.mark.parametrize("kind", [Kind.CAPTURE, Kind.RELEASE])
def test_what_ends_no_hold_says_what_was_available(kind: Kind) -> None:
    _, [verdict] = _decide(samples.a_funded_book(1000), samples.a_command(kind, 1))

    assert (verdict.outcome, verdict.available) == (Outcome.INSUFFICIENT_BALANCE, 1000)


@pytest.mark.parametrize("outcome", REFUSALS)
def test_what_comes_after_a_refusal_is_still_decided(outcome: Outcome) -> None:
    command, standing = REFUSALS[outcome]
    more = samples.a_command(Kind.CREDIT, 1)

    after, verdicts = _decide(samples.a_funded_book(1000, **standing), command, more)

    assert [verdict.outcome for verdict in verdicts] == [outcome, Outcome.POSTED]
    assert after.available == 1001


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.RECHARGE, Kind.HOLD}])
def test_only_a_sale_asks_how_the_seller_stands(kind: Kind) -> None:
    """Whatever ends a sale, and whatever staff do, is done for a seller that may not sell too."""
    stopped: dict[str, Any] = {"active": False, "key_epoch": 4, "per_recharge_max": 0, "daily_limit": 0}
    book = samples.a_funded_book(1000, held=100, sold=100, **stopped)._replace(funded=1200)

    after, [verdict] = _decide(book, samples.a_command(kind, key_epoch=3))

    assert verdict.outcome is Outcome.POSTED
    assert (after.spent_on, after.spent_today) == (core.NEVER, 0)


def test_a_movement_leaves_the_standing_as_it_was() -> None:
    standing: dict[str, Any] = {
        "active": True, "key_epoch": 4, "daily_limit": 500, "per_recharge_max": 200, "duplicate_window_s": 60,
        "low_balance_threshold": 900, "currency": "USD",
    }  # fmt: skip

    after, _ = _decide(samples.a_funded_book(1000, **standing), samples.a_command())

    assert {name: getattr(after, name) for name in standing} == standing


def test_a_movement_is_of_its_command_and_has_the_sums_after_it() -> None:
    sale = samples.a_command()

    after, [verdict] = _decide(samples.a_funded_book(1000), sale)

    assert verdict.movement is not None
    assert verdict.movement.command is sale
    assert verdict.movement.after == after.vector
    assert verdict.movement.seq == after.seq


@pytest.mark.parametrize(
    ("day", "spent_before", "spent"),
    [(samples.TODAY, 0, 100), (samples.TODAY, 480, 580), (samples.TOMORROW, 480, 100)],
)
def test_what_is_spent_counts_by_day(day: date, spent_before: int, spent: int) -> None:
    book = samples.a_funded_book(1000, spent_on=samples.TODAY, spent_today=spent_before)

    after, _ = core.decide(book, [samples.a_command()], now_us=samples.NOON_US, today=day)

    assert (after.spent_on, after.spent_today) == (day, spent)


def test_what_is_not_said_means_rials_no_key_and_no_money() -> None:
    command = Command(7, Kind.CREDIT, 1, "recharge", samples.SOURCE_ID, "user", 3)

    assert (command.currency, command.key_epoch) == ("IRR", None)
    assert Verdict(Outcome.NO_BOOK) == (Outcome.NO_BOOK, None, 0, None, None)


def test_a_book_that_sold_nothing_has_the_day_that_the_database_gives_it() -> None:
    assert date(1970, 1, 1) == core.NEVER


def test_no_commands_change_nothing() -> None:
    book = samples.a_funded_book(1000)

    assert _decide(book) == (book, [])


def test_numbers_follow_each_other_over_refusals() -> None:
    sales = [samples.a_command(amount=amount) for amount in (1, 5000, 1)]

    after, verdicts = _decide(samples.a_funded_book(1000), *sales)

    assert [verdict.movement.seq for verdict in verdicts if verdict.movement] == [2, 3]
    assert after.seq == 3


def test_each_movement_is_chained_to_the_one_before() -> None:
    after, verdicts = _decide(samples.a_funded_book(1000), samples.a_command(), samples.a_command())

    first, second = (verdict.movement for verdict in verdicts)
    assert first is not None
    assert second is not None
    assert chain.GENESIS != first.hash != second.hash
    assert after.head_hash == second.hash


def test_the_time_of_movements_never_goes_back() -> None:
    book = samples.a_funded_book(1000, moved_at_us=samples.NOON_US)

    after, [verdict] = _decide(book, samples.a_command(), now_us=samples.NOON_US - 5_000_000)

    assert verdict.movement is not None
    assert verdict.movement.created_at_us == after.moved_at_us == samples.NOON_US


def test_a_daily_limit_says_how_much_is_left() -> None:
    book = samples.a_funded_book(1000, daily_limit=500, spent_on=samples.TODAY, spent_today=480)

    _, [verdict] = _decide(book, samples.a_command(amount=21))

    assert (verdict.outcome, verdict.limit, verdict.remaining) == (Outcome.DAILY_LIMIT_EXCEEDED, 500, 20)


@pytest.mark.parametrize(
    ("clock_back", "outcome"),
    [
        # Two machines, or one that was set, disagree about midnight: the day that was begun goes on.
        (timedelta(days=1), Outcome.DAILY_LIMIT_EXCEEDED),
        # A clock that was wrong by more must not keep a seller from selling until its day comes.
        (timedelta(days=2), Outcome.POSTED),
    ],
)
def test_a_clock_that_goes_back_over_midnight_opens_no_second_limit(
    clock_back: timedelta, outcome: Outcome
) -> None:
    spent = {"spent_on": samples.TODAY + clock_back, "spent_today": 480}
    book = samples.a_funded_book(1000, daily_limit=500, **spent)

    _, [verdict] = _decide(book, samples.a_command(amount=21))

    assert verdict.outcome is outcome


def test_what_is_sold_after_the_clock_went_back_counts_on_the_day_that_was_begun() -> None:
    tomorrow = samples.TODAY + timedelta(days=1)
    book = samples.a_funded_book(1000, daily_limit=500, spent_on=tomorrow, spent_today=400)

    after, _ = _decide(book, samples.a_command(amount=100))

    assert (after.spent_on, after.spent_today) == (tomorrow, 500)


def test_a_daily_limit_below_what_was_sold_leaves_zero_not_less() -> None:
    book = samples.a_funded_book(1000, daily_limit=100, spent_on=samples.TODAY, spent_today=480)

    _, [verdict] = _decide(book, samples.a_command(amount=1))

    assert verdict.remaining == 0


def test_a_day_may_sell_and_reverse_more_than_a_number_can_hold() -> None:
    everything = samples.a_command(amount=2**63 - 1)
    back = everything._replace(kind=Kind.REVERSAL)

    after, verdicts = _decide(samples.a_funded_book(2**63 - 1), everything, back, everything)

    assert {verdict.outcome for verdict in verdicts} == {Outcome.POSTED}
    assert after.spent_today == 2**63 - 1


def test_a_limit_per_recharge_names_itself() -> None:
    _, [verdict] = _decide(samples.a_funded_book(1000, per_recharge_max=50), samples.a_command(amount=51))

    assert (verdict.outcome, verdict.limit) == (Outcome.PER_RECHARGE_MAX_EXCEEDED, 50)
    assert verdict.remaining == 50


@pytest.mark.parametrize("epoch", [None, 4])
def test_a_caller_without_a_key_or_with_the_current_one_may_sell(epoch: int | None) -> None:
    _, [verdict] = _decide(samples.a_funded_book(1000, key_epoch=4), samples.a_command(key_epoch=epoch))

    assert verdict.outcome is Outcome.POSTED


@pytest.mark.parametrize("amount", [0, -1, 2**63])
def test_an_amount_that_is_no_amount_is_a_mistake_of_the_caller(amount: int) -> None:
    with pytest.raises(AssertionError):
        _decide(samples.a_funded_book(1000), samples.a_command(amount=amount))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_keeps_the_accounting_equation(kind: Kind) -> None:
    available, held, funded, sold, adjusted = core.EFFECTS[kind]

    assert available + held + sold == funded + adjusted


def test_kinds_move_money_between_the_accounts_of_the_design() -> None:
    moves = {str(kind): f"{giver} → {taker}" for kind, (giver, taker) in core.MOVES.items()}

    assert moves == {
        "credit": "funded → available",
        "recharge": "available → sold",
        "hold": "available → held",
        "capture": "held → sold",
        "release": "held → available",
        "reversal": "sold → available",
        "adjustment": "adjusted → available",
        "deduction": "available → adjusted",
    }
