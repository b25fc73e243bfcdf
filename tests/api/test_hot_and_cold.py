"""A sale with a key that is remembered is answered exactly like one whose key is looked up."""

from typing import Any

import httpx
import pytest

from tests.api.calls import V1, a_recharge, new_reference, sold
from tests.conftest import Api, NewSeller

KEY = {"Idempotency-Key": "the-key"}
REQUESTS: dict[str, dict[str, Any]] = {  # httpx's own arguments
    "a sale": {"json": a_recharge(), "headers": KEY},
    "a sale in Persian": {"json": a_recharge(phone_number="۰۹۱۲۳۴۵۶۷۸۹"), "headers": KEY},
    "an operator": {"json": a_recharge(operator="rightel"), "headers": KEY},
    "no operator": {"json": a_recharge(operator="nobody"), "headers": KEY},
    "too much": {"json": a_recharge(amount=10**9), "headers": KEY},
    "nothing": {"json": a_recharge(amount=0), "headers": KEY},
    "no number": {"json": a_recharge(phone_number="nobody"), "headers": KEY},
    "no field": {"json": {}, "headers": KEY},
    "an unknown field": {"json": a_recharge(colour="red"), "headers": KEY},
    "no key": {"json": a_recharge()},
    "an empty key": {"json": a_recharge(), "headers": {"Idempotency-Key": ""}},
    "a long key": {"json": a_recharge(), "headers": {"Idempotency-Key": "x" * 256}},
    "no body": {"headers": KEY},
    "no JSON": {"content": b"{", "headers": KEY},
    "a form": {"data": {"amount": "1"}, "headers": KEY},
    "a megabyte": {"content": b" " * 2**20, "headers": KEY},
    "in pieces": {
        "content": [b'{"phone_number": "0912', b'3456789", "amo', b'unt": 5000}'],
        "headers": {**KEY, "Content-Type": "application/json"},
    },
}
CHANGING = ("id", "reference", "version", "created_at", "updated_at", "balance_before", "balance_after")


def shape(client: httpx.Client, request: dict[str, Any]) -> tuple[int, set[str], dict[str, Any]]:  # JSON
    """The status, the names of the headers and what does not change from one answer to the next."""
    content = request.get("content")
    fresh = {**request, "content": iter(content)} if isinstance(content, list) else request
    client.headers["Request-Id"] = "one"
    answer = client.post(f"{V1}/recharges", **fresh)
    body = {name: value for name, value in answer.json().items() if name not in CHANGING}
    body.pop("available", None)
    # Whether a connection is kept depends on how much of a large body had come when it was refused.
    return answer.status_code, set(answer.headers) - {"connection"}, body


@pytest.mark.parametrize("what", REQUESTS)
def test_what_is_remembered_is_answered_like_what_is_looked_up(
    api: Api, new_seller: NewSeller, what: str
) -> None:
    cold, hot = api(new_seller(available=1_000_000)), api(new_seller(available=1_000_000))
    sold(hot)

    assert shape(hot, REQUESTS[what]) == shape(cold, REQUESTS[what])


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Tokens", "", "Bearer:"])
def test_a_remembered_key_in_another_scheme_is_none(selling: httpx.Client, scheme: str) -> None:
    sold(selling)
    key = selling.headers["Authorization"].split()[1]

    answer = selling.post(
        f"{V1}/recharges",
        json=a_recharge(),
        headers={"Authorization": f"{scheme} {key}".strip(), "Idempotency-Key": new_reference()},
    )

    assert answer.status_code == 401


def test_a_request_with_two_keys_has_one_effect(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=1_000_000))
    keys = [("Idempotency-Key", "one"), ("Idempotency-Key", "other")]

    answers = [client.post(f"{V1}/recharges", json=a_recharge(), headers=keys) for _ in range(3)]

    made = {answer.json().get("id") for answer in answers}
    assert {answer.status_code for answer in answers} <= {201, 400}
    assert len(made) == 1
