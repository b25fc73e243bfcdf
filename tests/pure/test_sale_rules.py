"""A repeated reference is the same sale or names the fields in which it differs."""

from typing import Any

import pytest

from tests.support import samples
from topup.recharges import rules

NAMED = samples.a_sale(operator="mci")
UNNAMED = samples.a_sale(operator=None)


@pytest.mark.parametrize("sale", [NAMED, UNNAMED])
def test_the_same_sale_differs_in_nothing(sale: rules.Sale) -> None:
    assert rules.differences(sale, samples.a_recharge_of(sale)) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"amount": 1}, ["amount"]),
        ({"phone_number": 989350000000}, ["phone_number"]),
        ({"amount": 1, "phone_number": 989350000000}, ["phone_number", "amount"]),
        ({"operator": "irancell"}, ["operator"]),
    ],
)
def test_a_difference_is_named(changes: dict[str, Any], fields: list[str]) -> None:
    assert rules.differences(NAMED._replace(**changes), samples.a_recharge_of(NAMED)) == fields


def test_naming_the_operator_that_was_found_is_another_body() -> None:
    assert rules.differences(NAMED, samples.a_recharge_of(UNNAMED)) == ["operator"]
    assert rules.differences(UNNAMED, samples.a_recharge_of(NAMED)) == ["operator"]


def test_a_sale_is_in_rials_and_watched_for_duplicates_unless_it_says_otherwise() -> None:
    assert (UNNAMED.currency, UNNAMED.allow_duplicate) == ("IRR", False)


def test_who_asks_and_with_which_key_is_no_difference() -> None:
    again = UNNAMED._replace(actor_id=99, key_epoch=5, id="01920000-0000-7000-8000-00000000ffff")

    assert rules.differences(again, samples.a_recharge_of(UNNAMED)) == []


def test_a_recharge_that_was_reversed_since_is_still_the_same_sale() -> None:
    assert rules.differences(UNNAMED, samples.a_recharge_of(UNNAMED, state="reversed")) == []
