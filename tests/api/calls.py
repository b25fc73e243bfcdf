"""The requests that tests make most, each in one line, and how an answer is read.

Owns the form of an error: whoever reads one with `problem` has it checked against the contract.
"""

import itertools
import re
from typing import Any

import httpx

from topup.trips import Connection

V1 = "/api/v1"
PRICE = 5_000
NUMBER = "+989123456789"
NOBODY = "01920000-0000-7000-8000-00000000000a"
"""An id that nothing has."""
MONEY_TABLES = (
    "ledger.journal",
    "ledger.idempotency",
    "ledger.adjustment",
    "recharges.recharge",
    "credit.credit_request",
)
MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "retryable", "errors"}
LEAKS = re.compile(
    r"Traceback|File \"|\bline \d+|psycopg|django|msgspec|litestar|topup\.|\.py\b|sqlstate"
    r"|\bSELECT\b|\bINSERT\b|\bUPDATE\b|\$\d|[A-Z]\w+(?:Error|Exception|Violation)\b|<class|object at 0x"
)
_references = itertools.count(1)


def new_reference() -> str:
    """A reference that no test has used."""
    return f"order-{next(_references)}"


def a_recharge(**changes: Any) -> dict[str, Any]:  # a JSON object
    return {"phone_number": NUMBER, "amount": PRICE, **changes}


def sell(client: httpx.Client, reference: str | None = None, **changes: Any) -> httpx.Response:  # JSON values
    key = {"Idempotency-Key": reference or new_reference()}
    return client.post(f"{V1}/recharges", json=a_recharge(**changes), headers=key)


def sold(client: httpx.Client, reference: str | None = None, **changes: Any) -> dict[str, Any]:  # JSON
    """A recharge that succeeded."""
    return created(sell(client, reference, **changes))


def an_item(reference: str | None = None, **changes: Any) -> dict[str, Any]:  # a JSON object
    """An item of a batch."""
    return a_recharge(reference=reference or new_reference(), **changes)


def sell_batch(client: httpx.Client, items: list[dict[str, Any]]) -> list[dict[str, Any]]:  # JSON objects
    results: list[dict[str, Any]] = ok(client.post(f"{V1}/recharges/batch", json={"items": items}))["results"]
    return results


def asked(client: httpx.Client, amount: int = PRICE, **changes: Any) -> dict[str, Any]:  # JSON
    """A credit request that is pending."""
    return created(client.post(f"{V1}/credit-requests", json={"amount": amount, **changes}))


def decide(client: httpx.Client, request_id: str, verb: str, key: str | None = None) -> httpx.Response:
    body = {"reason": "no transfer arrived"} if verb == "reject" else None
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{V1}/credit-requests/{request_id}/{verb}", json=body, headers=headers)


def adjust(
    client: httpx.Client, seller_id: int, amount: object, *, key: str | None = None, reason: str = "a slip"
) -> httpx.Response:
    body = {"seller_id": seller_id, "amount": amount, "reason": reason}
    return client.post(f"{V1}/adjustments", json=body, headers={"Idempotency-Key": key} if key else {})


def reverse(client: httpx.Client, recharge_id: str, *, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        f"{V1}/recharges/{recharge_id}/reverse", json={"reason": "wrong number"}, headers=headers
    )


def balance(client: httpx.Client) -> dict[str, Any]:  # JSON
    return ok(client.get(f"{V1}/balance"))


def available(client: httpx.Client) -> int:
    amount: int = balance(client)["available"]
    return amount


def verified(client: httpx.Client) -> bool:
    """Whether the product itself proves the books that this caller may see."""
    return bool(ok(client.get("/api/balance/verify/"))["ok"])


def rows_of(connection: Connection, seller_id: int) -> dict[str, int]:
    """How many rows each table of money holds for a seller."""
    counts = {}
    for table in MONEY_TABLES:
        statement = f"SELECT count(*) FROM {table} WHERE seller_id = %s".encode()
        (counts[table],) = connection.execute(statement, [seller_id]).fetchall()[0]
    return counts


def ok(response: httpx.Response) -> dict[str, Any]:  # a JSON object
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def created(response: httpx.Response) -> dict[str, Any]:  # a JSON object
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


def replayed(response: httpx.Response) -> bool:
    return bool(response.headers.get("Idempotent-Replayed") == "true")


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:  # a JSON object
    """The refusal, of this status and code, in the form of every refusal."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert response.headers["Request-Id"] == body["request_id"]
    return _checked(body, status, code)


def item_problem(result: dict[str, Any], status: int, code: str) -> dict[str, Any]:  # JSON objects
    """The refusal of one item of a batch."""
    assert result["status"] == status, result
    return _checked(result["error"], status, code)


def _checked(body: dict[str, Any], status: int, code: str) -> dict[str, Any]:  # JSON objects
    assert body.keys() >= MEMBERS
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/docs/errors#{code}")
    assert body["title"]
    assert body["detail"]
    assert body["retryable"] is (
        code in {"rate_limited", "overloaded", "database_unavailable", "internal_error"}
    )
    assert all(error.keys() == {"field", "code", "message"} for error in body["errors"])
    assert not LEAKS.search(str(body)), body
    return body


def fields(refusal: dict[str, Any]) -> list[str]:  # a JSON object
    """The fields that a refusal names."""
    return [error["field"] for error in refusal["errors"]]
