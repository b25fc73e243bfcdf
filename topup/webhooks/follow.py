"""From events to deliveries: each endpoint follows its seller's journal, and the outbox is emptied.

Owns how far each endpoint has come. A worker that loses the race for an endpoint or an event has done
some work for nothing, and no harm.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from topup import clock, ids, trips
from topup.ledger import literals
from topup.trips import AsyncConnection, Rows, Statement
from topup.webhooks import events
from topup.webhooks.events import Event
from topup.webhooks.outbox import SQL

MAX_ENDPOINTS = 256
"""Endpoints that one step moves."""
MAX_MOVEMENTS = 1_024
"""Movements that one step reads, shared among its endpoints: some hundred kilobytes of payloads."""
MAX_UNTOLD = 256
"""Events without a movement that one step tells."""


class Objects(Protocol):
    """What events are about, as the API shows it."""

    def reads(self, told: Sequence[Event]) -> list[Statement]:
        """What reads the things that these events are about."""

    def show(self, told: Sequence[Event], rows: Rows) -> list[Any]:  # JSON values
        """Each event's thing as it stood then, in the order of the events."""


class Behind(NamedTuple):
    """An endpoint with movements before it, the last of which is `seq`."""

    seller_id: int
    id: str
    cursor: int
    seq: int
    currency: str
    types: list[str]


class Listener(NamedTuple):
    """An endpoint that is enabled."""

    seller_id: int
    id: str
    types: list[str]
    created_at_us: int


Sending = tuple[str, Event]
"""An endpoint, and an event that it hears of."""


class Follower:
    """One step at a time; `objects` says what events are about, `told` is called after deliveries."""

    def __init__(self, objects: Objects, *, told: Callable[[], None]) -> None:
        self._objects = objects
        self._told = told

    async def step(self, connection: AsyncConnection) -> bool:
        """Turn some events into deliveries; whether there were any."""
        moved = await self._follow(connection)
        emptied = await self._empty_outbox(connection)
        if moved or emptied:
            self._told()
        return moved or emptied

    async def _follow(self, connection: AsyncConnection) -> bool:
        (rows,) = await trips.run_async(connection, [(SQL["behind"], (MAX_ENDPOINTS,))])
        behind = [Behind(*row) for row in rows]
        if not behind:
            return False
        window = max(MAX_MOVEMENTS // len(behind), 1)
        until = [min(each.seq, each.cursor + window) for each in behind]
        sendings = await self._movements(connection, behind, until)
        moves = (
            literals.numbers(each.seller_id for each in behind),
            literals.words(each.id for each in behind),
            literals.numbers(each.cursor for each in behind),
            literals.numbers(until),
            str(uuid.uuid4()),
        )
        payloads = await self._payloads(connection, [event for _, event in sendings])
        values = (behind[0].seller_id, *moves, *_arrays(sendings, payloads), clock.now_us())
        await trips.run_async(connection, [(SQL["follow"], values)])
        return True

    async def _movements(
        self, connection: AsyncConnection, behind: Sequence[Behind], until: Sequence[int]
    ) -> list[Sending]:
        """The events among the movements that were read, each for an endpoint that wants it."""
        values = (
            literals.numbers({each.seller_id for each in behind}),
            literals.numbers(each.seller_id for each in behind),
            literals.words(each.currency for each in behind),
            literals.numbers(each.cursor for each in behind),
            literals.numbers(until),
        )
        (rows,) = await trips.run_async(connection, [(SQL["movements"], values)])
        sendings = []
        for place, *row in rows:
            endpoint = behind[place - 1]
            sendings += [
                (endpoint.id, event)
                for event in _events(endpoint, *row)
                if events.wants(endpoint.types, event)
            ]
        return sendings

    async def _empty_outbox(self, connection: AsyncConnection) -> bool:
        (rows,) = await trips.run_async(connection, [(SQL["untold"], (MAX_UNTOLD,))])
        if not rows:
            return False
        untold = [events.of_row(row) for row in rows]
        sellers = literals.numbers({event.seller_id for event in untold})
        (found,) = await trips.run_async(connection, [(SQL["listening"], (sellers,))])
        listeners = [Listener(*row) for row in found]
        sendings = [
            (listener.id, event) for event in untold for listener in listeners if _hears(listener, event)
        ]
        payloads = await self._payloads(connection, [event for _, event in sendings])
        told = (
            literals.numbers(event.seller_id for event in untold),
            literals.words(event.id for event in untold),
        )
        values = (untold[0].seller_id, *told, *_arrays(sendings, payloads), clock.now_us())
        (((told_by_us,),),) = await trips.run_async(connection, [(SQL["fan_out"], values)])
        return bool(told_by_us)  # another worker is at it: it is looked at again after a pause

    async def _payloads(self, connection: AsyncConnection, wanted: Sequence[Event]) -> dict[str, str]:
        """What is sent for each of these events, by its id."""
        told = list({event.id: event for event in wanted}.values())
        if not told:
            return {}
        rows = await trips.run_async(connection, self._objects.reads(told))
        shown = self._objects.show(told, rows)
        return {event.id: events.payload(event, each) for event, each in zip(told, shown, strict=True)}


def _events(
    endpoint: Behind, seq: int, kind: str, source_id: str, at_us: int, threshold: int | None, available: int
) -> list[Event]:
    """The events of one movement: its own, and the low balance that it made."""
    seller_id = endpoint.seller_id
    own = events.of_movement(seller_id=seller_id, seq=seq, kind=kind, source_id=source_id, at_us=at_us)
    found = [] if own is None else [own]
    if threshold is not None:
        low = events.of_low_balance(
            seller_id=seller_id,
            seq=seq,
            currency=endpoint.currency,
            threshold=threshold,
            available=available,
            at_us=at_us,
        )
        found.append(low)
    return found


def _hears(listener: Listener, event: Event) -> bool:
    """An endpoint hears of what happened since it was made."""
    own = listener.seller_id == event.seller_id and listener.created_at_us <= event.at_us
    return own and events.wants(listener.types, event)


def _arrays(sendings: Sequence[Sending], payloads: dict[str, str]) -> tuple[str, ...]:
    """The deliveries that follow, as arrays."""
    return (
        literals.numbers(event.seller_id for _, event in sendings),
        literals.words(ids.new(event.seller_id) for _, event in sendings),
        literals.words(endpoint_id for endpoint_id, _ in sendings),
        literals.words(event.id for _, event in sendings),
        literals.texts(event.type for _, event in sendings),
        literals.texts(payloads[event.id] for _, event in sendings),
    )
