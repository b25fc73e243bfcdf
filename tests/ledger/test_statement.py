"""A statement's sums are worked out from its movements, and what is stored must agree with them."""

import itertools

import pytest

from topup.ledger import statement
from topup.ledger.core import EFFECTS, Kind
from topup.ledger.statement import MAX_MOVEMENTS, Balance, DoesNotAddUp, Span, Sums, TooManyMovements, Totals
from topup.trips import Row

KINDS = [
    (Kind.CREDIT, 1_000), (Kind.RECHARGE, 100), (Kind.HOLD, 50), (Kind.CAPTURE, 20), (Kind.RELEASE, 30),
    (Kind.REVERSAL, 100), (Kind.ADJUSTMENT, 7), (Kind.DEDUCTION, 9),
]  # fmt: skip
CLOSING = Balance(978, 0, 8)
"""What they leave."""


def rows() -> list[Row]:
    """One movement of each kind, from an empty book on."""
    available = itertools.accumulate(EFFECTS[kind].available * amount for kind, amount in KINDS)
    held = itertools.accumulate(EFFECTS[kind].held * amount for kind, amount in KINDS)
    vectors = zip(KINDS, available, held, strict=True)
    return [
        (7, "IRR", seq, str(kind), amount, available, held, "recharge", "", 0)
        for seq, ((kind, amount), available, held) in enumerate(vectors, start=1)
    ]


def a_span(*, closing: Balance = CLOSING) -> Span:
    return Span(7, "IRR", Balance(0, 0, 0), closing)


def test_opening_and_movements_make_the_closing() -> None:
    sums = Sums(a_span())

    completed = []
    for page in (rows()[:3], rows()[3:]):
        sums.add(page)
        completed.append(sums.complete)

    assert completed == [False, True]
    assert sums.close() == a_span().closing
    assert sums.totals == Totals(
        credited=1_000, sold=100, held=50, captured=20, released=30, reversed=100, adjusted=-2
    )


def test_the_totals_lead_from_the_opening_to_the_closing() -> None:
    sums = Sums(a_span())
    sums.add(rows())
    t = sums.totals

    assert t.credited - t.sold - t.held + t.released + t.reversed + t.adjusted == a_span().closing.available
    assert t.held - t.captured - t.released == a_span().closing.held


@pytest.mark.parametrize("column", [2, 5, 6])
def test_a_movement_that_does_not_follow_is_told(column: int) -> None:
    wrong = [list(row) for row in rows()]
    wrong[4][column] += 1

    with pytest.raises(DoesNotAddUp):
        Sums(a_span()).add([tuple(row) for row in wrong])


def test_a_page_that_is_missing_is_told() -> None:
    with pytest.raises(DoesNotAddUp, match="no movement"):
        Sums(a_span()).add([])


def test_a_closing_that_the_movements_do_not_make_is_told() -> None:
    sums = Sums(a_span(closing=Balance(979, 0, 8)))
    sums.add(rows())

    with pytest.raises(DoesNotAddUp):
        sums.close()


def test_a_range_of_too_many_movements_is_refused_with_what_to_do() -> None:
    longest = statement.span((0, 0, 5, 0, 0, 5 + MAX_MOVEMENTS), seller_id=7, currency="IRR")

    assert longest.closing.version == 5 + MAX_MOVEMENTS
    with pytest.raises(TooManyMovements, match=r"1,000,001 movements.*ask for a shorter one"):
        statement.span((0, 0, 5, 0, 0, 6 + MAX_MOVEMENTS), seller_id=7, currency="IRR")
