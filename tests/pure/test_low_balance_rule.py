"""A seller is told of a movement that takes what is available under a threshold, from there or above."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import samples
from topup.ledger import core
from topup.ledger.core import Book, Kind, Movement

THRESHOLD = 100


def moved(kind: Kind, amount: int, *, book: Book) -> tuple[Book, Movement]:
    after, [verdict] = core.decide(
        book, [samples.a_command(kind, amount)], now_us=samples.NOON_US, today=samples.TODAY
    )
    assert verdict.movement is not None, verdict
    return after, verdict.movement


@pytest.mark.parametrize(
    ("before", "kind", "amount", "told"),
    [
        pytest.param(105, Kind.RECHARGE, 10, True, id="from above to below"),
        pytest.param(100, Kind.RECHARGE, 10, True, id="from the threshold itself"),
        pytest.param(110, Kind.RECHARGE, 10, False, id="to the threshold itself"),
        pytest.param(99, Kind.RECHARGE, 10, False, id="below all the while"),
        pytest.param(200, Kind.RECHARGE, 10, False, id="above all the while"),
        pytest.param(105, Kind.HOLD, 10, True, id="a hold"),
        pytest.param(105, Kind.DEDUCTION, 10, True, id="a deduction"),
        pytest.param(90, Kind.CREDIT, 5, False, id="up, and still below"),
        pytest.param(90, Kind.CREDIT, 50, False, id="up from below to above"),
        pytest.param(100, Kind.ADJUSTMENT, 10, False, id="up from the threshold"),
    ],
)
def test_a_movement_goes_under_or_does_not(*, before: int, kind: Kind, amount: int, told: bool) -> None:
    _, movement = moved(kind, amount, book=samples.a_funded_book(before))

    assert core.goes_under(movement, THRESHOLD) is told


def test_a_capture_takes_nothing_from_what_is_available() -> None:
    book = samples.a_funded_book(50, held=60)._replace(funded=110)

    _, movement = moved(Kind.CAPTURE, 60, book=book)

    assert not core.goes_under(movement, THRESHOLD)


@given(st.lists(st.integers(-150, 150).filter(bool), max_size=30), st.integers(1, 300))
def test_between_two_warnings_the_balance_had_come_back(steps: list[int], threshold: int) -> None:
    """Along any walk: who is warned stands under the threshold, and nobody is warned twice of one fall."""
    book = samples.a_funded_book(200)
    fell = book.available < threshold
    for step in steps:
        kind = Kind.CREDIT if step > 0 else Kind.RECHARGE
        if -step > book.available:
            continue
        book, movement = moved(kind, abs(step), book=book)
        under = book.available < threshold
        assert core.goes_under(movement, threshold) is (under and not fell)
        fell = under
