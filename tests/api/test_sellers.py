"""Sellers: who may register one, who sees which, and that what staff change holds from the next sale."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.calls import V1, adjust, created, fields, ok, problem, sell, sold
from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server, serving

PASSWORD = "correct-horse-battery"
_names = itertools.count(1)


def a_seller(**changes: Any) -> dict[str, Any]:  # a JSON object
    username = f"registered-{next(_names)}"
    return {"name": "Shop", "username": username, "password": PASSWORD, **changes}


def test_staff_register_a_seller(deciding: httpx.Client) -> None:
    seller = created(deciding.post(f"{V1}/sellers", json=a_seller(name="فروشگاه", email="a@example.com")))

    numbers = [seller.pop("id"), seller.pop("created_at")]
    assert all(numbers)
    assert seller == {
        "name": "فروشگاه", "status": "active", "currency": "IRR", "available": 0, "held": 0, "version": 0,
        "daily_limit": None, "per_recharge_max": None, "duplicate_window_s": None,
        "low_balance_threshold": None, "allowed_ips": [],
    }  # fmt: skip


def test_a_seller_that_was_registered_can_begin(api: Api, deciding: httpx.Client) -> None:
    form = a_seller()
    seller = created(deciding.post(f"{V1}/sellers", json=form))
    login = {"username": form["username"], "password": PASSWORD}
    key = created(api().post(f"{V1}/tokens", json=login))["token"]

    created(adjust(deciding, seller["id"], 7_000))

    client = api()
    client.headers["Authorization"] = f"Token {key}"
    assert sold(client)["balance_after"] == 2_000


def test_while_registration_is_closed_only_staff_register(api: Api, selling: httpx.Client) -> None:
    problem(api().post(f"{V1}/sellers", json=a_seller()), 401, "unauthenticated")
    problem(selling.post(f"{V1}/sellers", json=a_seller()), 403, "forbidden")


def test_while_registration_is_open_anybody_registers(api: Api, serve: Callable[..., Server]) -> None:
    client = api(on=serve(OPEN_REGISTRATION="true", LOGIN_LIMIT_PER_MINUTE="2"))

    answers = [client.post(f"{V1}/sellers", json=a_seller()) for _ in range(5)]

    assert created(answers[0])["available"] == 0
    refused = next(answer for answer in answers if answer.status_code == 429)  # of two minutes at the most
    problem(refused, 429, "rate_limited")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"username": "a b"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"password": "12345678"}, "password"),
        ({"password": "short"}, "password"),
        ({"email": "nowhere"}, "email"),
    ],
)
def test_a_registration_that_wont_do_names_its_field(
    deciding: httpx.Client, change: dict[str, str], field: str
) -> None:
    refusal = problem(deciding.post(f"{V1}/sellers", json=a_seller(**change)), 422, "validation_error")

    assert set(fields(refusal)) == {field}


def test_a_username_is_given_once(deciding: httpx.Client) -> None:
    form = a_seller()
    created(deciding.post(f"{V1}/sellers", json=form))

    for username in (form["username"], form["username"].upper()):
        again = deciding.post(f"{V1}/sellers", json=a_seller(username=username))

        assert fields(problem(again, 422, "validation_error")) == ["username"]


def test_a_username_asked_for_many_times_at_once_is_given_once(deciding: httpx.Client) -> None:
    form = a_seller()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: deciding.post(f"{V1}/sellers", json=form), range(6)))

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 5


def test_a_seller_reads_itself_and_nobody_else(
    seller: SellerAtHand, selling: httpx.Client, new_seller: NewSeller
) -> None:
    other = new_seller()
    selling.headers["Request-Id"] = "one"

    mine, others, nobodys = (selling.get(f"{V1}/sellers/{n}") for n in (seller.id, other.id, 4_000_000_000))

    assert ok(mine)["available"] == 1_000_000
    assert ok(selling.get(f"{V1}/sellers")) == {"data": [mine.json()], "has_more": False}
    problem(others, 404, "not_found")
    assert others.content == nobodys.content


def test_staff_read_every_seller_in_pages(deciding: httpx.Client, new_seller: NewSeller) -> None:
    made = [new_seller().id for _ in range(5)]

    first = ok(deciding.get(f"{V1}/sellers?limit=3"))
    second = ok(deciding.get(f"{V1}/sellers?limit=2&starting_after={first['data'][-1]['id']}"))
    back = ok(deciding.get(f"{V1}/sellers?limit=3&ending_before={second['data'][0]['id']}"))

    assert [row["id"] for row in first["data"] + second["data"]] == made[::-1]
    assert first["has_more"]
    assert back["data"] == first["data"]
    assert ok(deciding.get(f"{V1}/sellers/{made[0]}"))["id"] == made[0]


@pytest.fixture(scope="module")
def two_workers(installation: Installation) -> Iterator[Server]:
    with serving(installation, API_WORKERS="2") as server:
        yield server


class Shop:
    """A seller with many connections, so that both workers know its key."""

    def __init__(self, api: Api, server: Server, seller: SellerAtHand, staff: StaffAtHand) -> None:
        self.clients = [api(seller, on=server) for _ in range(8)]
        self.deciding = api(staff, on=server)
        self.path = f"{V1}/sellers/{seller.id}"
        assert {sell(client).status_code for client in self.clients} == {201}

    def change(self, **what: object) -> dict[str, Any]:  # a JSON object
        return ok(self.deciding.patch(self.path, json=what))

    def refusals(self, **sale: Any) -> set[tuple[int, str | None]]:
        answers = [sell(client, **sale) for client in self.clients]
        return {(answer.status_code, answer.json().get("code")) for answer in answers}


@pytest.fixture
def shop(api: Api, two_workers: Server, seller: SellerAtHand, staff: StaffAtHand) -> Shop:
    return Shop(api, two_workers, seller, staff)


SOLD = {(201, None)}


def test_a_suspension_holds_from_the_next_sale_on_every_worker(shop: Shop) -> None:
    assert shop.change(status="suspended")["status"] == "suspended"
    assert shop.refusals() == {(403, "seller_suspended")}

    assert shop.change(status="active")["status"] == "active"
    assert shop.refusals() == SOLD


def test_a_limit_for_one_recharge_holds_from_the_next_sale_on_every_worker(shop: Shop) -> None:
    assert shop.change(per_recharge_max=5_000)["per_recharge_max"] == 5_000
    assert shop.refusals(amount=5_001) == {(422, "limit_exceeded")}
    assert shop.refusals(amount=5_000) == SOLD

    assert shop.change(per_recharge_max=None)["per_recharge_max"] is None
    assert shop.refusals(amount=5_001) == SOLD


def test_a_daily_limit_holds_from_the_next_sale_on_every_worker(shop: Shop) -> None:
    assert shop.change(daily_limit=8 * 5_000)["daily_limit"] == 40_000  # all sold by now
    assert shop.refusals(amount=1) == {(422, "limit_exceeded")}

    assert shop.change(daily_limit=40_008)["daily_limit"] == 40_008
    assert shop.refusals(amount=1) == SOLD
    assert shop.refusals(amount=1) == {(422, "limit_exceeded")}


def test_allowed_addresses_hold_from_the_next_sale_on_every_worker(shop: Shop) -> None:
    assert shop.change(allowed_ips=["192.0.2.7"])["allowed_ips"] == ["192.0.2.7/32"]
    assert shop.refusals() == {(403, "ip_not_allowed")}

    assert shop.change(allowed_ips=["127.0.0.0/8", "::1"])["allowed_ips"] == ["127.0.0.0/8", "::1/128"]
    assert shop.refusals() == SOLD


def test_a_change_leaves_what_it_does_not_name(shop: Shop) -> None:
    shop.change(daily_limit=10**9, per_recharge_max=10**6, allowed_ips=["127.0.0.1"])

    after = shop.change(status="suspended")

    assert (after["daily_limit"], after["per_recharge_max"]) == (10**9, 10**6)
    assert after["allowed_ips"] == ["127.0.0.1/32"]
    assert shop.change() == after


def test_changes_at_once_do_not_undo_each_other(deciding: httpx.Client, seller: SellerAtHand) -> None:
    path = f"{V1}/sellers/{seller.id}"

    for amount in range(1, 11):
        with ThreadPoolExecutor(2) as pool:
            changes = ({"daily_limit": amount}, {"per_recharge_max": amount})
            list(pool.map(lambda change: deciding.patch(path, json=change), changes))
        after = ok(deciding.get(path))

        assert (after["daily_limit"], after["per_recharge_max"]) == (amount, amount)


def test_a_suspended_seller_may_read(selling: httpx.Client, shop: Shop, seller: SellerAtHand) -> None:
    shop.change(status="suspended")

    assert ok(selling.get(f"{V1}/sellers/{seller.id}"))["status"] == "suspended"
    assert len(ok(selling.get(f"{V1}/recharges"))["data"]) == 8
    problem(selling.post(f"{V1}/credit-requests", json={"amount": 1}), 403, "seller_suspended")


def test_a_recharge_is_shown_in_the_sellers_numbers(
    deciding: httpx.Client, seller: SellerAtHand, selling: httpx.Client
) -> None:
    sold(selling, amount=100)

    shown = ok(deciding.get(f"{V1}/sellers/{seller.id}"))

    assert (shown["available"], shown["held"], shown["version"]) == (999_900, 0, 2)
