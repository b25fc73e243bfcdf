"""A client that takes too long, or one too many, is sent away; the others are answered."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import pytest

from topup.management import serve
from topup.site import wire

SOON_S = 0.3
RESTING_S = 3
LAST_CHUNK = b"0\r\n\r\n"
TIMEOUT_S = 30
LONG = b"x" * 2**20
MANY = 64
GET = b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n"
Connect = Callable[[], socket.socket]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:  # ASGI's own shapes
    """Answers `/` in a word, and `/long` with more than a connection holds."""
    if scope["type"] == "lifespan":
        for moment in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{moment}.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    pieces = [LONG] * MANY if scope["path"] == "/long" else [b"answered"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    for limit in ("HEAD_TIMEOUT_S", "BODY_TIMEOUT_S", "STALL_TIMEOUT_S"):
        monkeypatch.setattr(wire, limit, SOON_S)
    monkeypatch.setattr(serve, "KEEP_ALIVE_S", RESTING_S)
    with closing(serve.listening(host="127.0.0.1", port=0)) as listener:
        listener.listen()  # so that who comes before the server waits
        server = serve.server(application, protocol=partial(wire.Protocol, fronts={}))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield lambda: socket.create_connection(listener.getsockname(), timeout=TIMEOUT_S)
        server.should_exit = True
        thread.join(TIMEOUT_S)


def everything(connection: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: shop\r\n",
        b"POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_who_does_not_finish_a_request_is_hung_up_on(connect: Connect, beginning: bytes) -> None:
    with connect() as slow:
        slow.sendall(beginning)
        assert everything(slow) == b""

    with connect() as quick:
        quick.sendall(GET)
        assert quick.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_who_reads_nothing_of_a_long_answer_is_hung_up_on(connect: Connect) -> None:
    with connect() as stalled, connect() as quick:
        stalled.sendall(GET.replace(b"GET /", b"GET /long"))
        quick.sendall(GET)
        assert quick.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        threading.Event().wait(SOON_S * 4)

        assert len(everything(stalled)) < len(LONG) * MANY


def test_one_connection_too_many_is_told_to_come_again(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_TIMEOUT_S", TIMEOUT_S)
    monkeypatch.setattr(wire, "MAX_CONNECTIONS", 2)
    with connect() as first, connect() as second:
        for connection in (first, second):
            connection.sendall(GET)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        with connect() as third:
            refusal = everything(third)

    assert refusal.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1\r\n" in refusal
    assert json.loads(refusal.partition(b"\r\n\r\n")[2])["code"] == "overloaded"


def test_who_reads_a_long_answer_slowly_has_all_of_it(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For longer in all than it may read nothing; a busy machine may hold up both."""
    monkeypatch.setattr(wire, "STALL_TIMEOUT_S", 3 * SOON_S)
    with connect() as slow:
        slow.sendall(GET.replace(b"GET /", b"GET /long"))
        read = 0
        while read < len(LONG) * MANY:
            part = slow.recv(2**21)
            assert part, "hung up on"
            read += len(part)
            time.sleep(SOON_S / 10)


@pytest.mark.parametrize("requests", [1, 3])
def test_a_connection_that_rests_is_given_up(connect: Connect, requests: int) -> None:
    with connect() as connection:
        for _ in range(requests):
            connection.sendall(GET)
            read = b""
            while not read.endswith(LAST_CHUNK):
                read += connection.recv(65_536)

        assert everything(connection) == b""
