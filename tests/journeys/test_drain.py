"""Drain: with credit for K sales and 2K sent at once, exactly K are sold, and none is refused too early."""

import pytest

from tests.conftest import NewSeller
from tests.journeys.shops import WAYS, orders, sold, whole
from tests.support.server import Server
from topup.trips import Connection

PRICE = 5_000
ENOUGH_FOR = 250


@pytest.mark.parametrize("way", WAYS)
def test_exactly_as_many_are_sold_as_there_is_credit_for(
    app: Connection, new_seller: NewSeller, on: Server, way: str
) -> None:
    seller = new_seller(available=ENOUGH_FOR * PRICE)

    answers = WAYS[way](orders(on, seller, 2 * ENOUGH_FOR, amount=PRICE))

    refused = [answer.body for answer in answers if answer.status != 201]
    assert [each["version"] for each in sold(answers)] == list(range(2, ENOUGH_FOR + 2))
    assert {(each["code"], each["available"]) for each in refused} == {("insufficient_balance", 0)}
    assert len(refused) == ENOUGH_FOR
    assert whole(app, seller.id) == 0


def test_what_does_not_divide_is_left(app: Connection, new_seller: NewSeller, on: Server) -> None:
    seller = new_seller(available=100 * PRICE + 4_999)

    answers = WAYS["asyncio"](orders(on, seller, 200, amount=PRICE))

    assert len(sold(answers)) == 100
    assert {answer.body["available"] for answer in answers if answer.status != 201} == {4_999}
    assert whole(app, seller.id) == 4_999
