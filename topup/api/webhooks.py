"""`/webhook-endpoints` and `/webhook-deliveries`: where a seller is told, and what was sent there.

Owns the routes. What may be registered is `topup.webhooks.endpoints`'; what is sent is the worker's.
"""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from litestar import Router, delete, get, patch, post

from topup import clock, ids
from topup.api import engine, errors, guards, pages, webhook_forms
from topup.api.bodies import ApiRequest
from topup.api.errors import invalid
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.webhook_forms import (
    DeliveryOut,
    EndpointChangeIn,
    EndpointIn,
    EndpointOut,
    EndpointWithSecretOut,
)
from topup.ledger import literals
from topup.sellers.roles import Deed
from topup.trips import Row
from topup.vault import Vault
from topup.webhooks import endpoints
from topup.webhooks.endpoints import Endpoint
from topup.webhooks.outbox import SQL

T = TypeVar("T")
MANAGING = [guards.seller, guards.may(Deed.MANAGE_WEBHOOKS)]


@post("/", guards=MANAGING, summary="Add an endpoint")
async def add_endpoint(request: ApiRequest, data: EndpointIn) -> EndpointWithSecretOut:
    """It hears of what happens from now on. `secret` is shown this once: it verifies what we send."""
    own, seller_id = engine.of(request), request.user.seller_id
    _check_url(request, data.url)
    endpoint_id = ids.new(seller_id)
    statement, secret = endpoints.add(
        seller_id=seller_id,
        endpoint_id=endpoint_id,
        url=data.url,
        description=data.description,
        types=data.event_types or [],
        vault=Vault(own.config),
        now_us=clock.now_us(),
    )
    (((added,),),) = await own.run([statement])
    if not added:
        most = endpoints.MAX_ENDPOINTS
        raise invalid("url", f"a seller has at most {most} endpoints; delete one", code="too_many")
    return webhook_forms.endpoint_with_secret(await _find(request, endpoint_id), secret)


@get("/", guards=MANAGING, summary="List endpoints")
async def list_endpoints(request: ApiRequest) -> Page[EndpointOut]:
    rows = await engine.of(request).read(SQL["list_endpoints"], (request.user.seller_id,))
    return Page(data=[webhook_forms.endpoint(Endpoint(*row)) for row in rows], has_more=False)


@get("/{endpoint_id:str}", guards=MANAGING, summary="Read an endpoint")
async def read_endpoint(request: ApiRequest, endpoint_id: str) -> EndpointOut:
    return webhook_forms.endpoint(await _find(request, endpoint_id))


@patch("/{endpoint_id:str}", guards=MANAGING, summary="Change, disable or enable an endpoint")
async def change_endpoint(request: ApiRequest, endpoint_id: str, data: EndpointChangeIn) -> EndpointOut:
    """What is left out stays. One that is enabled again hears of what happens from then on; what it
    missed is in `GET /events`."""
    found = await _find(request, endpoint_id)
    if data.url is not msgspec.UNSET:
        _check_url(request, data.url)
    changed = endpoints.change(
        found,
        now_us=clock.now_us(),
        url=_sent(data.url),
        description=_sent(data.description),
        types=_sent(data.event_types),
        enabled=None if data.status is msgspec.UNSET else data.status == "enabled",
    )
    await engine.of(request).run([changed])
    return webhook_forms.endpoint(await _find(request, endpoint_id))


@delete("/{endpoint_id:str}", guards=MANAGING, summary="Delete an endpoint")
async def remove_endpoint(request: ApiRequest, endpoint_id: str) -> None:
    """What was still to be sent there is not sent."""
    found = await _find(request, endpoint_id)
    await engine.of(request).run([endpoints.remove(found)])


@post("/{endpoint_id:str}/rotate-secret", guards=MANAGING, status_code=200, summary="Make another secret")
async def rotate_secret(request: ApiRequest, endpoint_id: str) -> EndpointWithSecretOut:
    """For 24 hours both secrets sign what is sent, so that the receiver may change over at any time."""
    found, own = await _find(request, endpoint_id), engine.of(request)
    statement, secret = endpoints.rotate(found, vault=Vault(own.config), now_us=clock.now_us())
    await own.run([statement])
    return webhook_forms.endpoint_with_secret(await _find(request, endpoint_id), secret)


@post("/{endpoint_id:str}/test", guards=MANAGING, status_code=202, summary="Send a test")
async def send_test(request: ApiRequest, endpoint_id: str) -> DeliveryOut:
    """A `webhook.test`, on the way that every event goes, whatever types the endpoint chose."""
    found = await _enabled(request, endpoint_id)
    delivery_id = ids.new(found.seller_id)
    sent = endpoints.test(found, delivery_id=delivery_id, now_us=clock.now_us())
    await engine.of(request).run([sent])
    return await _delivery(request, delivery_id)


@get("/{endpoint_id:str}/deliveries", guards=MANAGING, summary="List deliveries with their attempts")
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


@post("/{delivery_id:str}/replay", guards=MANAGING, status_code=202, summary="Send a delivery again")
async def replay(request: ApiRequest, delivery_id: str) -> DeliveryOut:
    """The same bytes under the same `webhook-id`, with all its attempts; one that is pending goes on."""
    delivery = await _delivery(request, delivery_id)
    await _enabled(request, delivery.endpoint_id)
    again = endpoints.replay(request.user.seller_id, delivery.id, now_us=clock.now_us())
    await engine.of(request).run([again])
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
    """Raise Problem for what we would never send to."""
    try:
        endpoints.check_url(url, allowed=engine.of(request).config.webhook_hosts)
    except endpoints.NotSendable as error:
        raise invalid("url", str(error)) from None


def _sent(value: T | msgspec.UnsetType) -> T | None:
    """What a client sent, None for what it left out."""
    return None if value is msgspec.UNSET else value


endpoint_routes = Router(
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
delivery_routes = Router(path="/webhook-deliveries", tags=["webhooks"], route_handlers=[replay])
