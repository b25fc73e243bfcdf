"""Who may call a route. A guard authenticates, then leaves the `Caller` in `request.user`."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from topup import addresses, clock
from topup.api import auth, engine, errors
from topup.api.auth import FIND_KEY, FIND_STANDING, Caller, Remembered
from topup.api.errors import Code, Problem
from topup.ids import MAX_SELLER_ID
from topup.sellers import keys
from topup.sellers.key_use import UsedKey
from topup.sellers.roles import Deed
from topup.telemetry import context

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]


async def anybody(connection: Connection, _: BaseRouteHandler) -> None:
    """Staff or a seller's member, with a key or a session."""
    await _identify(connection)


async def seller(connection: Connection, _: BaseRouteHandler) -> None:
    """A seller's member, by what the database says now."""
    if (await _identify(connection)).seller_id is None:
        raise Problem(Code.FORBIDDEN, "This is for sellers; staff have no balance of their own.")


async def staff(connection: Connection, _: BaseRouteHandler) -> None:
    if not (await _identify(connection)).is_staff:
        raise Problem(Code.FORBIDDEN, "This is for staff.")


def may(deed: Deed) -> Guard:
    """The caller's role allows this. It stands after a guard that authenticates."""

    async def allowed(connection: Connection, _: BaseRouteHandler) -> None:
        check_role(connection.scope["user"], deed)

    return allowed


def check_role(caller: Caller, deed: Deed) -> None:
    """Raises Problem where the caller's role does not allow this."""
    if deed not in caller.deeds:
        whom = "an admin" if caller.is_staff else "an owner of the seller"
        raise Problem(Code.FORBIDDEN, f"Your role does not allow this; ask {whom} for another role.")


async def selling(connection: Connection, _: BaseRouteHandler) -> None:
    """A seller's member, by what this process remembers of the key; the book has the last word."""
    authorization = connection.headers.get("authorization")
    key = None if authorization is None else auth.presented(authorization)
    remembered = None if key is None else engine.of(connection).keys.recall(key)
    if key is None or remembered is None:
        await seller(connection, _)
        check_role(connection.scope["user"], Deed.SELL)
        return
    _note_use(connection, key, remembered)
    caller = auth.check(remembered, address=address(connection), now_us=clock.now_us())
    context.identified(user_id=caller.user_id, seller_id=caller.seller_id)
    _count(connection, caller)
    if caller.seller_id is None:
        raise Problem(Code.FORBIDDEN, "This is for sellers; staff have no balance of their own.")
    check_role(caller, Deed.SELL)
    connection.scope["user"] = caller


async def again(connection: Connection) -> Caller:
    """Authenticate a sale anew, because the book says that the keys changed. Raises Problem."""
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        engine.of(connection).keys.forget(auth.presented(authorization).id)
    caller = await _identify(connection)
    check_role(caller, Deed.SELL)
    return caller


def whose(caller: Caller, seller_id: int | None) -> int | None:
    """The seller that a list is of: one's own, or for staff the one named, None for all."""
    if seller_id is not None and not 1 <= seller_id <= MAX_SELLER_ID:
        raise errors.not_found("seller")
    if caller.is_staff:
        return seller_id
    if seller_id is not None and seller_id != caller.seller_id:
        raise errors.not_found("seller")
    return caller.seller_id


def method_of(connection: Connection) -> str:
    method: str = connection.scope["method"]  # type: ignore[typeddict-item]  # no WebSocket is served
    return method


def address(connection: Connection) -> str:
    return connection.client.host if connection.client else ""


async def _identify(connection: Connection) -> Caller:
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        caller = await _by_key(connection, auth.presented(authorization))
    else:
        caller = await _by_session(connection)
    context.identified(user_id=caller.user_id, seller_id=caller.seller_id)
    _count(connection, caller)
    if caller.seller_id is None and not caller.is_staff:
        raise Problem(Code.FORBIDDEN, "This user is neither staff nor a member of a seller.")
    if not caller.active and method_of(connection) not in auth.SAFE_METHODS:
        raise Problem(Code.SELLER_SUSPENDED, "The seller is suspended and may only read; ask the staff why.")
    connection.scope["user"] = caller
    return caller


async def _by_key(connection: Connection, key: keys.Key) -> Caller:
    own, source = engine.of(connection), addresses.source(address(connection))
    if own.wrong_keys.is_past(source) and own.keys.recall(key) is None:
        own.wrong_keys.check(source)
    rows = await own.look_up(FIND_KEY, (key.id,))
    remembered = auth.from_row(rows[0]) if rows else None
    if remembered is None or not key.matches(remembered.secret_sha256):
        own.wrong_keys.count(source)
        raise auth.unauthenticated()
    _note_use(connection, key, remembered)
    caller = auth.check(remembered, address=address(connection), now_us=clock.now_us())
    own.keys.keep(key.id, remembered)
    return caller


def _note_use(connection: Connection, key: keys.Key, found: Remembered) -> None:
    """Leave for the end of the request which key it proved, also where the key may not do this."""
    connection.scope["state"]["used_key"] = UsedKey(key.id, found.caller.seller_id)


async def _by_session(connection: Connection) -> Caller:
    headers = dict(connection.headers.items())
    if "cookie" not in headers:
        raise auth.unauthenticated()
    own = engine.of(connection)
    user = await own.in_thread(
        auth.session_user,
        method=method_of(connection),
        scheme=str(connection.scope["scheme"]),
        headers=headers,
    )
    if user is None:
        raise auth.unauthenticated()
    if user.seller_id is None:
        return Caller(user.id, user.is_staff, None, None, active=True, deeds=user.deeds)
    ((epoch, active, allowed_ips),) = await own.look_up(FIND_STANDING, (user.seller_id,))
    auth.check_address(auth.networks(allowed_ips), address(connection))
    return Caller(user.id, user.is_staff, user.seller_id, epoch, active, user.deeds)


def _count(connection: Connection, caller: Caller) -> None:
    connection.scope["state"]["answer_headers"] = engine.of(connection).key_rate.count(f"u{caller.user_id}")
