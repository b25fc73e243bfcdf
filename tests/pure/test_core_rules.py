"""What the core promises beyond sums: order, time, explanations, and a book left alone by refusals."""

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
