"""Every movement, refusal, log-in, key, decision and refused request leaves its line, and no secret."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from tests.telemetry import scenes
from topup.telemetry.writer import Log

UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NUMBER = "09123456789"
PERSIAN = "۰۹۱۲۳۴۵۶۷۸۹"
PRICE = 50_000


@pytest.fixture
def log(installation: Installation) -> Callable[[Log], Path]:
    return lambda name: installation.config.logs / name


def sell(
    client: httpx.Client, reference: str, *, number: str = NUMBER, amount: int = PRICE
) -> httpx.Response:
    return client.post(
        "/api/v1/recharges",
        json={"phone_number": number, "amount": amount},
        headers={"Idempotency-Key": reference, "Request-Id": f"of-{reference}"},
    )


def of_seller(seller: SellerAtHand) -> Callable[[scenes.Line], bool]:
    return lambda line: line.get("seller_id") == seller.id


def of_request(request_id: str) -> Callable[[scenes.Line], bool]:
    return lambda line: line.get("request_id") == request_id


def test_a_sale_leaves_one_line(api: Api, new_seller: NewSeller, log: Callable[[Log], Path]) -> None:
    seller = new_seller(available=PRICE)

    sold = sell(api(seller), f"sale-{seller.id}").json()

    written = scenes.awaited(log(Log.TRANSACTIONS), lambda line: line.get("id") == sold["id"])
    (line,) = written
    assert UTC.fullmatch(line.pop("time"))
    assert line == {
        "event": "movement", "outcome": "posted", "kind": "recharge", "seller_id": seller.id,
        "user_id": seller.user_id, "amount": PRICE, "currency": "IRR", "version": 2, "id": sold["id"],
        "reference": f"sale-{seller.id}", "phone": "+98912*****89", "request_id": f"of-sale-{seller.id}",
    }  # fmt: skip


def test_a_refusal_and_a_replay_leave_their_lines(
    api: Api, new_seller: NewSeller, log: Callable[[Log], Path]
) -> None:
    seller = new_seller(available=PRICE)
    sell(api(seller), "first")

    sell(api(seller), "first")
    sell(api(seller), "second")

    ours = scenes.awaited(log(Log.TRANSACTIONS), of_seller(seller), count=4)
    told = [(line["event"], line["outcome"], line.get("reference", "")) for line in ours]
    assert told == [
        ("movement", "posted", ""),
        ("movement", "posted", "first"),
        ("replay", "replayed", "first"),
        ("refusal", "insufficient_balance", "second"),
    ]


def test_requests_at_the_same_time_keep_their_own_ids(
    api: Api, new_seller: NewSeller, log: Callable[[Log], Path]
) -> None:
    seller = new_seller(available=40 * PRICE)
    items = [{"phone_number": NUMBER, "amount": PRICE, "reference": f"b-{n}"} for n in range(20)]
    api(seller).post("/api/v1/recharges/batch", json={"items": items}, headers={"Request-Id": "of-batch"})
    sell(api(seller), "alone")

    ours = scenes.awaited(log(Log.TRANSACTIONS), of_seller(seller), count=22)
    ids = [line.get("request_id") for line in ours]

    assert (ids.count("of-batch"), ids.count("of-alone")) == (20, 1)


def test_a_decision_is_told_with_who_decided(
    api: Api, new_seller: NewSeller, staff: StaffAtHand, log: Callable[[Log], Path]
) -> None:
    seller = new_seller()
    asked = [api(seller).post("/api/v1/credit-requests", json={"amount": PRICE}).json()["id"] for _ in "123"]

    api(staff).post(f"/api/v1/credit-requests/{asked[0]}/approve")
    api(staff).post(f"/api/v1/credit-requests/{asked[1]}/reject", json={"reason": "no transfer"})
    api(seller).post(f"/api/v1/credit-requests/{asked[2]}/cancel")
    sold = sell(api(seller), "to reverse").json()["id"]
    api(staff).post(f"/api/v1/recharges/{sold}/reverse", json={"reason": "by mistake"})
    adjusted = {"seller_id": seller.id, "amount": -PRICE, "reason": "fee"}
    adjustment = api(staff).post("/api/v1/adjustments", json=adjusted).json()["id"]

    ours = scenes.awaited(
        log(Log.SECURITY), lambda line: line["event"] == "decided" and line["seller_id"] == seller.id, count=5
    )
    assert [(line["decision"], line["object_id"], line["user_id"]) for line in ours] == [
        ("approve", asked[0], staff.user_id),
        ("reject", asked[1], staff.user_id),
        ("cancel", asked[2], seller.user_id),
        ("reverse", sold, staff.user_id),
        ("adjust", adjustment, staff.user_id),
    ]


def test_log_ins_and_keys_are_told(api: Api, new_seller: NewSeller, log: Callable[[Log], Path]) -> None:
    seller = new_seller()
    wrong = {"username": seller.username, "password": "a-wrong-password"}
    api().post("/api/v1/tokens", json=wrong)
    made = api().post("/api/v1/tokens", json={**wrong, "password": seller.password}).json()

    api(seller).delete(f"/api/v1/tokens/{made['id']}")

    def ours(line: scenes.Line) -> bool:
        return line.get("username") == seller.username or line.get("key_id") == made["id"]

    told = [line["event"] for line in scenes.awaited(log(Log.SECURITY), ours, count=4)]
    assert told == ["login failed", "logged in", "key issued", "key revoked"]


def _log_in(browser: httpx.Client, staff: StaffAtHand, password: str) -> httpx.Response:
    browser.get("/account/login/")
    form = {"login": staff.username, "password": password}
    return browser.post("/account/login/", data={**form, "csrfmiddlewaretoken": browser.cookies["csrftoken"]})


def test_a_log_in_at_the_console_is_told(
    server: Server, staff: StaffAtHand, log: Callable[[Log], Path]
) -> None:
    with httpx.Client(base_url=server.url) as browser:
        answers = [_log_in(browser, staff, password) for password in ("a-wrong-password", staff.password)]

    request_id = answers[-1].headers["Request-Id"]
    (came,) = scenes.awaited(log(Log.SECURITY), of_request(request_id))
    assert (came["event"], came["user_id"], came["by"]) == ("logged in", staff.user_id, "console")
    assert scenes.awaited(
        log(Log.SECURITY),
        lambda line: (line["event"], line.get("username")) == ("login failed", staff.username),
    )


@pytest.mark.parametrize(
    ("path", "method", "code", "route"),
    [
        ("/api/v1/balance", "GET", "unauthenticated", "/api/v1/balance"),
        ("/api/v1/recharges", "POST", "unauthenticated", "/api/v1/recharges"),
        ("/api/v1/recharges/0192f3a4-0000-7000-8000-000000000001", "GET", "unauthenticated", None),
    ],
)
def test_a_request_that_is_turned_away_is_told(
    api: Api, log: Callable[[Log], Path], path: str, method: str, code: str, route: str | None
) -> None:
    answer = api().request(method, path, json={})

    request_id = answer.headers["Request-Id"]
    (line,) = scenes.awaited(log(Log.SECURITY), of_request(request_id))
    assert (line["event"], line["status"], line["code"]) == ("turned away", 401, code)
    assert line["route"] == route or ("{" in line["route"] and route is None)


def test_staff_only_and_a_suspended_seller_are_told(
    api: Api, new_seller: NewSeller, log: Callable[[Log], Path]
) -> None:
    seller = new_seller(active=False)

    refused = [
        api(seller).post("/api/v1/adjustments", json={}).headers["Request-Id"],
        sell(api(seller), "suspended").headers["Request-Id"],
    ]

    for request_id in refused:
        (line,) = scenes.awaited(log(Log.SECURITY), of_request(request_id))
        assert (line["status"], line.get("seller_id")) == (403, seller.id)


def test_the_servers_own_lines_are_utc_json(server: Server, log: Callable[[Log], Path]) -> None:
    started = scenes.awaited(log(Log.APPLICATION), lambda line: line["logger"] == "topup.management.serve")

    assert all(UTC.fullmatch(line["time"]) for line in started)


def test_an_error_is_in_error_log_with_its_traceback_and_no_secret(log: Callable[[Log], Path]) -> None:
    try:
        raise ValueError(f"{NUMBER} of postgresql://user:hunter2@db/topup")
    except ValueError:
        logging.getLogger("topup.example").exception("it failed\nfor {}", extra={"number": PERSIAN})

    (line,) = scenes.awaited(log(Log.ERROR), lambda line: line["logger"] == "topup.example")
    assert line["event"] == "it failed\nfor {}"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ValueError: +98912*****89 of postgresql://user:[redacted]@db/topup")


def test_no_secret_is_in_any_log_after_a_whole_day(
    api: Api, new_seller: NewSeller, staff: StaffAtHand, installation: Installation, server: Server
) -> None:
    seller = new_seller(available=PRICE)
    for number in (NUMBER, PERSIAN, "+98 912 345 6789"):
        sell(api(seller), f"{NUMBER}-{number == PERSIAN}", number=number)
        api(seller).get("/api/v1/recharges", params={"phone_number": number})
        api(staff).get(f"/api/nowhere/{number}")
        api().get(f"/admin/{number}/", headers={"Cookie": "sessionid=a-session-of-mine"})
        httpx.post(f"{server.url}/account/login/", data={"username": number, "password": seller.password})
    api().post("/api/v1/tokens", json={"username": NUMBER, "password": seller.password})
    made = (
        api().post("/api/v1/tokens", json={"username": seller.username, "password": seller.password}).json()
    )
    scenes.awaited(installation.config.logs / Log.SECURITY, lambda line: line.get("key_id") == made["id"])

    logs = {file.name: file.read_text("utf-8") for file in installation.config.logs.iterdir()}
    logs["stderr"] = server.log.read_text("utf-8")
    secrets = (NUMBER[1:], PERSIAN[1:], seller.key, seller.password, staff.key, staff.password, made["token"])
    forbidden = (*secrets, "tk_", "a-session-of-mine", "98+912+345", "912 345")
    lines = [line for text in logs.values() for line in text.splitlines()]
    assert [line for line in lines if any(word in line for word in forbidden)] == []
