"""`/sellers`: registering, reading, and what staff may change."""

import ipaddress
from pathlib import Path

import msgspec
from django.core.exceptions import ValidationError
from litestar import Router, get, patch, post
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from topup import clock, sqlfiles
from topup.api import engine, errors, guards
from topup.api.bodies import ApiRequest
from topup.api.errors import Code, Problem, invalid
from topup.api.pages import DEFAULT_PAGE, Page, PageLimit, Range
from topup.api.schemas import SellerChangeIn, SellerIn, SellerOut
from topup.sellers import models, onboard, standing
from topup.sellers.roles import Deed
from topup.trips import Row

SQL = sqlfiles.load(Path(models.__file__).with_name("queries.sql"))
ABOVE_ALL_IDS = 2**62


async def open_or_staff(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]  # Litestar's own form of a guard
    """Anyone while OPEN_REGISTRATION is on, else staff."""
    own = engine.of(connection)
    if not own.config.open_registration:
        await guards.staff(connection, handler)
        guards.check_role(connection.scope["user"], Deed.CONFIGURE_SELLERS)
        return
    connection.scope["state"]["answer_headers"] = await own.count_login(guards.address(connection))


@post("/", guards=[open_or_staff], summary="Register a seller")
async def register(request: ApiRequest, data: SellerIn) -> SellerOut:
    """A seller with its first member, who logs in with this username and password."""
    return await registered(request, data)


async def registered(request: ApiRequest, data: SellerIn) -> SellerOut:
    """The seller that this made. Raises Problem."""
    own = engine.of(request)
    try:
        seller, _ = await own.in_thread(
            onboard.register,
            name=data.name,
            username=data.username,
            password=data.password,
            email=data.email,
            currency=own.config.default_currency,
        )
    except onboard.UsernameTaken:
        raise invalid("username", "is taken", code="taken") from None
    except ValidationError as error:
        raise _not_valid(error) from None
    return await _find(request, seller.id)


@get("/", guards=[guards.anybody], summary="List sellers")
async def list_sellers(
    request: ApiRequest,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: int | None = None,
    ending_before: int | None = None,
) -> Page[SellerOut]:
    """Staff see all, newest first; a seller sees itself."""
    if not request.user.is_staff:
        return Page(data=[await _find(request, request.user.seller_id)], has_more=False)
    if starting_after is not None and ending_before is not None:
        raise invalid("ending_before", "send only one of starting_after and ending_before")
    wanted = Range("", "", limit, rising=ending_before is not None)
    below = ABOVE_ALL_IDS if starting_after is None else min(starting_after, ABOVE_ALL_IDS)
    above = 0 if ending_before is None else min(max(ending_before, 0), ABOVE_ALL_IDS)
    rows = await engine.of(request).read(wanted.order(SQL["list"]), (above, below, wanted.fetch))
    return wanted.page(rows, show)


@get("/{seller_id:int}", guards=[guards.anybody], summary="Read a seller")
async def read_seller(request: ApiRequest, seller_id: int) -> SellerOut:
    guards.whose(request.user, seller_id)
    return await _find(request, seller_id)


@patch(
    "/{seller_id:int}",
    guards=[guards.staff, guards.may(Deed.CONFIGURE_SELLERS)],
    summary="Suspend, limit, restrict addresses",
)
async def change_seller(request: ApiRequest, seller_id: int, data: SellerChangeIn) -> SellerOut:
    """Whatever is left out stays. It holds from the seller's next request on."""
    allowed_ips = msgspec.UNSET if data.allowed_ips is msgspec.UNSET else _networks(data.allowed_ips)
    await _find(request, seller_id)
    own = engine.of(request)
    await own.in_thread(standing.change, seller_id, **_parts(data))
    if allowed_ips is not msgspec.UNSET:
        await own.in_thread(onboard.change_addresses, seller_id=seller_id, allowed_ips=allowed_ips)
    return await _find(request, seller_id)


def show(row: Row) -> SellerOut:
    """A seller from the columns of `sellers/queries.sql`."""
    (
        number,
        name,
        active,
        currency,
        available,
        held,
        seq,
        daily,
        most,
        window_s,
        low_balance_threshold,
        allowed_ips,
        created_at_us,
    ) = row
    return SellerOut(
        id=number,
        name=name,
        status="active" if active else "suspended",
        currency=currency,
        available=available,
        held=held,
        version=seq,
        daily_limit=daily,
        per_recharge_max=most,
        duplicate_window_s=window_s,
        low_balance_threshold=low_balance_threshold,
        allowed_ips=allowed_ips,
        created_at=clock.rfc3339(created_at_us),
    )


async def _find(request: ApiRequest, seller_id: int) -> SellerOut:
    rows = await engine.of(request).read(SQL["get"], (min(seller_id, ABOVE_ALL_IDS),))
    if not rows:
        raise errors.not_found("seller")
    return show(rows[0])


def _parts(data: SellerChangeIn) -> standing.Change:
    """The parts of a standing that a client sent."""
    parts = standing.Change()
    if data.status is not msgspec.UNSET:
        parts["active"] = data.status == "active"
    if data.daily_limit is not msgspec.UNSET:
        parts["daily_limit"] = data.daily_limit
    if data.per_recharge_max is not msgspec.UNSET:
        parts["per_recharge_max"] = data.per_recharge_max
    if data.duplicate_window_s is not msgspec.UNSET:
        parts["duplicate_window_s"] = data.duplicate_window_s
    return parts


def _networks(written: list[str]) -> list[str]:
    try:
        return [str(ipaddress.ip_network(each, strict=False)) for each in written]
    except ValueError as error:
        raise invalid("allowed_ips", f"{error}; write addresses or networks such as 192.0.2.0/24") from None


def _not_valid(error: ValidationError) -> Problem:
    named = [
        {"field": field, "code": "invalid", "message": message}
        for field, messages in error.message_dict.items()
        for message in messages
    ]
    return Problem(Code.VALIDATION_ERROR, named[0]["message"], errors=named)


router = Router(
    path="/sellers", tags=["sellers"], route_handlers=[register, list_sellers, read_seller, change_seller]
)
