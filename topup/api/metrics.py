"""`/api/metrics/`: what the workers have counted, for Prometheus."""

import hmac
import ipaddress

from litestar import MediaType, Response, get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from topup.api import engine, guards
from topup.api.bodies import ApiRequest
from topup.telemetry import exposition

PROXIED = "x-forwarded-for"
"""A request with this header comes from elsewhere, whatever address it has."""


async def may_read(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]  # Litestar's own form of a guard
    """Who has METRICS_TOKEN; in development whoever is on this machine; else staff."""
    config = engine.of(connection).config
    authorization = connection.headers.get("authorization", "")
    expected = f"Bearer {config.metrics_token}"
    if config.metrics_token and hmac.compare_digest(authorization.encode(), expected.encode()):
        return
    if config.debug and not authorization and _on_this_machine(connection):
        return
    await guards.staff(connection, handler)


def _on_this_machine(connection: ASGIConnection) -> bool:  # type: ignore[type-arg]  # as above
    try:
        here = ipaddress.ip_address(guards.address(connection)).is_loopback
    except ValueError:
        return False
    return here and PROXIED not in connection.headers


@get(
    "/api/metrics",
    guards=[may_read],
    media_type=MediaType.TEXT,
    tags=["operation"],
    summary="Metrics for Prometheus",
)
async def read_metrics(request: ApiRequest) -> Response[bytes]:
    """All workers together, in Prometheus' text format."""
    total = await engine.of(request).beat.total()
    return Response(
        exposition.text(total), media_type=exposition.CONTENT_TYPE, headers={"Cache-Control": "no-store"}
    )
