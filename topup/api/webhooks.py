"""`/webhook-endpoints` and `/webhook-deliveries`: where a seller is told, and what was sent there.

Owns what may be registered. A secret leaves here once, when it is made; what is sent is the worker's.
"""

import secrets
from collections.abc import Sequence

import httpx
import msgspec
from litestar import Router, delete, get, patch, post

from topup import clock, ids, outbound
from topup.api import engine, errors, guards, pages, webhook_forms
from topup.api.bodies import ApiRequest
from topup.api.errors import invalid
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.webhook_forms import (
    DeliveryOut,
    Endpoint,
    EndpointChangeIn,
    EndpointIn,
    EndpointOut,
    EndpointWithSecretOut,
)
from topup.clock import US_PER_SECOND
from topup.ledger import literals
from topup.trips import Row
from topup.vault import Vault
from topup.webhooks import events, signing
from topup.webhooks.events import Event
from topup.webhooks.outbox import SQL

MAX_ENDPOINTS = 10
"""Endpoints of one seller: each follows the whole journal."""
BY_ITS_SELLER = "disabled by its seller"
TEST_OBJECT = {"message": "A test of this endpoint. Nothing happened to your balance."}


@post("/", guards=[guards.seller], summary="Add an endpoint")
async def add_endpoint(request: ApiRequest, data: EndpointIn) -> EndpointWithSecretOut:
    """It hears of what happens from now on. `secret` is shown this once: it verifies what we send."""
    own, seller_id = engine.of(request), request.user.seller_id
    _check_url(request, data.url)
    endpoint_id, secret = ids.new(seller_id), _new_secret()
    sealed = Vault(own.config).seal(secret)
    values = (
        data.url,
        data.description,
        _types(data.event_types or []),
        sealed,
        MAX_ENDPOINTS,
        clock.now_us(),
    )
    ((added,),) = await own.read(SQL["add_endpoint"], (seller_id, endpoint_id, *values))
    if not added:
        raise invalid("url", f"a seller has at most {MAX_ENDPOINTS} endpoints; delete one", code="too_many")
    return webhook_forms.endpoint_with_secret(await _find(request, endpoint_id), signing.written(secret))


@get("/", guards=[guards.seller], summary="List endpoints")
async def list_endpoints(request: ApiRequest) -> Page[EndpointOut]:
    rows = await engine.of(request).read(SQL["list_endpoints"], (request.user.seller_id,))
    return Page(data=[webhook_forms.endpoint(Endpoint(*row)) for row in rows], has_more=False)


@get("/{endpoint_id:str}", guards=[guards.seller], summary="Read an endpoint")
async def read_endpoint(request: ApiRequest, endpoint_id: str) -> EndpointOut:
    return webhook_forms.endpoint(await _find(request, endpoint_id))


@patch("/{endpoint_id:str}", guards=[guards.seller], summary="Change, disable or enable an endpoint")
async def change_endpoint(request: ApiRequest, endpoint_id: str, data: EndpointChangeIn) -> EndpointOut:
    """What is left out stays. One that is enabled again hears of what happens from then on; what it
    missed is in `GET /events`."""
    found = await _find(request, endpoint_id)
    if data.url is not msgspec.UNSET:
        _check_url(request, data.url)
    values = (
        found.url if data.url is msgspec.UNSET else data.url,
        found.description if data.description is msgspec.UNSET else data.description,
        literals.texts(found.types) if data.event_types is msgspec.UNSET else _types(data.event_types),
        _disabled_because(found, data),
        clock.now_us(),
    )
    await engine.of(request).read(SQL["change_endpoint"], (found.seller_id, found.id, *values))
    return webhook_forms.endpoint(await _find(request, endpoint_id))


@delete("/{endpoint_id:str}", guards=[guards.seller], summary="Delete an endpoint")
async def remove_endpoint(request: ApiRequest, endpoint_id: str) -> None:
    """What was still to be sent there is not sent."""
    found = await _find(request, endpoint_id)
    await engine.of(request).read(SQL["remove_endpoint"], (found.seller_id, found.id))


@post(
    "/{endpoint_id:str}/rotate-secret", guards=[guards.seller], status_code=200, summary="Make another secret"
)
async def rotate_secret(request: ApiRequest, endpoint_id: str) -> EndpointWithSecretOut:
    """For 24 hours both secrets sign what is sent, so that the receiver may change over at any time."""
    found, own = await _find(request, endpoint_id), engine.of(request)
    secret = _new_secret()
    until_us = clock.now_us() + signing.ROTATION_S * US_PER_SECOND
    values = (found.seller_id, found.id, Vault(own.config).seal(secret), until_us)
    await own.read(SQL["rotate"], values)
    return webhook_forms.endpoint_with_secret(await _find(request, endpoint_id), signing.written(secret))


@post("/{endpoint_id:str}/test", guards=[guards.seller], status_code=202, summary="Send a test")
async def send_test(request: ApiRequest, endpoint_id: str) -> DeliveryOut:
    """A `webhook.test`, on the way that every event goes, whatever types the endpoint chose."""
    found = await _enabled(request, endpoint_id)
    now_us = clock.now_us()
    event = Event(found.seller_id, ids.new(found.seller_id), events.TEST, now_us, found.id)
    delivery_id = ids.new(found.seller_id)
    values = (found.id, event.id, event.type, events.payload(event, TEST_OBJECT), now_us)
    await engine.of(request).read(SQL["deliver"], (found.seller_id, delivery_id, *values))
    return await _delivery(request, delivery_id)


@get("/{endpoint_id:str}/deliveries", guards=[guards.seller], summary="List deliveries with their attempts")
async def list_deliveries(
    request: ApiRequest,
    endpoint_id: str,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[DeliveryOut]:
    """Newest first. They are kept for 30 days."""
    found = await _find(request, endpoint_id)
    part = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    parameters = (found.seller_id, found.id, part.above, part.below, part.fetch)
    rows = await engine.of(request).read(part.order(SQL["list_deliveries"]), parameters)
    attempts = await _attempts(request, rows[:limit])
    return part.page(rows, lambda row: webhook_forms.delivery(row, attempts))


@post("/{delivery_id:str}/replay", guards=[guards.seller], status_code=202, summary="Send a delivery again")
async def replay(request: ApiRequest, delivery_id: str) -> DeliveryOut:
    """The same bytes under the same `webhook-id`, with all its attempts; one that is pending goes on."""
    delivery = await _delivery(request, delivery_id)
    await _enabled(request, delivery.endpoint_id)
    await engine.of(request).read(SQL["replay"], (request.user.seller_id, delivery.id, clock.now_us()))
    return await _delivery(request, delivery_id)


async def _find(request: ApiRequest, endpoint_id: str) -> Endpoint:
    """An endpoint of the caller's own. Raises Problem."""
    seller_id = request.user.seller_id
    if pages.is_uuid(endpoint_id) and ids.seller_of(endpoint_id) == seller_id:
        rows = await engine.of(request).read(SQL["get_endpoint"], (seller_id, endpoint_id))
        if rows:
            return Endpoint(*rows[0])
    raise errors.not_found("endpoint")


async def _enabled(request: ApiRequest, endpoint_id: str) -> Endpoint:
    found = await _find(request, endpoint_id)
    if not found.enabled:
        raise invalid("endpoint", "is disabled; PATCH it to status enabled first", code="disabled")
    return found


async def _delivery(request: ApiRequest, delivery_id: str) -> DeliveryOut:
    """A delivery of the caller's own. Raises Problem."""
    seller_id = request.user.seller_id
    if pages.is_uuid(delivery_id) and ids.seller_of(delivery_id) == seller_id:
        rows = await engine.of(request).read(SQL["get_delivery"], (seller_id, delivery_id))
        if rows:
            return webhook_forms.delivery(rows[0], await _attempts(request, rows))
    raise errors.not_found("delivery")


async def _attempts(request: ApiRequest, deliveries: Sequence[Row]) -> list[Row]:
    found = literals.words(row[1] for row in deliveries)
    return await engine.of(request).read(SQL["attempts_at"], (request.user.seller_id, found))


def _check_url(request: ApiRequest, url: str) -> None:
    """Raise Problem for what we would never send to. Whom a name leads to is checked at each connection."""
    try:
        outbound.check(url, allowed=engine.of(request).config.webhook_hosts)
    except outbound.Refused as refused:
        raise invalid("url", str(refused)) from None
    if httpx.URL(url).userinfo:
        raise invalid("url", "must not have a user name or password; verify the signature instead")


def _disabled_because(found: Endpoint, data: EndpointChangeIn) -> str | None:
    if data.status is msgspec.UNSET:
        return found.disabled_because
    return None if data.status == "enabled" else found.disabled_because or BY_ITS_SELLER


def _types(chosen: Sequence[events.Type]) -> str:
    return literals.texts(dict.fromkeys(chosen))


def _new_secret() -> bytes:
    return secrets.token_bytes(signing.SECRET_BYTES)


endpoints = Router(
    path="/webhook-endpoints",
    tags=["webhooks"],
    route_handlers=[
        add_endpoint,
        list_endpoints,
        read_endpoint,
        change_endpoint,
        remove_endpoint,
        rotate_secret,
        send_test,
        list_deliveries,
    ],
)
deliveries = Router(path="/webhook-deliveries", tags=["webhooks"], route_handlers=[replay])
