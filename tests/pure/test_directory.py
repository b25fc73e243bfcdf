"""An operator is found by the longest prefix of a number, and a named one wins."""

from typing import Any

import pytest

from tests.support import samples
from topup.gateways.directory import Directory, directory
from topup.ledger.outcomes import Outcome
from topup.money import MAX_MINOR
from topup.recharges import rules

Row = tuple[Any, ...]  # as the database gives them
MCI: Row = ("mci", True, "instant", 1, MAX_MINOR, "910,911,912")
IRANCELL: Row = ("irancell", True, "instant", 10_000, 2_000_000, "93,901")
VIRTUAL: Row = ("virtual", True, "instant", 1, MAX_MINOR, "9129,93055")
ASLEEP: Row = ("asleep", False, "instant", 1, MAX_MINOR, "99")
ALL = Directory([MCI, IRANCELL, VIRTUAL, ASLEEP])


@pytest.mark.parametrize(
    ("digits", "code"),
    [
        ("9121234567", "mci"),
        ("9129234567", "virtual"),
        ("9351234567", "irancell"),
        ("9305512345", "virtual"),
        ("9305412345", "irancell"),
        ("9011234567", "irancell"),
        ("9991234567", "asleep"),
    ],
)
def test_the_longest_prefix_wins(digits: str, code: str) -> None:
    terms = ALL.of(digits)

    assert terms is not None
    assert terms.code == code


@pytest.mark.parametrize("digits", ["9201234567", "", "9", "2188776655"])
def test_a_number_of_nobody_has_no_operator(digits: str) -> None:
    assert ALL.of(digits) is None


def test_an_operator_without_prefixes_catches_no_number() -> None:
    assert Directory([("bare", True, "instant", 1, MAX_MINOR, "")]).of("9121234567") is None


def test_the_order_of_rows_does_not_matter() -> None:
    assert Directory([VIRTUAL, MCI]).of("9129000000") == Directory([MCI, VIRTUAL]).of("9129000000")


def test_the_same_rows_give_the_same_directory() -> None:
    assert directory((MCI, IRANCELL)) is directory((MCI, IRANCELL))
    assert directory((MCI,)) is not directory((IRANCELL,))


def test_a_sale_goes_to_the_operator_of_its_number() -> None:
    chosen = rules.choose_operator(samples.a_sale(phone_number=989123456789), ALL)

    assert chosen == ALL.by_code["mci"]


def test_the_operator_that_the_seller_names_wins() -> None:
    chosen = rules.choose_operator(samples.a_sale(phone_number=989123456789, operator="irancell"), ALL)

    assert chosen == ALL.by_code["irancell"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"operator": "nobody"}, Outcome.UNKNOWN_OPERATOR),
        ({"phone_number": 989201234567}, Outcome.UNKNOWN_OPERATOR),
        ({"operator": "asleep"}, Outcome.OPERATOR_INACTIVE),
        ({"phone_number": 989991234567}, Outcome.OPERATOR_INACTIVE),
        ({"operator": "irancell", "amount": 9_999}, Outcome.AMOUNT_OUT_OF_RANGE),
        ({"operator": "irancell", "amount": 2_000_001}, Outcome.AMOUNT_OUT_OF_RANGE),
    ],
)
def test_a_sale_without_a_fit_operator_is_refused(changes: dict[str, Any], refusal: Outcome) -> None:
    assert rules.choose_operator(samples.a_sale(**changes), ALL) is refusal


@pytest.mark.parametrize("amount", [10_000, 2_000_000])
def test_the_bounds_of_an_operator_are_within_them(amount: int) -> None:
    chosen = rules.choose_operator(samples.a_sale(operator="irancell", amount=amount), ALL)

    assert chosen == ALL.by_code["irancell"]
