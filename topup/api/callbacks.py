"""`/api/callbacks/{operator}`: what operators tell by themselves, from outside and without a key.

Owns the answers. A callback is kept first, so that what follows from it is done even if this process ends
before; that it was kept is all that its sender is told.
"""

import logging
import re

import psycopg
from litestar import Response, Router, post

from topup import clock
from topup.api import engine, errors, guards
from topup.api.bodies import ApiRequest
from topup.api.engine import Engine
from topup.api.errors import Code, Problem
from topup.api.schemas import CallbackOut
from topup.ledger.families import Posting
from topup.recharges import callbacks
from topup.recharges.callbacks import MAX_BODY_BYTES
from topup.recharges.notices import Read
from topup.recharges.settle import Settlement, Settlements

_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")

log = logging.getLogger(__name__)


@post("/{operator:str}", status_code=200, security=[], summary="Hear what an operator tells by itself")
async def receive(request: ApiRequest, operator: str) -> Response[CallbackOut]:
    """Any body up to 64 KiB. The same bytes again change nothing. One whose signature the operator's gateway
    proves may settle a recharge; any other one only makes us ask the operator."""
    own = engine.of(request)
    caller = f"{operator}:{guards.address(request)}"
    limits = own.callback_rate.count(caller)
    body = await _body(request)
    read = await _read(request, own, operator, body)
    if not read.callback.signed:
        limits = own.unsigned_callback_rate.count(caller)
    keep = callbacks.keep(read.callback, gateway=read.gateway, headers=dict(request.headers.items()))
    (((is_new,),),) = await own.run([keep])
    if is_new:
        await _follow_up(own, read)
    return Response(CallbackOut(received=True), headers=limits)


async def _body(request: ApiRequest) -> bytes:
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise Problem(Code.BODY_TOO_LARGE, f"Send at most {MAX_BODY_BYTES} bytes.")
    return body


async def _read(request: ApiRequest, own: Engine, operator: str, body: bytes) -> Read:
    try:
        read = (
            await own.notices.read(
                operator=operator,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
                ask=own.run,
                now_us=clock.now_us(),
            )
            if _CODE.fullmatch(operator)
            else None
        )
    except (psycopg.OperationalError, OSError, TimeoutError) as error:
        raise engine.away() from error
    if read is None:
        raise errors.not_found("operator")
    return read


async def _follow_up(own: Engine, read: Read) -> None:
    """Do what it says. What can't be done now is left to a worker's sweep: it is kept, which is answered."""

    async def post_settlement(wish: Settlement) -> Posting:
        return await own.post(wish, Settlements())

    try:
        await callbacks.follow_up(read.callback, ask=own.run, post=post_settlement)
    except (Problem, psycopg.Error) as error:
        log.warning("the callback %s is left to a worker: %s", read.callback.id, error)


router = Router(path="/api/callbacks", tags=["callbacks"], route_handlers=[receive])
