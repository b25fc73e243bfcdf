"""PayLedger: registration, log-in, charges, credit requests and the journal, by its own paths."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from tests.systems.curl import Answer, Call, calling

CHARGE = '{"phone_number": "09123456789", "amount": 50000.00}'
REQUESTS = "/api/payments/credit-requests/"
NOBODY = "01920000-0000-7000-8000-00007fffffff"
KEYS_AT_MOST = 50


def log_in(call: Call, username: str, password: str) -> Answer:
    return call("POST /api-token-auth/", json.dumps({"username": username, "password": password}))


def asked(call: Call, seller: SellerAtHand) -> str:
    """The path of a new request."""
    answer = call(f"POST {REQUESTS}", '{"amount": 50000.00}', by=seller)
    assert answer.status == 201, answer
    return f"{REQUESTS}{answer.body['id']}"


def balance(call: Call, seller: SellerAtHand) -> int:
    (shown,) = call("GET /api/sellers/", by=seller).body["data"]
    available: int = shown["available"]
    return available


def test_a_username_and_a_password_give_a_key_that_works(call: Call, seller: SellerAtHand) -> None:
    answer = log_in(call, seller.username, seller.password)

    assert answer.status == 200
    assert answer.body.keys() == {"token"}
    assert call("GET /api/sellers/", by=str(answer.body["token"])).status == 200


def test_the_slash_at_the_end_may_be_left_out(call: Call, seller: SellerAtHand) -> None:
    body = {"username": seller.username, "password": seller.password}

    assert call("POST /api-token-auth", json.dumps(body)).status == 200
    assert call("GET /api/payments/transactions", by=seller).status == 200


@pytest.mark.parametrize("wrong", ["username", "password"])
def test_a_wrong_password_and_an_unknown_seller_are_told_alike(
    call: Call, seller: SellerAtHand, wrong: str
) -> None:
    written = {"username": seller.username, "password": seller.password, wrong: "not-this-one"}

    answer = log_in(call, **written)

    assert answer.status == 400
    assert answer.body == {"non_field_errors": ["Unable to log in with provided credentials."]}


def test_a_client_that_logs_in_every_day_is_never_locked_out(
    call: Call,
    seller: SellerAtHand,
    people: Any,  # a module
) -> None:
    user = people.User.objects.get(pk=seller.user_id)
    for _ in range(KEYS_AT_MOST - 1):  # as many days, and the seller has a key of its own
        people.tokens.issue(user=user, label="api-token-auth", now=timezone.now())

    answer = log_in(call, seller.username, seller.password)

    assert answer.status == 200
    assert call("GET /api/sellers/", by=str(answer.body["token"])).status == 200
    assert call("GET /api/sellers/", by=seller).status == 200  # a key made otherwise gives no way


def test_log_ins_are_counted(serve: Callable[..., Server]) -> None:
    strict = calling(serve(LOGIN_LIMIT_PER_MINUTE="1"))

    answers = [log_in(strict, "somebody", "wrong") for _ in range(3)]

    (*_, refused) = [answer for answer in answers if answer.status != 400]
    assert (refused.status, refused.body["code"]) == (429, "rate_limited")
    assert "retry-after" in refused.headers


@pytest.mark.parametrize("who", ["staff", "anyone"])
def test_a_seller_registers_where_registration_is_open_or_staff_do_it(
    serve: Callable[..., Server], staff: StaffAtHand, call: Call, who: str
) -> None:
    registering = call if who == "staff" else calling(serve(OPEN_REGISTRATION="true"))
    body = {"username": f"shop-of-{who}", "password": "Corner-Shop-4711", "name": "Corner shop"}

    answer = registering("POST /api/sellers/", json.dumps(body), by=staff if who == "staff" else None)

    assert answer.status == 201
    assert answer.body.items() >= {"name": "Corner shop", "available": 0, "status": "active"}.items()
    assert log_in(call, body["username"], body["password"]).status == 200


def test_nobody_registers_where_registration_is_closed(call: Call, seller: SellerAtHand) -> None:
    body = '{"username": "another-shop", "password": "Another-Shop-4711"}'

    assert call("POST /api/sellers/", body).status == 401
    assert call("POST /api/sellers/", body, by=seller).status == 403


def test_a_name_that_is_left_out_is_the_username(call: Call, staff: StaffAtHand) -> None:
    body = '{"username": "nameless", "password": "Nameless-Shop-4711"}'

    assert call("POST /api/sellers/", body, by=staff).body["name"] == "nameless"
    again = call("POST /api/sellers/", body, by=staff)
    assert (again.status, again.body["errors"][0]["field"]) == (422, "username")


def test_sellers_are_listed(call: Call, seller: SellerAtHand, staff: StaffAtHand) -> None:
    own = call("GET /api/sellers/", by=seller)
    every = call("GET /api/sellers/", by=staff)

    assert [each["id"] for each in own.body["data"]] == [seller.id]
    assert seller.id in [each["id"] for each in every.body["data"]]
    assert call("GET /api/sellers/").status == 401


def test_a_phone_is_charged(call: Call, seller: SellerAtHand) -> None:
    answer = call("POST /api/payments/phone-charge/", CHARGE, by=seller)

    assert answer.status == 201
    expected = {"phone_number": "+989123456789", "amount": 50_000, "balance_after": 950_000}
    assert answer.body.items() >= expected.items()
    assert balance(call, seller) == 950_000


def test_a_credit_request_is_made_and_approved_once(
    call: Call, seller: SellerAtHand, staff: StaffAtHand
) -> None:
    path = asked(call, seller)

    first, second = (call(f"POST {path}/approve/", by=staff) for _ in range(2))

    assert (first.status, first.body["status"], first.body["amount"]) == (200, "approved", 50_000)
    assert (second.status, second.body["code"]) == (409, "already_decided")
    assert balance(call, seller) == 1_050_000


@pytest.mark.parametrize(
    ("body", "reason"), [(None, "no reason was given"), ('{"reason": "no transfer"}', "no transfer")]
)
def test_a_credit_request_is_rejected_with_a_reason_or_without(
    call: Call, seller: SellerAtHand, staff: StaffAtHand, body: str | None, reason: str
) -> None:
    path = asked(call, seller)

    answer = call(f"POST {path}/reject/", body, by=staff)

    assert (answer.status, answer.body["status"], answer.body["reason"]) == (200, "rejected", reason)
    assert call(f"POST {path}/reject/", body, by=staff).status == 409
    assert call(f"POST {path}/approve/", by=staff).status == 409
    assert balance(call, seller) == 1_000_000


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_seller_decides_nothing_and_staff_nothing_of_an_unknown_seller(
    call: Call, seller: SellerAtHand, colleague: str, staff: StaffAtHand, verb: str
) -> None:
    path = asked(call, seller)
    own = [call(f"POST {path}/{verb}/", by=by) for by in (seller, colleague)]
    unknown = call(f"POST {REQUESTS}{NOBODY}/{verb}/", by=staff)

    assert [(each.status, each.body["code"]) for each in own] == [(403, "forbidden")] * 2
    assert (unknown.status, unknown.body["code"]) == (404, "not_found")


def test_the_journal_is_listed_with_balances_before_and_after(call: Call, seller: SellerAtHand) -> None:
    call("POST /api/payments/phone-charge/", CHARGE, by=seller)

    answer = call("GET /api/payments/transactions/", by=seller)

    assert answer.status == 200
    sale, credit = answer.body["data"]
    assert (sale["type"], sale["balance_before"], sale["balance_after"]) == ("recharge", 1_000_000, 950_000)
    assert (credit["type"], credit["balance_before"], credit["balance_after"]) == ("credit", 0, 1_000_000)


def test_the_journal_of_another_seller_is_not_found(
    call: Call, seller: SellerAtHand, staff: StaffAtHand, new_seller: NewSeller
) -> None:
    path = f"GET /api/payments/transactions/?seller_id={seller.id}"

    assert call(path, by=new_seller()).status == 404
    assert len(call(path, by=staff).body["data"]) == 1
