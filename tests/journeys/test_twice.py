"""Twice: a request that is sent many times at once has one effect, and every answer tells of it."""

import random

import pytest

from tests.api.calls import (
    adjust,
    asked,
    available,
    decide,
    new_reference,
    reverse,
    sell_batch,
    sold,
)
from tests.api.calls import an_item as a_batch_item
from tests.conftest import Api, NewSeller
from tests.journeys.shops import WAYS, at_once, orders, sums_of, whole
from tests.journeys.shops import sold as sold_of
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup.trips import Connection

TIMES = 6


@pytest.mark.parametrize("way", WAYS)
def test_sales_sent_twice_at_once_are_sold_once(
    app: Connection, new_seller: NewSeller, on: Server, way: str
) -> None:
    seller = new_seller(available=1_000_000)
    wanted = orders(on, seller, 150)

    answers = WAYS[way]([order for order in wanted for _ in range(2)])

    told: dict[str, list[object]] = {}
    for answer in answers:
        told.setdefault(answer.order.reference, []).append(answer.body)
    assert {answer.status for answer in answers} == {201}
    assert all(first == second for first, second in told.values())
    assert sum(answer.replayed for answer in answers) == 150
    assert whole(app, seller.id) == 1_000_000 - 150 * 5_000


def test_retries_far_apart_and_out_of_order_change_nothing(
    app: Connection, new_seller: NewSeller, on: Server
) -> None:
    seller = new_seller(available=300_000)
    wanted = orders(on, seller, 100) * 4
    random.Random(7).shuffle(wanted)

    answers = WAYS["threads"](wanted)

    used = {each["reference"] for each in sold_of(answers)}
    assert len(used) == 60  # which is all the credit there was
    assert all(answer.status == 201 for answer in answers if answer.replayed)
    assert whole(app, seller.id) == 0


def test_a_batch_sent_twice_at_once_is_sold_once(
    api: Api, app: Connection, new_seller: NewSeller, on: Server
) -> None:
    seller = new_seller(available=1_000_000)
    client = api(seller, on=on)
    items = [a_batch_item() for _ in range(100)]
    body = {"items": items}

    first, second = at_once(*[lambda: client.post("/api/v1/recharges/batch", json=body)] * 2)

    assert first.json() == second.json() == {"results": sell_batch(client, items)}
    assert whole(app, seller.id) == 500_000


def test_a_request_for_credit_sent_many_times_at_once_is_one(
    api: Api, new_seller: NewSeller, on: Server
) -> None:
    client = api(new_seller(), on=on)
    headers = {"Idempotency-Key": new_reference()}

    answers = at_once(
        *[lambda: client.post("/api/v1/credit-requests", json={"amount": 7}, headers=headers)] * TIMES
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(client.get("/api/v1/credit-requests").json()["data"]) == 1


@pytest.mark.parametrize("amount", [900, -900])
def test_an_adjustment_sent_many_times_at_once_is_one(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server, amount: int
) -> None:
    seller, deciding, key = new_seller(available=1_000), api(staff, on=on), new_reference()

    answers = at_once(*[lambda: adjust(deciding, seller.id, amount, key=key)] * TIMES)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sums_of(app, seller.id).available == 1_000 + amount


@pytest.mark.parametrize("key", [None, "approve-it"])
def test_an_approval_sent_many_times_at_once_is_one_credit(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server, key: str | None
) -> None:
    seller, deciding = new_seller(), api(staff, on=on)
    request = asked(api(seller, on=on), 7_000)

    answers = at_once(*[lambda: decide(deciding, request["id"], "approve", key)] * TIMES)

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == ([200] + [409] * (TIMES - 1) if key is None else [200] * TIMES)
    assert whole(app, seller.id) == 7_000


@pytest.mark.parametrize("key", [None, "reverse-it"])
def test_a_reversal_sent_many_times_at_once_is_one(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server, key: str | None
) -> None:
    seller, deciding = new_seller(available=10_000), api(staff, on=on)
    recharge, another = (sold(api(seller, on=on)) for _ in range(2))

    answers = at_once(*[lambda: reverse(deciding, recharge["id"], key=key)] * TIMES)

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == ([200] + [409] * (TIMES - 1) if key is None else [200] * TIMES)
    assert sums_of(app, seller.id).available == available(api(seller, on=on)) == 5_000
    found = api(seller, on=on).get(f"/api/v1/recharges/{another['id']}").json()
    assert {name: found[name] for name in another} == another
