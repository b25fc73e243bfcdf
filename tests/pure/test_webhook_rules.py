"""What follows an attempt, and whose turn it is: the rules of webhooks, without a network."""

import pytest

from topup.clock import US_PER_SECOND
from topup.webhooks import schedule, shares
from topup.webhooks.schedule import DELAYS_S, MAX_TRIES, Next, State
from topup.webhooks.shares import MAX_IN_TROUBLE, MAX_OF_ONE, MAX_WELL, Shares

NOW_US = 1_800_000_000_000_000


def after(*, status: int | None, tries: int = 1, roll: float = 0.5) -> Next:
    return schedule.after(status=status, tries=tries, now_us=NOW_US, roll=roll)


def delay_s(found: Next) -> float:
    return (found.next_at_us - NOW_US) / US_PER_SECOND


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status: int) -> None:
    assert after(status=status) == Next(State.DELIVERED, NOW_US)


@pytest.mark.parametrize("status", [None, 100, 199, 301, 307, 400, 401, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int | None) -> None:
    assert after(status=status).state is State.PENDING


def test_the_attempts_are_spread_over_three_days() -> None:
    delays = [delay_s(after(status=500, tries=tries)) for tries in range(1, MAX_TRIES)]

    assert delays == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]


@pytest.mark.parametrize(("roll", "part"), [(0.0, 0.9), (0.5, 1.0), (1.0, 1.1)])
def test_a_delay_is_a_tenth_longer_or_shorter(roll: float, part: float) -> None:
    assert delay_s(after(status=500, tries=2, roll=roll)) == pytest.approx(DELAYS_S[1] * part)


def test_410_ends_the_endpoint_on_any_attempt() -> None:
    assert after(status=410) == Next(State.FAILED, NOW_US, schedule.GONE_BECAUSE)


def test_the_last_attempt_ends_the_endpoint() -> None:
    assert after(status=None, tries=MAX_TRIES) == Next(State.FAILED, NOW_US, schedule.EXHAUSTED_BECAUSE)


def test_the_last_attempt_may_still_deliver() -> None:
    assert after(status=200, tries=MAX_TRIES).state is State.DELIVERED


def test_one_endpoint_has_a_bounded_share() -> None:
    own = Shares()

    assert [own.begin("a") for _ in range(MAX_OF_ONE + 1)] == [True] * MAX_OF_ONE + [False]
    assert own.begin("b")
    assert own.passed_over() == ["a"]


def test_who_is_in_trouble_has_one_place_until_it_answers_well() -> None:
    own = Shares()
    own.begin("a")
    own.end("a", well=False)

    assert own.waiting_in_trouble() == ["a"]
    assert [own.begin("a"), own.begin("a")] == [True, False]
    own.end("a", well=True)
    assert own.waiting_in_trouble() == []
    assert [own.begin("a"), own.begin("a")] == [True, True]


def test_who_is_in_trouble_takes_no_place_of_those_that_answer() -> None:
    own = Shares()
    for number in range(MAX_IN_TROUBLE):
        own.begin(str(number))
        own.end(str(number), well=False)
        own.begin(str(number))

    assert (own.room, own.room_in_trouble) == (MAX_WELL, 0)


def test_a_place_given_back_forgets_no_trouble() -> None:
    own = Shares()
    own.begin("a")
    own.end("a", well=False)
    own.begin("a")
    own.give_back("a")

    assert own.waiting_in_trouble() == ["a"]


def test_only_so_many_in_trouble_are_remembered() -> None:
    own = Shares()
    for number in range(shares.MAX_REMEMBERED + 1):
        own.begin(str(number))
        own.end(str(number), well=False)

    assert len(own.waiting_in_trouble()) == shares.MAX_REMEMBERED
    assert "0" not in own.waiting_in_trouble()
