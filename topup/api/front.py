"""The one hot route without a framework: `POST /api/v1/recharges` with a key that is remembered.

A front before the API, for speed alone: it fills the same struct, makes the same call and writes the
same answer as `recharges.sell`. Whatever is not the plain case it hands over, unread, to that; it
must hold no rule of its own. Measured in docs/adr/0005-a-front-for-the-hot-route.md.
"""

from typing import NamedTuple

import msgspec
import psycopg

from topup import clock
from topup.api import auth, bodies, errors, recharges
from topup.api.auth import Caller
from topup.api.engine import Engine
from topup.api.errors import MEDIA_TYPE, Problem
from topup.api.schemas import RechargeIn
from topup.api.shapes import Application, Message, Receive, Scope, Send
from topup.ledger.outcomes import Outcome
from topup.recharges.rules import Sale
from topup.sellers import keys
from topup.sellers.key_use import UsedKey
from topup.sellers.roles import Deed
from topup.telemetry import context

PATHS = frozenset({"/api/v1/recharges", "/api/v1/recharges/"})
ROUTE = "/api/v1/recharges"
JSON = [(b"content-type", b"application/json")]
MAX_MESSAGES = 4
"""Pieces of a body read here: a plain sale comes in one, which the server ends with an empty one."""
REPLAYED = (b"idempotent-replayed", b"true")

_READ = frozenset({b"authorization", b"idempotency-key", b"content-type"})
_encode = msgspec.json.Encoder().encode


class Plain(NamedTuple):
    """A request that this front can carry through."""

    sale: Sale
    rate_headers: dict[str, str]


def before(app: Application, engine: Engine) -> Application:
    """The API with this front before it."""

    async def fronted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in PATHS and scope["method"] == "POST":
            await _sell(app, engine, scope, receive, send)
        else:
            await app(scope, receive, send)

    return fronted


async def _sell(app: Application, engine: Engine, scope: Scope, receive: Receive, send: Send) -> None:
    messages, body = await _read(receive)
    plain = _plain(engine, scope, body)
    if plain is None:
        await app(scope, _replaying(messages, receive), send)
        return
    state = scope["state"]
    state["answer_headers"] = plain.rate_headers
    try:
        posting = await engine.sales.submit(plain.sale)
        if posting.outcome is Outcome.STALE_KEY:
            await app(scope, _replaying(messages, receive), send)
            return
        sold, replayed = recharges.answer(posting, plain.sale)
    except Problem as problem:
        state["code"] = problem.code
        context.identified(user_id=plain.sale.actor_id, seller_id=plain.sale.seller_id)
        await _refuse(send, problem, state["request_id"])
    except psycopg.Error as error:
        await _refuse(send, errors.internal(error, state["request_id"]), state["request_id"])
    else:
        await _send(send, 201, [*JSON, REPLAYED] if replayed else JSON, sold)


async def _read(receive: Receive) -> tuple[list[Message], bytes | None]:
    """The messages of a body and the body; None where it is long or its client went away."""
    messages = [await receive()]
    while messages[-1].get("more_body", False) and len(messages) < MAX_MESSAGES:
        messages.append(await receive())
    whole = messages[-1]["type"] == "http.request" and not messages[-1].get("more_body", False)
    return messages, b"".join(message["body"] for message in messages) if whole else None


def _plain(engine: Engine, scope: Scope, body: bytes | None) -> Plain | None:
    """The sale that this request asks for, or None where it isn't the plain case."""
    if not body:
        return None
    read = [(name, str(value, "latin-1")) for name, value in scope["headers"] if name in _READ]
    headers = dict(read)
    if len(headers) != len(read):
        return None
    try:
        caller = _remembered(engine, scope, headers.get(b"authorization", ""))
        if caller is None or b"idempotency-key" not in headers:
            return None
        bodies.check_media_type(headers.get(b"content-type"))
        key = bodies.check_key(headers[b"idempotency-key"])
        sale = recharges.wanted(caller, bodies.decode(body, RechargeIn), key)
        return Plain(sale, engine.key_rate.count(f"u{caller.user_id}"))
    except Problem:  # told by the route behind, which finds it again
        return None


def _remembered(engine: Engine, scope: Scope, authorization: str) -> Caller | None:
    key = keys.read(authorization.partition(" ")[2])
    found = engine.keys.recall(key) if key is not None else None
    if (
        key is None
        or found is None
        or found.caller.seller_id is None
        or Deed.SELL not in found.caller.deeds
        or not authorization.lower().startswith(("token ", "bearer "))
    ):
        return None
    scope["state"]["used_key"] = UsedKey(key.id, found.caller.seller_id)
    return auth.check(found, address=scope["client"][0], now_us=clock.now_us())


def _replaying(messages: list[Message], receive: Receive) -> Receive:
    """A `receive` that gives the messages again that were read here."""
    waiting = messages[::-1]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _refuse(send: Send, problem: Problem, request_id: str) -> None:
    extra = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    headers = [(b"content-type", MEDIA_TYPE.encode()), *extra]
    await _send(send, problem.status, headers, problem.body(request_id))


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], content: object) -> None:
    body = _encode(content)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
