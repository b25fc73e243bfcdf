"""Whatever the OpenAPI document allows, and whatever it forbids, is answered as the document says.

Schemathesis makes up requests from the document of a running server, and every field of it is sent every
hostile value there is here: nothing breaks, nothing is told of what is inside, and the books are right
afterwards. All this in an installation of its own: it would switch operators off that other tests sell by.
Each operation is called by who may call it, as the table of answers says.
"""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest

from tests.api.calls import LEAKS
from tests.attack import hostile, table
from tests.attack.table import CALLERS
from tests.recharges.place import Place, assert_books_are_right, opened
from topup.api.pages import MAX_PAGE

EXAMPLES = "1"
"""Requests of each operation that are made up; those that try its limits are some thousand already."""
TIMEOUT_S = 540
"""Ten times what it takes on a machine with nothing else to do."""
PASSED_OVER = "positive_data_acceptance,allow_header_conformance"
"""No document can say which numbers an operator has or which requests are pending, so a refusal of what it
allows is no fault; and Litestar answers OPTIONS with the methods of a path's first handler alone."""
UNNAMED = "is_superuser"
KINDS = {"recharge_id": "/recharges", "request_id": "/credit-requests", "token_id": "/tokens"}


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with opened() as made:
        yield made


@pytest.fixture(scope="module")
def document(place: Place) -> dict[str, Any]:  # a JSON object
    read: dict[str, Any] = place.staff.get("/api/openapi.json").raise_for_status().json()
    return read


@cache
def admitted(name: str) -> str | None:
    """Who is let in to this operation: the owner before the admin."""
    answers = {row.name: row.answers for row in table.rows()}[name]
    return next(
        (who for who in ("owner", "admin") if answers[CALLERS.index(who)] not in {"401", "403"}), None
    )


def client_of(place: Place, name: str) -> httpx.Client:
    return place.staff if admitted(name) == "admin" else place.shops[0].client


@pytest.mark.parametrize("caller", ["owner", "admin"])
def test_every_operation_keeps_to_its_document(
    place: Place,
    document: dict[str, Any],  # a JSON object
    caller: str,
) -> None:
    names = [call.name for call in hostile.calls(document) if (admitted(call.name) or "owner") == caller]

    done = schemathesis(place, names, key=client_of(place, names[0]).headers["Authorization"])

    assert done.returncode == 0, done.stdout + done.stderr


def schemathesis(place: Place, names: list[str], *, key: str) -> "subprocess.CompletedProcess[str]":
    """Its command, as a developer would type it, about the operations of these names."""
    words = [
        *("run", f"{place.server.url}/api/openapi.json", "--header", f"Authorization: {key}"),
        *("--phases", "coverage,fuzzing", "--max-examples", EXAMPLES, "--exclude-checks", PASSED_OVER),
        *("--generation-deterministic", "--no-shrink", "--no-color", "--warnings", "off"),
        *("--request-timeout", "30"),
        *(word for name in names for word in ("--include-name", name)),
    ]
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *words],
        cwd=place.installation.home,
        env=place.installation.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


def test_no_field_takes_a_hostile_value_badly(place: Place, document: dict[str, Any]) -> None:
    sent = 0
    for call in hostile.calls(document):
        client, path = client_of(place, call.name), path_of(place, call)
        for number, body in enumerate(hostile.bodies(call)):
            headers = {"Content-Type": "application/json", "Idempotency-Key": f"{call.name} {number}"}
            assert_harmless(client.request(call.verb, path, content=body, headers=headers), call, body)
            sent += 1

    assert sent > 2_000
    assert_books_are_right(place)


def test_no_operation_takes_a_field_that_it_does_not_name(place: Place, document: dict[str, Any]) -> None:
    """Such as a role, or another's money: what a form of theirs does not have, nobody can set."""
    taking = [call for call in hostile.calls(document) if call.sample]
    for call in taking:
        body = {UNNAMED: True, **call.sample}
        answer = client_of(place, call.name).request(call.verb, path_of(place, call), json=body)
        assert (answer.status_code, UNNAMED in answer.text) == (422, True), (call.name, answer.text)

    assert len(taking) > 20
    assert_books_are_right(place)


def test_every_list_has_pages_or_a_named_end(document: dict[str, Any]) -> None:
    """No answer grows with what is in the database: a hundred rows, or what one may have at all."""
    unbounded = set()
    for path, operations in document["paths"].items():
        told = str(operations.get("get", {}).get("responses", {}).get("200", {}))
        named = {each["name"]: each["schema"] for each in operations.get("get", {}).get("parameters", ())}
        if "Page" in told and named.get("limit", {}).get("maximum") != MAX_PAGE:
            unbounded.add(path)

    assert unbounded == {"/api/v1/operators", "/api/v1/tokens", "/api/v1/webhook-endpoints"}


def test_no_query_takes_a_hostile_value_badly(place: Place, document: dict[str, Any]) -> None:
    sent = 0
    for call in hostile.calls(document):
        client, path = client_of(place, call.name), path_of(place, call)
        for name in call.queries:
            for text in (*hostile.TEXTS, *hostile.NUMBERS):
                value = text[:2_000].encode("utf-8", "surrogatepass")  # a server takes no longer address
                assert_harmless(client.request(call.verb, path, params={name: value}), call, value)
                sent += 1

    assert sent > 1_000


def path_of(place: Place, call: hostile.Call) -> str:
    """Its path, about something that there is where that is easily had."""

    def one(found: Any) -> str:  # a match
        if found[1] in ("code", "operator"):
            return "mci"
        if found[1] in KINDS:
            page = place.shops[0].client.get(f"/api/v1{KINDS[found[1]]}", params={"limit": 1}).json()["data"]
            return str(page[0]["id"]) if page else "00000000-0000-7000-8000-000000000001"
        return "00000000-0000-7000-8000-000000000001" if found[1] != "seller_id" else "1"

    return table.PARAMETER.sub(one, call.path)


def assert_harmless(answer: httpx.Response, call: hostile.Call, sent: bytes) -> None:
    told = (call.name, sent[:500], answer.status_code, answer.text[:500])
    assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, told
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        assert not LEAKS.search(answer.text), told
    assert not any("\r" in value or "\n" in value for value in answer.headers.values()), told
    assert "a" not in answer.cookies, told
