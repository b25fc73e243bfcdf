"""A TCP proxy that breaks a connection at an exact step of a sale, in every way that networks break one.

Owns the steps and the manners. A step is what passes in one direction: a request or a trip that has a
marker in it, or the first of the answer to it. A proxy is told one step and one manner; the next connection
on which the step comes to pass meets it, once.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

CHUNK_BYTES = 65_536
DELAY_S = 1.0
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes a close a reset."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[], Awaitable[Streams]]


class Manner(StrEnum):
    """What becomes of the bytes of the step."""

    DELAY = "delayed"
    BYTES = "byte by byte"
    CUT = "cut in mid-message"
    RESET = "reset in mid-message"
    HALF_OPEN = "half-open: silence"


class Step(NamedTuple):
    name: str
    marker: bytes
    answer: bool


OF_A_CLIENT = (
    Step("the request", b"POST /api/v1/recharges", answer=False),
    Step("the answer", b"POST /api/v1/recharges", answer=True),
)
OF_THE_DATABASE = (
    Step("the first trip, which locks", b"FOR NO KEY UPDATE", answer=False),
    Step("the answer to the lock", b"FOR NO KEY UPDATE", answer=True),
    Step("the second trip, which writes and commits", b"ledger.post_v1", answer=False),
    Step("the answer to the commit", b"ledger.post_v1", answer=True),
)


class Broken(Exception):
    """The connection ends here."""


@dataclass
class Connection:
    """One that passes through, from its client to its server."""

    client: Streams
    server: Streams
    silent: bool = False
    called: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether the marker passed, so that what comes back next is its answer."""


class Between:
    """`happened` is set once the step came to pass."""

    def __init__(self) -> None:
        self.happened = asyncio.Event()
        self._armed: tuple[Step, Manner] | None = None

    def arm(self, step: Step, manner: Manner) -> None:
        self.happened.clear()
        self._armed = (step, manner)

    async def carry(self, client: Streams, open_server: Open) -> None:
        """One connection, until either side ends it or the proxy does."""
        passing: list[asyncio.Task[None]] = []
        try:
            connection = Connection(client, await open_server())
        except OSError:
            client[1].close()
            return
        try:
            ways = (self._to_the_server(connection), self._to_the_client(connection))
            passing = [asyncio.create_task(way) for way in ways]
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in passing:
                task.cancel()
            await asyncio.gather(*passing, return_exceptions=True)
            for _, writer in (connection.client, connection.server):
                writer.close()

    async def _to_the_server(self, connection: Connection) -> None:
        tail = b""
        while chunk := await connection.client[0].read(CHUNK_BYTES):
            armed = self._armed
            if armed is not None and armed[0].marker in tail + chunk:
                if armed[0].answer:
                    connection.called.set()
                else:
                    await self._break(connection, chunk, connection.server[1])
                    continue
            tail = chunk[-CHUNK_BYTES:]
            await self._pass(connection, chunk, connection.server[1])

    async def _to_the_client(self, connection: Connection) -> None:
        while chunk := await connection.server[0].read(CHUNK_BYTES):
            armed = self._armed
            if armed is not None and armed[0].answer and connection.called.is_set():
                await self._break(connection, chunk, connection.client[1])
            else:
                await self._pass(connection, chunk, connection.client[1])

    async def _pass(self, connection: Connection, chunk: bytes, sink: asyncio.StreamWriter) -> None:
        if not connection.silent:
            sink.write(chunk)
            await sink.drain()

    async def _break(self, connection: Connection, chunk: bytes, sink: asyncio.StreamWriter) -> None:
        assert self._armed is not None
        (_, manner), self._armed = self._armed, None
        self.happened.set()
        connection.called.clear()
        if manner is Manner.DELAY:
            await asyncio.sleep(DELAY_S)
        if manner is Manner.HALF_OPEN:
            connection.silent = True  # what either side sends from now on arrives nowhere
        elif manner is Manner.BYTES:
            for place in range(len(chunk)):
                await self._pass(connection, chunk[place : place + 1], sink)
        elif manner is Manner.DELAY:
            await self._pass(connection, chunk, sink)
        else:
            await self._pass(connection, chunk[: len(chunk) // 2], sink)
            if manner is Manner.RESET:
                _reset(connection.client[1], connection.server[1])
            raise Broken


def _reset(*writers: asyncio.StreamWriter) -> None:
    for writer in writers:
        own: socket.socket = writer.get_extra_info("socket")
        if own.family != socket.AF_UNIX:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()


@asynccontextmanager
async def between(open_server: Open) -> AsyncIterator[tuple[Between, int]]:
    """A proxy before what `open_server` reaches, and its port on the loopback."""
    proxy = Between()
    tasks: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await proxy.carry((reader, writer), open_server)

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
