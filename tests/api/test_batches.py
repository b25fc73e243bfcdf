"""A batch: results in the order of the items, and every item stands alone."""

from typing import Any

import httpx
import pytest

from tests.api.calls import (
    V1,
    adjust,
    an_item,
    available,
    balance,
    fields,
    item_problem,
    ok,
    problem,
    sell_batch,
    sold,
)
from tests.support.sellers_at_hand import SellerAtHand


def statuses(results: list[dict[str, Any]]) -> list[int]:  # JSON objects
    return [result["status"] for result in results]


def test_results_are_in_the_order_of_the_items(selling: httpx.Client) -> None:
    items = [an_item(amount=amount) for amount in range(1, 51)]

    results = sell_batch(selling, items)

    assert statuses(results) == [201] * 50
    references = [result["recharge"]["reference"] for result in results]
    assert references == [item["reference"] for item in items]
    assert [result["recharge"]["amount"] for result in results] == list(range(1, 51))
    assert available(selling) == 1_000_000 - sum(range(1, 51))


def test_a_thousand_items_are_sold(selling: httpx.Client) -> None:
    results = sell_batch(selling, [an_item(amount=1_000) for _ in range(1_000)])

    assert statuses(results) == [201] * 1_000
    assert sorted(each["recharge"]["version"] for each in results) == list(range(2, 1_002))
    assert available(selling) == 0


@pytest.mark.parametrize("count", [0, 1_001])
def test_a_batch_has_one_to_a_thousand_items(selling: httpx.Client, count: int) -> None:
    body = {"items": [an_item(amount=1) for _ in range(count)]}

    refusal = problem(selling.post(f"{V1}/recharges/batch", json=body), 422, "validation_error")

    assert fields(refusal) == ["items"]
    assert balance(selling)["version"] == 1


def test_every_item_stands_alone(selling: httpx.Client) -> None:
    used = sold(selling, "used-before")
    items: list[Any] = [
        an_item(),
        an_item(amount=0),
        an_item(phone_number="nobody"),
        an_item("used-before"),
        an_item("used-before", amount=1),
        an_item(amount=10**9),
        an_item(operator="nobody"),
        an_item(colour="red"),
        5,
        {},
        an_item(),
    ]

    results = sell_batch(selling, items)

    assert statuses(results) == [201, 422, 422, 201, 422, 402, 422, 422, 422, 422, 201]
    assert results[3]["recharge"] == used
    assert available(selling) == 985_000


def test_refusals_of_items_have_the_form_of_every_refusal(selling: httpx.Client) -> None:
    sold(selling, "used-before")
    bad = [an_item("used-before", amount=1), an_item(amount=10**9), an_item(operator="x"), an_item(colour=1)]

    mismatch, poor, unknown, field = sell_batch(selling, bad)

    assert fields(item_problem(mismatch, 422, "idempotency_mismatch")) == ["amount"]
    assert item_problem(poor, 402, "insufficient_balance")["required"] == 10**9
    item_problem(unknown, 422, "unknown_operator")
    assert fields(item_problem(field, 422, "unknown_field")) == ["colour"]


def test_a_reference_twice_in_a_batch_has_one_effect(selling: httpx.Client) -> None:
    items = [an_item("same"), an_item("other"), an_item("same"), an_item("same", amount=6_000)]

    first, other, again, different = sell_batch(selling, items)

    assert first == again
    assert other["status"] == 201
    item_problem(different, 422, "idempotency_mismatch")
    assert available(selling) == 990_000


def test_a_batch_sent_again_is_answered_again(selling: httpx.Client) -> None:
    items = [an_item(amount=10_000) for _ in range(100)]
    first = sell_batch(selling, items)
    assert available(selling) == 0

    assert sell_batch(selling, items) == first


def test_a_batch_sells_as_long_as_there_is_credit(selling: httpx.Client) -> None:
    results = sell_batch(selling, [an_item(amount=100_000) for _ in range(15)])

    assert sorted(statuses(results)) == [201] * 10 + [402] * 5
    assert available(selling) == 0


def test_a_smaller_item_is_sold_where_a_larger_one_is_not(
    selling: httpx.Client, deciding: httpx.Client, seller: SellerAtHand
) -> None:
    adjust(deciding, seller.id, -990_000)

    results = sell_batch(selling, [an_item(amount=20_000), an_item(amount=10_000)])

    assert statuses(results) == [402, 201]


def test_an_empty_body_of_a_batch_is_refused_as_a_whole(selling: httpx.Client) -> None:
    problem(selling.post(f"{V1}/recharges/batch", json={}), 422, "validation_error")
    problem(selling.post(f"{V1}/recharges/batch", json={"items": {}}), 422, "validation_error")
    assert ok(selling.get(f"{V1}/recharges"))["data"] == []
