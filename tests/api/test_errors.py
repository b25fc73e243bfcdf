"""Every error of the table can be met through HTTP, and comes as the table says.

`CASES` makes each once. Those that need something broken break it, in an installation of their own.
"""

import html
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from tests.api.calls import (
    NOBODY,
    V1,
    a_recharge,
    adjust,
    asked,
    created,
    decide,
    new_reference,
    problem,
    reverse,
    sell,
    sold,
)
from tests.conftest import Api, NewSeller
from tests.support.installation import Installation, installed
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server, serving
from topup.api.errors import MEANINGS, OUTCOMES, Code
from topup.ledger.outcomes import DONE, Outcome
from topup.trips import Connection

PASSWORD = "correct-horse-battery"


class World:
    """A seller and staff with their clients."""

    def __init__(self, api: Api, seller: SellerAtHand, deciding: httpx.Client) -> None:
        self.seller = seller
        self.nobody, self.selling, self.deciding = api(), api(seller), deciding

    def post(self, path: str, **request: object) -> httpx.Response:
        headers = {"Idempotency-Key": new_reference()}
        return self.selling.post(V1 + path, **{"headers": headers, **request})  # type: ignore[arg-type]  # httpx's own arguments

    def suspend(self) -> None:
        self.change(status="suspended")

    def change(self, **what: object) -> None:
        changed = self.deciding.patch(f"{V1}/sellers/{self.seller.id}", json=what)
        assert changed.status_code == 200, changed.text


@pytest.fixture
def world(api: Api, seller: SellerAtHand, deciding: httpx.Client) -> World:
    return World(api, seller, deciding)


def suspended(world: World) -> httpx.Response:
    world.suspend()
    return sell(world.selling)


def from_elsewhere(world: World) -> httpx.Response:
    world.change(allowed_ips=["192.0.2.0/24"])
    return sell(world.selling)


def over_a_limit(world: World) -> httpx.Response:
    world.change(per_recharge_max=1)
    return sell(world.selling)


def decided_twice(world: World) -> httpx.Response:
    request = asked(world.selling)
    decide(world.deciding, request["id"], "reject")
    return decide(world.deciding, request["id"], "approve")


def sold_a_moment_ago(world: World) -> httpx.Response:
    world.change(duplicate_window_s=60)
    sold(world.selling)
    return sell(world.selling)


def reversed_twice(world: World) -> httpx.Response:
    recharge = sold(world.selling)
    reverse(world.deciding, recharge["id"])
    return reverse(world.deciding, recharge["id"])


def disputed_twice(world: World) -> httpx.Response:
    path = f"/recharges/{sold(world.selling)['id']}/disputes"
    world.post(path, json={"reason": "it never came"})
    return world.post(path, json={"reason": "it never came"})


def key_of_another_request(world: World) -> httpx.Response:
    recharge = sold(world.selling)
    return sell(world.selling, recharge["reference"], amount=6_000)


CASES: dict[Code, Callable[[World], httpx.Response]] = {
    Code.MALFORMED_JSON: lambda w: w.post("/recharges", content=b"{"),
    Code.MISSING_IDEMPOTENCY_KEY: lambda w: w.post("/recharges", json=a_recharge(), headers={}),
    Code.INVALID_IDEMPOTENCY_KEY: lambda w: sell(w.selling, "x" * 256),
    Code.UNAUTHENTICATED: lambda w: sell(w.nobody),
    Code.INSUFFICIENT_BALANCE: lambda w: sell(w.selling, amount=1_000_001),
    Code.FORBIDDEN: lambda w: adjust(w.selling, w.seller.id, 1),
    Code.SELLER_SUSPENDED: suspended,
    Code.IP_NOT_ALLOWED: from_elsewhere,
    Code.NOT_FOUND: lambda w: w.selling.get(f"{V1}/recharges/{NOBODY}"),
    Code.METHOD_NOT_ALLOWED: lambda w: w.selling.delete(f"{V1}/recharges"),
    Code.BODY_TOO_LARGE: lambda w: w.post("/recharges", content=b" " * 2**20),
    Code.UNSUPPORTED_MEDIA_TYPE: lambda w: w.post("/recharges", data={"amount": "1"}),
    Code.ALREADY_DECIDED: decided_twice,
    Code.DUPLICATE_RECHARGE: sold_a_moment_ago,
    Code.NOT_REVERSIBLE: reversed_twice,
    Code.NOT_OPEN: disputed_twice,
    Code.VALIDATION_ERROR: lambda w: sell(w.selling, amount=0),
    Code.UNKNOWN_FIELD: lambda w: sell(w.selling, colour="red"),
    Code.IDEMPOTENCY_MISMATCH: key_of_another_request,
    Code.LIMIT_EXCEEDED: over_a_limit,
    Code.UNKNOWN_OPERATOR: lambda w: sell(w.selling, operator="nobody"),
}
ELSEWHERE = {
    Code.CSRF_FAILED: "tests/api/test_sessions.py",
    Code.RATE_LIMITED: "tests/api/test_ground_rules.py",
    Code.OVERLOADED: "test_a_book_that_stays_locked_is_answered_503",
    Code.INTERNAL_ERROR: "test_what_nobody_foresaw_is_answered_500_and_nothing_is_told",
    Code.DATABASE_UNAVAILABLE: "test_without_its_database_every_route_answers_503",
}


@pytest.mark.parametrize("code", CASES)
def test_an_error_comes_with_its_status_and_its_form(world: World, code: Code) -> None:
    problem(CASES[code](world), MEANINGS[code].status, code)


def test_every_code_is_produced_by_a_test() -> None:
    assert CASES.keys() | ELSEWHERE.keys() == set(Code) == MEANINGS.keys()


def test_every_outcome_has_its_code() -> None:
    assert OUTCOMES.keys() | DONE | {Outcome.PROPOSED} == set(Outcome)


def test_the_table_is_the_contracts() -> None:
    statuses = {code: meaning.status for code, meaning in MEANINGS.items()}
    contract = {
        400: {"malformed_json", "missing_idempotency_key", "invalid_idempotency_key"},
        401: {"unauthenticated"},
        402: {"insufficient_balance"},
        403: {"forbidden", "seller_suspended", "csrf_failed", "ip_not_allowed"},
        404: {"not_found"},
        405: {"method_not_allowed"},
        409: {"already_decided", "duplicate_recharge", "not_reversible", "not_open"},
        413: {"body_too_large"},
        415: {"unsupported_media_type"},
        422: {
            "validation_error", "unknown_field", "idempotency_mismatch", "limit_exceeded", "unknown_operator",
        },
        429: {"rate_limited"},
        500: {"internal_error"},
        503: {"overloaded", "database_unavailable"},
    }  # fmt: skip

    assert statuses == {Code(name): status for status, names in contract.items() for name in names}


def test_a_refusal_for_lack_of_money_says_how_much_there_is(selling: httpx.Client) -> None:
    refusal = problem(sell(selling, amount=1_000_001), 402, "insufficient_balance")

    assert (refusal["available"], refusal["required"], refusal["currency"]) == (1_000_000, 1_000_001, "IRR")


def test_a_refusal_over_a_limit_says_what_is_left(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=100_000, daily_limit=8_000))
    sold(client)

    refusal = problem(sell(client), 422, "limit_exceeded")

    assert (refusal["limit"], refusal["remaining"]) == (8_000, 3_000)


def test_a_method_that_is_not_allowed_says_which_are(selling: httpx.Client) -> None:
    answer = selling.put(f"{V1}/recharges")

    problem(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_without_a_key_it_says_how_to_send_one(api: Api) -> None:
    answer = api().get(f"{V1}/balance")

    problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"]


LOCKED: dict[str, Callable[[World], httpx.Response]] = {
    "a sale": lambda w: sell(w.selling),
    "an adjustment": lambda w: adjust(w.deciding, w.seller.id, 1),
    "an approval": lambda w: decide(w.deciding, asked(w.selling)["id"], "approve"),
    "a limit": lambda w: w.deciding.patch(f"{V1}/sellers/{w.seller.id}", json={"daily_limit": 1}),
}


@pytest.mark.parametrize("what", LOCKED)
def test_a_book_that_stays_locked_is_answered_503(world: World, owner: Connection, what: str) -> None:
    with owner.transaction():
        owner.execute("SELECT FROM ledger.book WHERE seller_id = %s FOR UPDATE", [world.seller.id])
        answer = LOCKED[what](world)

    problem(answer, 503, "overloaded")
    assert answer.headers["Retry-After"]
    assert LOCKED[what](world).status_code < 300  # as soon as the lock is gone


@pytest.fixture
def broken() -> Iterator[Installation]:
    """An installation that tests may break."""
    with installed() as made:
        yield made


@pytest.fixture
def breaking(broken: Installation) -> Iterator[Server]:
    with serving(broken, OPEN_REGISTRATION="true") as server:
        yield server


@pytest.fixture
def victim(breaking: Server) -> Iterator[httpx.Client]:
    """A client of a seller of that installation, whose key its server remembers."""
    login = {"username": "victim", "password": PASSWORD}
    with httpx.Client(base_url=breaking.url, timeout=30) as client:
        created(client.post(f"{V1}/sellers", json={"name": "Victim", **login}))
        key = created(client.post(f"{V1}/tokens", json=login))["token"]
        client.headers["Authorization"] = f"Bearer {key}"
        problem(sell(client), 402, "insufficient_balance")
        yield client


UNFORESEEN = [
    ("EXECUTE ON FUNCTION credit.ask_v2", "/credit-requests", {"amount": 1}),
    ("UPDATE (lockable) ON ledger.book", "/recharges", a_recharge()),
]


@pytest.mark.parametrize(("right", "path", "body"), UNFORESEEN)
def test_what_nobody_foresaw_is_answered_500_and_nothing_is_told(
    broken: Installation, breaking: Server, victim: httpx.Client, right: str, path: str, body: object
) -> None:
    key = {"Idempotency-Key": "unforeseen"}
    with closing(broken.connect("owner")) as owner:
        owner.execute(f"REVOKE {right} FROM topup_app".encode())
        answer = victim.post(V1 + path, json=body, headers=key)
        owner.execute(f"GRANT {right} TO topup_app".encode())

    refusal = problem(answer, 500, "internal_error")
    assert refusal["request_id"] in breaking.tail()  # where the reason is
    assert victim.post(V1 + path, json=body, headers=key).status_code in {201, 402}


AWAY = [
    ("POST", "/recharges", a_recharge()),
    ("GET", "/recharges", None),
    ("GET", "/balance", None),
    ("POST", "/credit-requests", {"amount": 1}),
    ("GET", "/operators", None),
    ("GET", "/tokens", None),
    ("POST", "/tokens", {"username": "victim", "password": PASSWORD}),
    ("POST", "/sellers", {"name": "Late", "username": "late", "password": PASSWORD}),
]


def test_without_its_database_every_route_answers_503(broken: Installation, victim: httpx.Client) -> None:
    broken.stop_database()

    def send(call: tuple[str, str, object]) -> httpx.Response:
        method, path, body = call
        return victim.request(method, V1 + path, json=body, headers={"Idempotency-Key": "away"})

    with ThreadPoolExecutor(len(AWAY)) as pool:
        answers = list(pool.map(send, AWAY))

    told = {
        f"{method} {path}": answer.status_code
        for (method, path, _), answer in zip(AWAY, answers, strict=True)
    }
    assert told == dict.fromkeys(told, 503)
    for answer in answers:
        problem(answer, 503, "database_unavailable")
        assert answer.headers["Retry-After"]
    assert victim.get("/api/health/").status_code == 503


def test_the_type_of_every_problem_leads_to_its_explanation(api: Api) -> None:
    page = api().get("/docs/errors")

    assert page.status_code == 200
    for code, meaning in MEANINGS.items():
        assert f'id="{code}"' in page.text
        assert html.escape(meaning.title) in page.text
