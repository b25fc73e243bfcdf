"""Adjustments: staff correct a balance, up or down, with a reason, and never below zero."""

import httpx
import pytest

from tests.api.calls import (
    V1,
    adjust,
    available,
    created,
    fields,
    new_reference,
    ok,
    problem,
    replayed,
    rows_of,
    sold,
)
from tests.support.sellers_at_hand import SellerAtHand
from topup.trips import Connection

LARGEST = 2**63 - 1


@pytest.mark.parametrize("amount", [1, -1, 500_000, -1_000_000])
def test_an_adjustment_moves_what_it_says(
    deciding: httpx.Client, selling: httpx.Client, seller: SellerAtHand, amount: int
) -> None:
    made = created(adjust(deciding, seller.id, amount, reason="miscounted"))

    assert (made["seller_id"], made["amount"], made["currency"]) == (seller.id, amount, "IRR")
    assert (made["balance_before"], made["balance_after"]) == (1_000_000, 1_000_000 + amount)
    assert (made["reason"], made["version"]) == ("miscounted", 2)
    assert available(selling) == 1_000_000 + amount


@pytest.mark.parametrize("amount", [500, -500])
def test_an_adjustment_is_in_the_journal(
    deciding: httpx.Client, selling: httpx.Client, seller: SellerAtHand, amount: int
) -> None:
    made = created(adjust(deciding, seller.id, amount))

    (movement, _) = ok(selling.get(f"{V1}/transactions"))["data"]

    accounts = ["adjusted", "available"]
    assert (movement["type"], movement["amount"]) == ("adjustment", 500)
    assert [movement["from"], movement["to"]] == (accounts if amount > 0 else accounts[::-1])
    assert movement["source"] == {"type": "adjustment", "id": made["id"]}


def test_an_adjustment_never_goes_below_zero(
    deciding: httpx.Client, selling: httpx.Client, seller: SellerAtHand, app: Connection
) -> None:
    before = rows_of(app, seller.id)

    refusal = problem(adjust(deciding, seller.id, -1_000_001), 402, "insufficient_balance")

    assert (refusal["available"], refusal["required"]) == (1_000_000, 1_000_001)
    assert rows_of(app, seller.id) == before
    assert available(selling) == 1_000_000


def test_an_adjustment_of_nothing_is_refused(deciding: httpx.Client, seller: SellerAtHand) -> None:
    assert fields(problem(adjust(deciding, seller.id, 0), 422, "validation_error")) == ["amount"]


@pytest.mark.parametrize("amount", [LARGEST, LARGEST - 999_999])
def test_a_balance_never_passes_the_largest_number(
    deciding: httpx.Client, selling: httpx.Client, seller: SellerAtHand, amount: int
) -> None:
    refusal = problem(adjust(deciding, seller.id, amount), 422, "validation_error")

    assert refusal["errors"][0]["code"] == "balance_too_large"
    assert available(selling) == 1_000_000


def test_a_balance_reaches_the_largest_number(
    deciding: httpx.Client, selling: httpx.Client, seller: SellerAtHand
) -> None:
    created(adjust(deciding, seller.id, LARGEST - 1_000_000))

    assert available(selling) == LARGEST
    assert sold(selling, amount=LARGEST)["balance_after"] == 0
    assert available(selling) == 0


def test_a_retry_adjusts_once(deciding: httpx.Client, selling: httpx.Client, seller: SellerAtHand) -> None:
    key = new_reference()
    first = adjust(deciding, seller.id, -1_000_000, key=key)

    again = adjust(deciding, seller.id, -1_000_000, key=key)

    assert created(first) == created(again)
    assert (replayed(first), replayed(again)) == (False, True)
    assert available(selling) == 0


def test_a_key_of_another_adjustment_names_what_differs(deciding: httpx.Client, seller: SellerAtHand) -> None:
    key = new_reference()
    created(adjust(deciding, seller.id, 5, key=key))

    answer = adjust(deciding, seller.id, 6, key=key, reason="another")

    assert fields(problem(answer, 422, "idempotency_mismatch")) == ["amount", "reason"]


def test_a_refusal_consumes_no_key(deciding: httpx.Client, seller: SellerAtHand) -> None:
    key = new_reference()
    problem(adjust(deciding, seller.id, -1_000_001, key=key), 402, "insufficient_balance")

    assert created(adjust(deciding, seller.id, -1, key=key))["balance_after"] == 999_999


def test_a_suspended_seller_is_still_corrected(deciding: httpx.Client, seller: SellerAtHand) -> None:
    deciding.patch(f"{V1}/sellers/{seller.id}", json={"status": "suspended"})

    assert created(adjust(deciding, seller.id, -1))["balance_after"] == 999_999
