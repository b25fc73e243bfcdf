"""Endpoints and deliveries of webhooks as the API takes and shows them."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from topup import clock
from topup.api.schemas import NO_NUL, Input, Output, Text
from topup.webhooks.endpoints import MAX_URL, Endpoint
from topup.webhooks.events import Type

MAX_TYPES = 50

Url = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=MAX_URL, pattern=NO_NUL, examples=["https://shop.example/hooks/topup"]
    ),
]
Types = Annotated[
    list[Type], msgspec.Meta(max_length=MAX_TYPES, description="Types of events; empty for every type")
]


class EndpointIn(Input, frozen=True):
    url: Url
    description: Text = ""
    event_types: Types | None = None


class EndpointChangeIn(Input, frozen=True):
    """What is left out stays as it is."""

    url: Url | msgspec.UnsetType = msgspec.UNSET
    description: Text | msgspec.UnsetType = msgspec.UNSET
    event_types: Types | msgspec.UnsetType = msgspec.UNSET
    status: Annotated[str, msgspec.Meta(pattern="^(enabled|disabled)$")] | msgspec.UnsetType = msgspec.UNSET


class EndpointOut(Output, frozen=True):
    id: str
    url: str
    description: str
    event_types: list[str]
    status: str
    disabled_because: str | None
    disabled_at: str | None
    previous_secret_until: str | None
    created_at: str


class EndpointWithSecretOut(EndpointOut, frozen=True):
    """An endpoint with its new secret, which is shown this once."""

    secret: str


class DeliveryAttemptOut(Output, frozen=True):
    """`status` is the answer's; where there was none, `error` says why."""

    number: int
    at: str
    took_ms: int
    status: int | None
    error: str | None
    answer: str


class DeliveryOut(Output, frozen=True):
    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    status: str
    next_attempt_at: str | None
    created_at: str
    finished_at: str | None
    payload: msgspec.Raw
    attempts: list[DeliveryAttemptOut]


def endpoint(row: Endpoint) -> EndpointOut:
    return EndpointOut(**_fields(row))


def endpoint_with_secret(row: Endpoint, secret: str) -> EndpointWithSecretOut:
    return EndpointWithSecretOut(**_fields(row), secret=secret)


def _fields(row: Endpoint) -> dict[str, Any]:  # the fields of EndpointOut
    return {
        "id": row.id,
        "url": row.url,
        "description": row.description,
        "event_types": row.types,
        "status": "enabled" if row.enabled else "disabled",
        "disabled_because": row.disabled_because,
        "disabled_at": _time(row.disabled_at_us),
        "previous_secret_until": _time(row.previous_until_us),
        "created_at": clock.rfc3339(row.created_at_us),
    }


def delivery(row: Sequence[Any], attempts: Sequence[Sequence[Any]]) -> DeliveryOut:  # rows of queries.sql
    _, delivery_id, endpoint_id, event_id, type_, state, _, next_us, created_us, finished_us, payload = row
    return DeliveryOut(
        id=delivery_id,
        endpoint_id=endpoint_id,
        event_id=event_id,
        event_type=type_,
        status=state,
        next_attempt_at=_time(next_us) if state == "pending" else None,
        created_at=clock.rfc3339(created_us),
        finished_at=_time(finished_us),
        payload=msgspec.Raw(payload.encode()),
        attempts=[_attempt(each) for each in attempts if each[0] == delivery_id],
    )


def _attempt(row: Sequence[Any]) -> DeliveryAttemptOut:  # the columns of `attempts_at`
    _, number, at_us, took_ms, status, error, answer = row
    return DeliveryAttemptOut(
        number=number, at=clock.rfc3339(at_us), took_ms=took_ms, status=status, error=error, answer=answer
    )


def _time(moment_us: int | None) -> str | None:
    return None if moment_us is None else clock.rfc3339(moment_us)
