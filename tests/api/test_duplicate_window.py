"""Over HTTP, the same number and amount is sold once within the window, by every way in."""

from collections.abc import Callable

import httpx
import pytest

from tests.api.over_http import AMOUNT, NUMBER, RECHARGES, key, sell, sold
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup.trips import Connection

WINDOW_S = 3_600
"""Longer than any test takes."""


def spent(client: httpx.Client) -> int:
    """What left the balance; every seller here begins with a million."""
    return 1_000_000 - int(client.get("/api/v1/balance").json()["available"])


def test_a_second_sale_is_refused_and_names_the_first(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=1_000_000, duplicate_window_s=WINDOW_S))
    first = sold(client)

    refused = sell(client)

    assert refused.status_code == httpx.codes.CONFLICT
    assert refused.json()["code"] == "duplicate_recharge"
    assert refused.json()["earlier_id"] == first["id"]
    assert not refused.json()["retryable"]
    assert spent(client) == AMOUNT


def test_the_first_request_of_a_key_and_the_next_are_refused_alike(
    api: Api, new_seller: NewSeller, serve: Callable[..., Server]
) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=WINDOW_S)
    first = sold(api(seller))
    fresh = api(seller, on=serve())  # whose process has not seen the key: the long way, then the short

    answers = [sell(fresh), sell(fresh), sell(fresh)]

    assert [answer.status_code for answer in answers] == [httpx.codes.CONFLICT] * 3
    assert {answer.json()["earlier_id"] for answer in answers} == {first["id"]}
    assert len({tuple(answer.json()) for answer in answers}) == 1  # the same members


def test_a_refusal_uses_no_key_up(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=1_000_000, duplicate_window_s=WINDOW_S))
    sold(client)
    body, header = {"phone_number": NUMBER, "amount": AMOUNT}, key()
    assert client.post(RECHARGES, json=body, headers=header).status_code == httpx.codes.CONFLICT

    meant = client.post(RECHARGES, json=body | {"allow_duplicate": True}, headers=header)

    assert meant.status_code == httpx.codes.CREATED
    assert spent(client) == 2 * AMOUNT


def test_a_retry_is_a_replay_and_no_duplicate(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=1_000_000, duplicate_window_s=WINDOW_S))
    body, header = {"phone_number": NUMBER, "amount": AMOUNT}, key()
    first = client.post(RECHARGES, json=body, headers=header)

    again = client.post(RECHARGES, json=body, headers=header)

    assert (again.status_code, again.json()) == (httpx.codes.CREATED, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


def test_another_number_or_amount_is_another_sale(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=1_000_000, duplicate_window_s=WINDOW_S))
    sold(client)

    sold(client, phone_number="+989123456780")
    sold(client, amount=AMOUNT + 1_000)
    assert sell(client, phone_number="۰۹۱۲۳۴۵۶۷۸۹").status_code == httpx.codes.CONFLICT


def test_the_items_of_a_batch_are_held_to_it_one_by_one(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=1_000_000, duplicate_window_s=WINDOW_S))
    item = {"phone_number": NUMBER, "amount": AMOUNT}
    items = [
        item | {"reference": "a"}, item | {"reference": "b"}, item | {"reference": "c", "amount": 20_000},
        item | {"reference": "d", "allow_duplicate": True},
    ]  # fmt: skip

    results = client.post(f"{RECHARGES}/batch", json={"items": items}).json()["results"]

    assert [result["status"] for result in results] == [201, 409, 201, 201]
    assert results[1]["error"]["code"] == "duplicate_recharge"
    assert results[1]["error"]["earlier_id"] == results[0]["recharge"]["id"]
    assert spent(client) == 2 * AMOUNT + 20_000


def test_staff_set_and_take_away_a_sellers_own_window(
    api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller(available=1_000_000)
    client, path = api(seller), f"/api/v1/sellers/{seller.id}"
    sold(client)
    sold(client)

    assert api(staff).patch(path, json={"duplicate_window_s": 60}).json()["duplicate_window_s"] == 60
    assert sell(client).status_code == httpx.codes.CONFLICT
    api(staff).patch(path, json={"duplicate_window_s": None})
    assert sell(client).status_code == httpx.codes.CREATED


@pytest.mark.parametrize("window", [-1, 604_801, 1.5, "60", True])
def test_a_window_that_will_not_do_is_refused(
    window: object, api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()

    answer = api(staff).patch(f"/api/v1/sellers/{seller.id}", json={"duplicate_window_s": window})

    assert answer.json()["errors"][0]["field"] == "duplicate_window_s"


def test_the_installations_window_holds_for_sellers_without_their_own(
    api: Api, new_seller: NewSeller, serve: Callable[..., Server]
) -> None:
    usual = new_seller(available=1_000_000)
    free = new_seller(available=1_000_000, duplicate_window_s=0)
    server = serve(DOUBLE_SPENDING_TIMEOUT=str(WINDOW_S))

    answers = [sell(api(who, on=server)).status_code for who in (usual, usual, free, free)]

    assert answers == [201, 409, 201, 201]


def test_two_processes_keep_one_window(api: Api, new_seller: NewSeller, serve: Callable[..., Server]) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=WINDOW_S)
    servers = [serve(), serve(API_WORKERS="2")]

    answers = [sell(api(seller, on=server)) for server in servers * 4]

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert spent(api(seller, on=servers[0])) == AMOUNT


def test_after_the_window_or_a_reversal_the_same_may_be_sold_again(
    api: Api, new_seller: NewSeller, staff: StaffAtHand, superuser: Connection
) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=60)
    client = api(seller)
    sold(client)
    back = "UPDATE recharges.recharge SET created_at_us = created_at_us - 61000000 WHERE seller_id = %s"
    superuser.execute(back, [seller.id])

    again = sold(client)
    assert sell(client).status_code == httpx.codes.CONFLICT
    api(staff).post(f"{RECHARGES}/{again['id']}/reverse", json={"reason": "wrong"})

    assert sell(client).status_code == httpx.codes.CREATED
