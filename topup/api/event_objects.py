"""What events are about, as the API shows it and as it stood then.

The same bytes whenever it is asked: what an event says follows from the event and from columns of its
thing that no longer change. The worker uses it too, so it must never load Django.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from topup.api import schemas
from topup.credit.decide import CreditRequest
from topup.ledger import literals
from topup.recharges.lifecycle import State
from topup.recharges.rules import Recharge
from topup.trips import Rows, Statement
from topup.webhooks.events import Event, Type
from topup.webhooks.outbox import SQL

STATES: dict[str, State] = {
    Type.RECHARGE_SUCCEEDED: State.SUCCEEDED,
    Type.RECHARGE_FAILED: State.FAILED,
    Type.RECHARGE_UNKNOWN: State.UNKNOWN,
    Type.RECHARGE_REVERSED: State.REVERSED,
}
"""The events about recharges, and the state in which each left its own."""
DECISIONS = frozenset({Type.CREDIT_REQUEST_APPROVED, Type.CREDIT_REQUEST_REJECTED})


class EventObjects:
    """Reads the things of many events at once, and shows each."""

    def reads(self, told: Sequence[Event]) -> list[Statement]:
        return [
            _pairs("recharges_of", [event for event in told if event.type in STATES]),
            _pairs("credit_requests_of", [event for event in told if event.type in DECISIONS]),
        ]

    def show(self, told: Sequence[Event], rows: Rows) -> list[Any]:  # JSON values
        recharges = {row[1]: Recharge(*row) for row in rows[0]}
        requests = {row[1]: CreditRequest(*row) for row in rows[1]}
        return [_shown(event, recharges, requests) for event in told]


def _pairs(name: str, told: Sequence[Event]) -> Statement:
    sellers = literals.numbers({event.seller_id for event in told})
    pairs = (
        literals.numbers(event.seller_id for event in told),
        literals.words(event.about for event in told),
    )
    return (SQL[name], (sellers, *pairs))


def _shown(event: Event, recharges: dict[str, Recharge], requests: dict[str, CreditRequest]) -> object:
    if event.object is not None:
        return event.object
    if event.about in recharges:
        return msgspec.to_builtins(schemas.recharge(_as_it_stood(event, recharges[event.about])))
    if event.about in requests:
        return msgspec.to_builtins(schemas.credit_request(requests[event.about]))
    return {"id": event.about}


def _as_it_stood(event: Event, recharge: Recharge) -> Recharge:
    state = STATES[event.type]
    failure = recharge.failure_code if state is State.FAILED else None
    return recharge._replace(state=state.value, failure_code=failure, updated_at_us=event.at_us)
