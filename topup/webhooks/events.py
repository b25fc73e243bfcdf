"""What sellers are told: the types of events, and which event a journal row is. Pure.

An event that a movement makes is not stored: its id, type and time follow from the journal row. It must
never depend on when somebody reads it.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from topup import clock, ids

LOW_BALANCE_TAIL = 2**41
"""Added to a movement's number in the id of the low balance that it made; no book has that many."""


class Type(StrEnum):
    RECHARGE_SUCCEEDED = "recharge.succeeded"
    RECHARGE_FAILED = "recharge.failed"
    RECHARGE_UNKNOWN = "recharge.unknown"
    RECHARGE_REVERSED = "recharge.reversed"
    CREDIT_REQUEST_APPROVED = "credit_request.approved"
    CREDIT_REQUEST_REJECTED = "credit_request.rejected"
    BALANCE_LOW = "balance.low"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_REVERSED = "dispute.reversed"
    DISPUTE_REFUSED = "dispute.refused"


TEST = "webhook.test"
"""The type of what a test sends: to one endpoint, whatever it chose."""

OF_MOVEMENT: dict[str, Type] = {
    "recharge": Type.RECHARGE_SUCCEEDED,
    "capture": Type.RECHARGE_SUCCEEDED,
    "release": Type.RECHARGE_FAILED,
    "reversal": Type.RECHARGE_REVERSED,
    "credit": Type.CREDIT_REQUEST_APPROVED,
}
"""The kinds of movements that are events. A hold is not: nothing has come of the recharge yet."""


class Event(NamedTuple):
    """Something that happened to a seller. `about` names what it is about, in the words of the API;
    `object` is that thing as it stood then, where it does not follow from the thing's own row."""

    seller_id: int
    id: str
    type: str
    at_us: int
    about: str
    object: Mapping[str, Any] | None = None  # a JSON object


def of_movement(*, seller_id: int, seq: int, kind: str, source_id: str, at_us: int) -> Event | None:
    """The event that this journal row is, if any."""
    found = OF_MOVEMENT.get(kind)
    if found is None:
        return None
    return Event(
        seller_id, ids.compose(moment_us=at_us, tail=seq, seller_id=seller_id), found, at_us, source_id
    )


def of_low_balance(
    *, seller_id: int, seq: int, currency: str, threshold: int, available: int, at_us: int
) -> Event:
    """The event that this movement's crossing of the seller's threshold is."""
    event_id = ids.compose(moment_us=at_us, tail=seq + LOW_BALANCE_TAIL, seller_id=seller_id)
    shown = {"available": available, "threshold": threshold, "currency": currency}
    return Event(seller_id, event_id, Type.BALANCE_LOW, at_us, event_id, shown)


def of_row(row: Sequence[Any]) -> Event:  # the columns of an event without a movement
    """The event that this row of `webhooks.event` is."""
    seller_id, event_id, type_, about, at_us, shown = row
    return Event(
        seller_id, event_id, type_, at_us, about, None if shown is None else msgspec.json.decode(shown)
    )


def payload(event: Event, shown: object) -> str:
    """What is sent for an event: the same text for every endpoint and at every time."""
    return msgspec.json.encode(body(event, shown)).decode()


def body(event: Event, shown: object) -> dict[str, object]:
    return {"id": event.id, "type": event.type, "timestamp": clock.rfc3339(event.at_us), "data": shown}


def wants(types: Sequence[str], event: Event) -> bool:
    """Whether an endpoint that chose these types hears of the event. No choice is every type."""
    return not types or event.type in types
