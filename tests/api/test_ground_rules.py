"""What holds on every route: slashes, request ids, times, ids, and how often one may ask."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.api.calls import NOBODY, V1, asked, balance, new_reference, ok, problem, sell, sold
from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.server import Server, serving

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MANY = 100
METHODS = ("get", "post", "patch", "put", "delete")


def calls_of(document: dict[str, Any]) -> list[tuple[str, str]]:  # a JSON object
    """Every method and path of an OpenAPI document, with something in place of its parameters."""
    return [
        (
            method,
            path.replace("{seller_id}", "1")
            .replace("{code}", "nobody")
            .replace("{operator}", "mci")
            .replace("{", "")
            .replace("}", ""),
        )
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def test_a_trailing_slash_is_optional_on_every_route(api: Api) -> None:
    client = api()
    routes = calls_of(ok(client.get("/api/openapi.json")))

    for method, path in routes:
        bare, slashed = (client.request(method, path.rstrip("/") + end) for end in ("", "/"))

        assert bare.status_code == slashed.status_code not in {404, 405, 301, 307}, (method, path)
    assert len(routes) > 20


def test_a_request_id_is_kept(selling: httpx.Client) -> None:
    answer = selling.get(f"{V1}/balance", headers={"Request-Id": "Order-17_a.b"})

    assert answer.headers["Request-Id"] == "Order-17_a.b"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "<script>", "ä"])
def test_a_request_id_that_wont_do_is_replaced(selling: httpx.Client, sent: str) -> None:
    answer = selling.get(f"{V1}/balance", headers=[(b"Request-Id", sent.encode())])

    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answer.headers["Request-Id"])
    assert answer.headers["Request-Id"] != sent


@pytest.mark.parametrize("path", ["/api/health/", "/api/v1/nowhere", "/api/v1/balance", "/api/docs"])
def test_every_answer_carries_a_request_id(api: Api, path: str) -> None:
    first, second = api().get(path), api().get(path)

    assert first.headers["Request-Id"]
    assert first.headers["Request-Id"] != second.headers["Request-Id"]


def test_a_refusal_tells_the_request_id_that_was_sent(api: Api) -> None:
    answer = api().get(f"{V1}/balance", headers={"Request-Id": "mine"})

    assert problem(answer, 401, "unauthenticated")["request_id"] == "mine"


def test_times_are_utc_with_a_z(selling: httpx.Client) -> None:
    recharge, request = sold(selling), asked(selling)

    times = [recharge["created_at"], recharge["updated_at"], request["created_at"], balance(selling)["as_of"]]
    assert all(TIME.fullmatch(each) for each in times), times


def test_ids_are_of_version_seven_and_rise(selling: httpx.Client) -> None:
    made = [sold(selling)["id"], asked(selling)["id"], sold(selling)["id"], asked(selling)["id"]]
    movements = [each["id"] for each in ok(selling.get(f"{V1}/transactions"))["data"]]

    assert {uuid.UUID(each).version for each in made + movements} == {7}
    assert made == sorted(made)
    assert movements == sorted(movements, reverse=True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/recharges", {"phone_number": "09123456789", "amount": 1, "colour": "red"}),
        ("/recharges/batch", {"items": [{}], "colour": "red"}),
        ("/credit-requests", {"amount": 1, "colour": "red"}),
        ("/tokens", {"username": "a", "password": "b", "colour": "red"}),
    ],
)
def test_an_unknown_field_is_refused_and_named(
    selling: httpx.Client, path: str, body: dict[str, object]
) -> None:
    answer = selling.post(V1 + path, json=body, headers={"Idempotency-Key": new_reference()})

    assert problem(answer, 422, "unknown_field")["errors"][0]["field"] == "colour"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/adjustments", {"seller_id": 1, "amount": 1, "reason": "x", "colour": "red"}),
        ("POST", f"/credit-requests/{NOBODY}/reject", {"reason": "x", "colour": "red"}),
        ("POST", f"/recharges/{NOBODY}/reverse", {"reason": "x", "colour": "red"}),
        ("PATCH", "/sellers/1", {"colour": "red"}),
        ("PATCH", "/operators/mci", {"colour": "red"}),
    ],
)
def test_an_unknown_field_of_staff_is_refused_and_named(
    deciding: httpx.Client, method: str, path: str, body: dict[str, object]
) -> None:
    refusal = problem(deciding.request(method, V1 + path, json=body), 422, "unknown_field")

    assert refusal["errors"][0]["field"] == "colour"


def test_every_answer_to_a_key_says_how_much_is_left(selling: httpx.Client) -> None:
    for answer in (sell(selling), selling.get(f"{V1}/balance"), sell(selling, amount=10**9)):
        assert re.fullmatch(r'"key";q=\d+;w=1', answer.headers["RateLimit-Policy"])
        assert re.fullmatch(r'"key";r=\d+;t=1', answer.headers["RateLimit"])


@pytest.fixture(scope="module")
def strict(installation: Installation) -> Iterator[Server]:
    with serving(installation, RATE_LIMIT_PER_SECOND="5", LOGIN_LIMIT_PER_MINUTE="3") as started:
        yield started


def until_refused(client: httpx.Client) -> tuple[int, httpx.Response]:
    """How many sales were not refused for being too many, and the answer to the one that was."""
    for count in range(MANY):
        answer = sell(client)
        if answer.status_code == 429:
            return count, answer
    raise AssertionError("nothing is too many")


def test_past_its_rate_a_key_is_told_when_to_come_back(
    api: Api, new_seller: NewSeller, strict: Server
) -> None:
    served, refused = until_refused(api(new_seller(available=1_000_000), on=strict))

    problem(refused, 429, "rate_limited")
    assert served >= 5
    assert int(refused.headers["Retry-After"]) == 1
    assert '"key";r=0;' in refused.headers["RateLimit"]


def test_after_the_time_it_was_told_a_key_is_served_again(
    api: Api, new_seller: NewSeller, strict: Server
) -> None:
    client = api(new_seller(available=1_000_000), on=strict)
    _, refused = until_refused(client)

    time.sleep(int(refused.headers["Retry-After"]))

    assert sell(client).status_code == 201


def test_one_key_uses_up_nothing_of_anothers(api: Api, new_seller: NewSeller, strict: Server) -> None:
    busy, quiet = api(new_seller(), on=strict), api(new_seller(), on=strict)
    until_refused(busy)

    assert quiet.get(f"{V1}/balance").status_code == 200


def test_passwords_cannot_be_tried_at_will(api: Api, strict: Server) -> None:
    client = api(on=strict)
    guess = {"username": "admin", "password": "wrong"}

    answers = [client.post(f"{V1}/tokens", json=guess) for _ in range(7)]

    refusal = next(answer for answer in answers if answer.status_code == 429)
    problem(refusal, 429, "rate_limited")
    assert 1 <= int(refusal.headers["Retry-After"]) <= 60
    assert '"login";q=3;w=60' in refusal.headers["RateLimit-Policy"]


def test_an_address_cannot_be_faked_to_guess_on(api: Api, serve: Callable[..., Server]) -> None:
    client = api(on=serve(LOGIN_LIMIT_PER_MINUTE="1"))
    guess = {"username": "admin", "password": "wrong"}

    answers = [
        client.post(f"{V1}/tokens", json=guess, headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(4)
    ]

    assert 429 in {answer.status_code for answer in answers}
