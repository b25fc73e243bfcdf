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


@given(st.integers(1, money.MAX_MINOR), st.integers(0, 9))
def test_an_amount_with_decimals_that_are_zero_is_read_exactly(amount: int, decimals: int) -> None:
    written = f"{amount}.{'0' * decimals}".rstrip(".")

    assert money.read_decimal(written) == amount


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("50000.5", "fraction"),
        ("0.01", "fraction"),
        ("0", "1 or more"),
        ("0.00", "1 or more"),
        ("-5", "1 or more"),
        ("9223372036854775808", "at most"),
        ("9999999999999999999.0", "at most"),
        ("1e3", "is not an amount"),
        ("NaN", "is not an amount"),
        ("true", "is not an amount"),
        ("05", "is not an amount"),
        ("5.", "is not an amount"),
        (".5", "is not an amount"),
        ("+5", "is not an amount"),
        (" 5", "is not an amount"),
        ("5\n", "is not an amount"),
        ("5,000", "is not an amount"),
        ("۵۰۰۰", "is not an amount"),
        ("", "is not an amount"),
        ("9" * 1_000, "is not an amount"),
    ],
)
def test_what_is_no_whole_positive_amount_is_refused_and_says_why(written: str, why: str) -> None:
    with pytest.raises(money.AmountError, match=why):
        money.read_decimal(written)


def test_rials_have_no_decimals() -> None:
    assert money.CURRENCIES["IRR"].exponent == 0
