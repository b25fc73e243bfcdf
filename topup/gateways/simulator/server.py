"""The simulated operator as an HTTP server, for `http_json` and for whoever tries a real socket.

Owns its JSON API (docs/reference/simulator.md). Bare ASGI: it must cost less than what is tested with
it. It believes every caller: it listens on the loopback and holds nothing but its own counts.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import httpx
import msgspec

from topup import clock
from topup.gateways.contract import Result
from topup.gateways.simulator import behaviours, callbacks
from topup.gateways.simulator.behaviours import Manner
from topup.gateways.simulator.book import Book
from topup.gateways.simulator.callbacks import Sender
from topup.gateways.simulator.network import Network, Reply, Told

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]  # ASGI's own
Send = Callable[[Any], Awaitable[None]]  # ASGI's own

SILENCE_S: Final = 60
"""How long a connection is held without an answer, where the client does not give up."""
MAX_BODY: Final = 10_000
"""Bytes of a request."""
HTML: Final = b"<!DOCTYPE html><html><title>Welcome</title><body>It works!</body></html>"
STATUSES: Final = {
    Result.DELIVERED: (200, "delivered"),
    Result.REFUSED: (200, "refused"),
    Result.UNKNOWN: (202, "accepted"),
    Result.RETRY_LATER: (503, "unavailable"),
    Result.NOT_FOUND: (404, "not_found"),
}
"""How each result is said: the HTTP status, and `status` in the body."""


class Word(msgspec.Struct, frozen=True):
    """A request's body. Fields that a word does not need are passed over."""

    reference: str
    phone_number: str = ""
    amount: int | str = ""


class Server:
    """The ASGI application. `callback_url` empty: nobody is called back."""

    def __init__(self, *, home: Path, callback_url: str, secret: bytes) -> None:
        self._home = home
        self._network: Network | None = None
        self._sender: Sender | None = None
        if callback_url:
            self._sender = Sender(
                url=callback_url,
                secret=secret,
                client=lambda: httpx.AsyncClient(timeout=callbacks.TIMEOUT_S, trust_env=False),
            )

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        route = (scope["method"], scope["path"])
        if route == ("GET", "/numbers"):
            await _json(send, 200, {"data": [_shown(row) for row in behaviours.TABLE.values()]})
        elif route == ("GET", "/received"):
            await self._received(scope, send)
        elif route[0] == "POST" and route[1] in ("/submit", "/query", "/reverse"):
            await self._word(route[1][1:], receive, send)
        else:
            await _json(send, 404, {"error": "POST /submit, /query or /reverse; GET /received or /numbers"})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._network = Network(Book(self._home), tell=self._tell)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._sender is not None:
            await self._sender.close()
        self._network.book.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _tell(self, told: Told) -> None:
        if self._sender is not None:
            self._sender.tell(told)

    async def _word(self, verb: str, receive: Receive, send: Send) -> None:
        try:
            word = msgspec.json.decode(await _body(receive), type=Word)
        except msgspec.DecodeError as error:
            await _json(send, 400, {"error": str(error)})
            return
        await _say(self._reply(verb, word), receive, send)

    def _reply(self, verb: str, word: Word) -> Reply:
        assert self._network is not None, "the server opens its book before it answers"
        now_us = clock.now_us()
        match verb:
            case "submit":
                return self._network.submit(
                    reference=word.reference,
                    phone_number=word.phone_number,
                    amount=str(word.amount),
                    now_us=now_us,
                )
            case "query":
                return self._network.query(reference=word.reference, now_us=now_us)
            case _:
                return self._network.reverse(reference=word.reference, now_us=now_us)

    async def _received(self, scope: MutableMapping[str, Any], send: Send) -> None:
        assert self._network is not None, "the server opens its book before it answers"
        reference = parse_qs(scope["query_string"].decode("latin-1")).get("reference", [""])[0]
        if not reference:
            await _json(send, 400, {"error": "name a reference, or the first 32 characters of several"})
            return
        found = self._network.book.received(reference)
        await _json(send, 200, {"data": [row._asdict() for row in found]})


async def _say(reply: Reply, receive: Receive, send: Send) -> None:
    match reply.manner:
        case Manner.SILENT:
            await _wait_for_the_end(receive)
            await _break_off(send)
        case Manner.CLOSES:
            await _break_off(send)
        case Manner.GARBAGE:
            await asyncio.sleep(reply.after_s)
            await _send(send, 200, b"text/html", HTML)
        case Manner.ANSWERS:
            await asyncio.sleep(reply.after_s)
            status, word = STATUSES[reply.result]
            said = {"status": word, "code": reply.code, "operator_reference": reply.operator_reference}
            await _json(send, status, said)


async def _wait_for_the_end(receive: Receive) -> None:
    """Until the client gives up, or SILENCE_S."""
    try:
        async with asyncio.timeout(SILENCE_S):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _break_off(send: Send) -> None:
    """End the connection in the middle of an answer: ASGI knows no way to end one before it."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while len(body) <= MAX_BODY:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)
    return b""  # too long to be a word, and no JSON


async def _json(send: Send, status: int, said: object) -> None:
    await _send(send, status, b"application/json", msgspec.json.encode(said))


async def _send(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _shown(row: behaviours.Row) -> dict[str, str]:
    return {"digits": row.digits, "behaviour": row.says}
