"""`/events`: what webhooks tell, for those who would rather ask.

Owns how the journal, the low balances and the outbox become one list. It must never read a whole
journal: a page looks at a bounded number of movements, and says where to go on.
"""

from typing import Any, NamedTuple

import msgspec
from litestar import get

from topup import clock, ids
from topup.api import engine, guards, pages
from topup.api.bodies import ApiRequest
from topup.api.engine import Engine
from topup.api.errors import invalid
from topup.api.event_objects import EventObjects
from topup.api.pages import DEFAULT_PAGE, Edge, PageLimit, Range
from topup.ledger import literals
from topup.trips import Statement
from topup.webhooks import events
from topup.webhooks.events import OF_MOVEMENT, Event, Type
from topup.webhooks.outbox import SQL

MAX_LOOKED_AT = 10_000
"""Movements that one page looks at for events of the wanted type: some milliseconds."""
_MS = 1_000
_LATEST_MS = 2**48 - 1


class WebhookEventOut(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    type: str
    timestamp: str
    data: Any  # the API's object of this event's type


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is where the following page begins (`starting_after`, or `ending_before` where that was
    sent): with a `type` that is rare, a page may have fewer events than its limit, and others follow."""

    data: list[WebhookEventOut]
    has_more: bool
    next: str | None


class Window(NamedTuple):
    """The movements that a page looks at, by number, and the ids between which its events are.
    Where there are movements beyond, the next page begins at `edge`."""

    low: int
    high: int
    above: str
    below: str
    edge: str | None


@get("/events", guards=[guards.anybody], tags=["webhooks"], summary="List events")
async def list_events(
    request: ApiRequest,
    type: Type | None = None,  # noqa: A002  # the parameter's name in the API
    seller_id: int | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> EventPage:
    """What happened to a seller, newest first, exactly as webhooks tell it. Staff name the seller."""
    whose = guards.whose(request.user, seller_id)
    if whose is None:
        raise invalid("seller_id", "name the seller whose events you want", code="required")
    part = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    own = engine.of(request)
    window = await _window(own, whose, part)
    found = await _read(own, whose, part, window, type)
    kept = sorted(found, key=lambda event: event.id, reverse=not part.rising)[: part.limit]
    full = len(found) > part.limit
    edge = kept[-1].id if full else window.edge
    shown = await _shown(own, kept)
    return EventPage(data=shown[::-1] if part.rising else shown, has_more=full or edge is not None, next=edge)


async def _window(own: Engine, seller_id: int, part: Range) -> Window:
    """The movements from the edge of a page on: MAX_LOOKED_AT, and those of the last one's millisecond.

    It ends between two milliseconds, so that all sources of events end at the same place.
    """
    low = await _edge(own, seller_id, _ms(part.above) - 1) + 1
    high = await _edge(own, seller_id, _ms(part.below))
    if high - low < MAX_LOOKED_AT:
        return Window(low, high, part.above, part.below, None)
    last = low + MAX_LOOKED_AT - 1 if part.rising else high - MAX_LOOKED_AT + 1
    ((at_us,),) = await own.read(SQL["moment_of"], (seller_id, own.config.default_currency, last))
    if part.rising:
        edge = ids.lowest_at((at_us // _MS + 1) * _MS)
        return Window(low, await _edge(own, seller_id, at_us // _MS), part.above, edge, edge)
    edge = ids.lowest_at(at_us // _MS * _MS)
    return Window(await _edge(own, seller_id, at_us // _MS - 1) + 1, high, edge, part.below, edge)


async def _edge(own: Engine, seller_id: int, moment_ms: int) -> int:
    """The number of the last movement of this millisecond, or of those before it."""
    moment_us = moment_ms * _MS + _MS - 1
    ((seq,),) = await own.read(SQL["last_until"], (seller_id, own.config.default_currency, moment_us))
    return seq or 0


async def _read(own: Engine, seller_id: int, part: Range, window: Window, type_: Type | None) -> list[Event]:
    """The events of a window, of each source at most as many as the page needs."""
    currency, wanted = own.config.default_currency, [type_] if type_ else list(Type)
    numbers = (seller_id, currency, window.low, window.high)
    edges = (window.above, window.below)
    kinds = literals.words(kind for kind, its in OF_MOVEMENT.items() if its in wanted)
    statements: list[Statement] = [
        (part.order(SQL["events_of_movements"]), (*numbers, kinds, *edges, part.fetch)),
        (part.order(SQL["events_without_movement"]), (seller_id, *edges, literals.texts(wanted), part.fetch)),
    ]
    if Type.BALANCE_LOW in wanted:
        statements.append((part.order(SQL["events_of_low_balances"]), (*numbers, *edges, part.fetch)))
    moved, told, *low = await own.run(statements)
    found = [_of_movement(seller_id, row) for row in moved]
    found += [events.of_row(row) for row in told]
    found += [_of_low_balance(seller_id, row) for rows in low for row in rows]
    return found


def _of_movement(seller_id: int, row: tuple[Any, ...]) -> Event:  # the columns of `events_of_movements`
    seq, kind, source_id, at_us = row
    event = events.of_movement(seller_id=seller_id, seq=seq, kind=kind, source_id=source_id, at_us=at_us)
    assert event is not None, kind
    return event


def _of_low_balance(seller_id: int, row: tuple[Any, ...]) -> Event:  # of `events_of_low_balances`
    seq, currency, threshold, available, at_us = row
    return events.of_low_balance(
        seller_id=seller_id, seq=seq, currency=currency, threshold=threshold, available=available, at_us=at_us
    )


async def _shown(own: Engine, told: list[Event]) -> list[WebhookEventOut]:
    if not told:
        return []
    objects = EventObjects()
    things = objects.show(told, await own.run(objects.reads(told)))
    return [
        WebhookEventOut(id=event.id, type=event.type, timestamp=clock.rfc3339(event.at_us), data=thing)
        for event, thing in zip(told, things, strict=True)
    ]


def _ms(identifier: str) -> int:
    """The milliseconds that an id begins with."""
    return min(int(identifier.replace("-", "")[:12], 16), _LATEST_MS)
