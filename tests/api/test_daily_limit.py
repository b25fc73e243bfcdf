"""A seller's day: what a daily limit leaves is told, and a new day in TIME_ZONE begins with all of it."""

from collections.abc import Callable

import httpx

from tests.api.over_http import AMOUNT, sell, sold
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from topup import clock
from topup.trips import Connection

LIMIT = 5 * AMOUNT


def spent_on(connection: Connection, seller: SellerAtHand) -> tuple[object, ...]:
    row = connection.execute(
        "SELECT spent_on, spent_today FROM ledger.book WHERE seller_id = %s", [seller.id]
    )
    found = row.fetchone()
    assert found is not None
    return tuple(found)


def a_day_earlier(superuser: Connection, seller: SellerAtHand, days: int = 1) -> None:
    """What was spent today was spent that many days ago."""
    superuser.execute(
        "UPDATE ledger.book SET spent_on = spent_on - %s WHERE seller_id = %s", [days, seller.id]
    )


def test_a_limit_that_would_be_passed_says_what_remains(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=100 * AMOUNT, daily_limit=LIMIT))
    sold(client, amount=2 * AMOUNT)

    refused = sell(client, amount=4 * AMOUNT)

    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert refused.json()["code"] == "limit_exceeded"
    told = {name: refused.json()[name] for name in ("limit", "remaining", "currency")}
    assert told == {"limit": LIMIT, "remaining": 3 * AMOUNT, "currency": "IRR"}
    sold(client, amount=3 * AMOUNT)
    assert sell(client, amount=10_000).json()["remaining"] == 0


def test_what_was_spent_yesterday_counts_no_more(
    api: Api, new_seller: NewSeller, superuser: Connection
) -> None:
    seller = new_seller(available=100 * AMOUNT, daily_limit=LIMIT)
    client = api(seller)
    sold(client, amount=LIMIT)
    assert sell(client).status_code == httpx.codes.UNPROCESSABLE_ENTITY

    a_day_earlier(superuser, seller)

    sold(client, amount=2 * AMOUNT)
    assert sell(client, amount=LIMIT).json()["remaining"] == 3 * AMOUNT


def test_a_reversal_gives_the_money_back_and_not_the_day(
    api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    client = api(new_seller(available=100 * AMOUNT, daily_limit=LIMIT))
    recharge = sold(client, amount=LIMIT)

    api(staff).post(f"/api/v1/recharges/{recharge['id']}/reverse", json={"reason": "wrong"})

    assert client.get("/api/v1/balance").json()["available"] == 100 * AMOUNT
    assert sell(client).json()["remaining"] == 0


def test_a_limit_that_is_lowered_below_what_was_spent_leaves_nothing(
    api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller(available=100 * AMOUNT)
    client = api(seller)
    sold(client, amount=2 * AMOUNT)

    api(staff).patch(f"/api/v1/sellers/{seller.id}", json={"daily_limit": AMOUNT})

    assert sell(client).json()["remaining"] == 0


def test_the_day_is_that_of_the_time_zone(
    api: Api, new_seller: NewSeller, superuser: Connection, serve: Callable[..., Server]
) -> None:
    """East of the date line it is already tomorrow while it is today in the west."""
    seller = new_seller(available=100 * AMOUNT, daily_limit=LIMIT)
    east, west = (serve(TIME_ZONE=zone) for zone in ("Pacific/Kiritimati", "Pacific/Niue"))
    sold(api(seller, on=west), amount=LIMIT)
    in_the_west = spent_on(superuser, seller)
    before = clock.day_in("Pacific/Kiritimati", clock.now_us())
    sold(api(seller, on=east), amount=2 * AMOUNT)
    in_the_east = spent_on(superuser, seller)

    after = clock.day_in("Pacific/Kiritimati", clock.now_us())
    assert in_the_east in [(before, 2 * AMOUNT), (after, 2 * AMOUNT)]
    assert in_the_west[0] < in_the_east[0]  # type: ignore[operator]  # dates
    assert in_the_west[1] == LIMIT
