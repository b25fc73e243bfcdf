"""Money is written for people exactly as it is, without a float on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topup import money

AMOUNTS = st.integers(-money.MAX_MINOR, money.MAX_MINOR)


@pytest.mark.parametrize(
    ("rials", "written"),
    [
        (0, "0 toman"),
        (1, "0.1 toman"),
        (10, "1 toman"),
        (12_345, "1,234.5 toman"),
        (1_000_000, "100,000 toman"),
        (-15, "-1.5 toman"),
        (-10, "-1 toman"),
        (-1, "-0.1 toman"),
        (2**63 - 1, "922,337,203,685,477,580.7 toman"),
    ],
)
def test_ten_rials_are_a_toman(rials: int, written: str) -> None:
    assert money.in_toman(rials) == written


@given(AMOUNTS)
def test_toman_can_be_read_back_to_the_rial(rials: int) -> None:
    number = money.in_toman(rials).removesuffix(" toman").replace(",", "")
    whole, _, fraction = number.lstrip("-").partition(".")

    read = int(whole) * 10 + int(fraction or "0")

    assert (-read if number.startswith("-") else read) == rials


@given(AMOUNTS)
def test_separators_change_no_digit(amount: int) -> None:
    assert money.with_separators(amount).replace(",", "") == str(amount)


def test_separators_stand_between_thousands() -> None:
    assert money.with_separators(1_234_567) == "1,234,567"


def test_the_largest_amount_is_the_largest_that_the_database_holds() -> None:
    assert money.MAX_MINOR == 9_223_372_036_854_775_807


def test_rials_have_no_decimals() -> None:
    assert money.CURRENCIES["IRR"].exponent == 0
