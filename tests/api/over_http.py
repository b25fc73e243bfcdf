"""Sales over HTTP, as a seller's own program makes them."""

import itertools
from typing import Any

import httpx

RECHARGES = "/api/v1/recharges"
NUMBER = "+989123456789"
AMOUNT = 50_000
_keys = itertools.count(1)


def key() -> dict[str, str]:
    """The header of an Idempotency-Key that nobody used."""
    return {"Idempotency-Key": f"sale-{next(_keys)}"}


def sell(client: httpx.Client, **changes: Any) -> httpx.Response:  # fields of a recharge's body
    return client.post(RECHARGES, json={"phone_number": NUMBER, "amount": AMOUNT} | changes, headers=key())


def sold(client: httpx.Client, **changes: Any) -> dict[str, Any]:  # a recharge's body and object
    """A recharge that was sold."""
    answer = sell(client, **changes)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return dict(answer.json())
