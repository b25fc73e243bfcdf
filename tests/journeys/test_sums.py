"""The sums of the brief, at full size: every balance is its journal is its credits less its sales."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.api.calls import adjust, asked, available, created, decide, ok, verified
from tests.conftest import Api, NewSeller
from tests.journeys.shops import by_coroutines, by_threads, orders, sold, sums_of, whole
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup.trips import Connection


def credit(api: Api, seller: httpx.Client, staff: StaffAtHand, on: Server, amount: int) -> None:
    """Asked for and approved, through the API."""
    request = asked(seller, amount)
    assert ok(decide(api(staff, on=on), request["id"], "approve"))["status"] == "approved"


def test_sixty_sales_of_5000_of_a_million_leave_700000(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server
) -> None:
    seller = new_seller()
    client = api(seller, on=on)
    credit(api, client, staff, on, 1_000_000)

    answers = by_threads(orders(on, seller, 60, amount=5_000))

    assert len(sold(answers)) == 60
    assert available(client) == whole(app, seller.id) == 700_000
    assert verified(client)


@pytest.mark.parametrize(("sellers", "credits_of_each"), [(2, 5), (10, 1)])
def test_a_thousand_sales_leave_every_book_whole(
    api: Api,
    app: Connection,
    new_seller: NewSeller,
    staff: StaffAtHand,
    on: Server,
    sellers: int,
    credits_of_each: int,
) -> None:
    shops = [new_seller() for _ in range(sellers)]
    for shop in shops:
        for _ in range(credits_of_each):
            credit(api, api(shop, on=on), staff, on, 10_000_000 // sellers // credits_of_each)

    each = [orders(on, shop, 1_000 // sellers, amount=7_000) for shop in shops]
    answers = by_coroutines([order for turn in zip(*each, strict=True) for order in turn])

    assert len(sold(answers)) == 1_000
    left = [whole(app, shop.id) for shop in shops]
    assert left == [10_000_000 // sellers - 1_000 // sellers * 7_000] * sellers
    assert [sums_of(app, shop.id).movements for shop in shops] == [
        credits_of_each + 1_000 // sellers
    ] * sellers


def test_credit_that_comes_while_sales_go_on_is_counted_once(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server
) -> None:
    seller = new_seller(available=100_000)
    client, deciding = api(seller, on=on), api(staff, on=on)
    requests = [asked(client, 10_000)["id"] for _ in range(10)]

    with ThreadPoolExecutor(3) as pool:
        sales = pool.submit(by_threads, orders(on, seller, 200, amount=500))
        approvals = pool.map(lambda each: ok(decide(deciding, each, "approve")), requests)
        corrections = pool.map(lambda _: created(adjust(deciding, seller.id, 100)), range(10))
        assert len([*approvals, *corrections]) == 20

    assert len(sold(sales.result())) == 200
    assert available(client) == 100_000 + 100_000 + 1_000 - 100_000
    sums = sums_of(app, seller.id)
    assert (sums.available, sums.credits, sums.sales) == (101_000, 200_000, 100_000)
    assert sums.available == sums.journal
