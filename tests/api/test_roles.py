"""Sellers do what sellers do, staff what staff do, and what is another's does not exist."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.api.calls import (
    NOBODY,
    V1,
    a_recharge,
    an_item,
    asked,
    new_reference,
    ok,
    problem,
    sell_batch,
    sold,
)
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand

REASON = {"reason": "x"}
OF_STAFF: list[tuple[str, str, dict[str, Any]]] = [
    ("PATCH", "/sellers/{seller}", {"status": "active"}),
    ("POST", "/credit-requests/{request}/approve", {}),
    ("POST", "/credit-requests/{request}/reject", REASON),
    ("POST", "/adjustments", {"seller_id": 1, "amount": 1, "reason": "x"}),
    ("POST", "/recharges/{recharge}/reverse", REASON),
    ("PATCH", "/operators/mci", {"status": "active"}),
    ("POST", "/sellers", {"name": "a", "username": "b-c-d", "password": "correct-horse"}),
]
OF_SELLERS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/recharges", a_recharge()),
    ("POST", "/recharges/batch", {"items": [an_item()]}),
    ("POST", "/credit-requests", {"amount": 1}),
    ("POST", "/credit-requests/{request}/cancel", None),
    ("GET", "/balance", None),
]


def call(client: httpx.Client, method: str, path: str, body: object, **ids: object) -> httpx.Response:
    key = {"Idempotency-Key": new_reference()}
    return client.request(method, V1 + path.format(**ids), json=body, headers=key)


@pytest.mark.parametrize(("method", "path", "body"), OF_STAFF)
def test_a_seller_does_nothing_of_the_staffs(
    selling: httpx.Client, seller: SellerAtHand, method: str, path: str, body: dict[str, Any]
) -> None:
    ids = {"seller": seller.id, "request": asked(selling)["id"], "recharge": sold(selling)["id"]}

    problem(call(selling, method, path, body, **ids), 403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body"), OF_SELLERS)
def test_staff_do_nothing_of_the_sellers(
    deciding: httpx.Client, selling: httpx.Client, method: str, path: str, body: dict[str, Any] | None
) -> None:
    request = asked(selling)["id"]

    for _ in range(2):  # known by its database, then remembered
        problem(call(deciding, method, path, body, request=request), 403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body"), [*OF_STAFF, *OF_SELLERS])
def test_without_a_key_nothing_is_done(api: Api, method: str, path: str, body: dict[str, Any] | None) -> None:
    answer = call(api(), method, path, body, seller=1, request=NOBODY, recharge=NOBODY)

    problem(answer, 401, "unauthenticated")


MAKE: dict[str, Callable[[httpx.Client], dict[str, Any]]] = {  # JSON objects
    "/recharges": sold,
    "/credit-requests": asked,
}


@pytest.mark.parametrize("path", MAKE)
def test_what_is_anothers_does_not_exist(
    api: Api, selling: httpx.Client, new_seller: NewSeller, path: str
) -> None:
    theirs = MAKE[path](selling)["id"]
    stranger = api(new_seller(available=1))
    stranger.headers["Request-Id"] = "one"

    answer = stranger.get(f"{V1}{path}/{theirs}")

    problem(answer, 404, "not_found")
    for nothing in (NOBODY, theirs[:-8] + "ffffffff", "x"):
        assert stranger.get(f"{V1}{path}/{nothing}").content == answer.content


def test_a_request_of_another_cannot_be_cancelled(
    api: Api, selling: httpx.Client, new_seller: NewSeller
) -> None:
    request = asked(selling)["id"]
    stranger = api(new_seller())
    stranger.headers["Request-Id"] = "one"

    answer = stranger.post(f"{V1}/credit-requests/{request}/cancel")

    problem(answer, 404, "not_found")
    assert answer.content == stranger.post(f"{V1}/credit-requests/{NOBODY}/cancel").content
    assert ok(selling.get(f"{V1}/credit-requests/{request}"))["status"] == "pending"


@pytest.mark.parametrize("path", ["/recharges", "/credit-requests", "/transactions"])
def test_a_list_of_another_does_not_exist(
    api: Api, seller: SellerAtHand, new_seller: NewSeller, path: str
) -> None:
    stranger = api(new_seller())
    stranger.headers["Request-Id"] = "one"

    answer = stranger.get(f"{V1}{path}?seller_id={seller.id}")

    problem(answer, 404, "not_found")
    assert answer.content == stranger.get(f"{V1}{path}?seller_id=4000000000").content


@pytest.mark.parametrize("path", MAKE)
def test_a_page_beside_anothers_row_shows_only_ones_own(
    api: Api, selling: httpx.Client, new_seller: NewSeller, path: str
) -> None:
    theirs = MAKE[path](selling)["id"]
    stranger = api(new_seller())

    for edge in ("starting_after", "ending_before"):
        assert ok(stranger.get(f"{V1}{path}?{edge}={theirs}"))["data"] == []


def test_two_sellers_may_use_the_same_reference(
    api: Api, selling: httpx.Client, new_seller: NewSeller
) -> None:
    first = sold(selling, "the-same")

    second = sold(api(new_seller(available=5_000)), "the-same")

    assert first["id"] != second["id"]


def test_a_user_of_no_seller_who_is_not_staff_sees_nothing(
    api: Api, selling: httpx.Client, new_staff: Any, owner: Any
) -> None:
    former: StaffAtHand = new_staff()
    owner.execute(
        "UPDATE sellers_user SET is_staff = false, is_superuser = false WHERE id = %s", [former.user_id]
    )
    sold(selling)
    asked(selling)

    for path in ("/recharges", "/credit-requests", "/sellers"):
        problem(api(former).get(V1 + path), 403, "forbidden")
    problem(api(former).get("/api/balance/verify/"), 403, "forbidden")


def test_staff_see_everybodys(deciding: httpx.Client, selling: httpx.Client, seller: SellerAtHand) -> None:
    recharge, request = sold(selling), asked(selling)

    assert ok(deciding.get(f"{V1}/recharges/{recharge['id']}")).items() >= recharge.items()
    assert ok(deciding.get(f"{V1}/recharges?seller_id={seller.id}"))["data"] == [recharge]
    assert ok(deciding.get(f"{V1}/credit-requests/{request['id']}")) == request
    assert recharge in ok(deciding.get(f"{V1}/recharges"))["data"]


def test_staff_in_a_batch_are_refused_as_a_whole(deciding: httpx.Client, selling: httpx.Client) -> None:
    assert [result["status"] for result in sell_batch(selling, [an_item()])] == [201]

    answer = deciding.post(f"{V1}/recharges/batch", json={"items": [an_item()]})

    problem(answer, 403, "forbidden")
