"""An operator of the tests' own over HTTP, which does exactly what a test tells it at the worst moment.

It speaks like `topup simulator` and keeps count of what it received under each reference. What a test
gives it runs in its thread.
"""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from tests.support.beside import listening
from tests.support.server import free_port

HEAD_END = b"\r\n\r\n"


class Manner(NamedTuple):
    """How a submit is met. `takes` is what really becomes of it: delivered, refused, or None for an
    order that was never taken. `says` is its answer, where that is another: `accepted` tells nothing.
    It is answered after `after_s`, or dropped. `heard` is called once all bytes are here, `answered` once
    the answer has left."""

    takes: str | None = "delivered"
    says: str | None = None
    after_s: float = 0.05
    drops: bool = False
    heard: Callable[[], None] | None = None
    answered: Callable[[], None] | None = None


class OperatorServer:
    """`manners` says how a submit of this reference is met; it may be changed at any time, and so may
    `silent`: an operator that keeps every request waiting, queries too."""

    def __init__(self, manners: Callable[[str], Manner]) -> None:
        self.port = free_port()
        self.manners = manners
        self.silent = False
        self.submits: Counter[str] = Counter()
        self.queries: Counter[str] = Counter()
        self.numbers: dict[str, str] = {}
        self.became: dict[str, str | None] = {}
        self.waiting: set[asyncio.StreamWriter] = set()
        """Connections that are kept without an answer now."""
        self.busy = self.busy_most = 0
        """Submits under way now, and the most there ever were at once."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def let_go(self) -> None:
        """End the connections that are kept waiting."""
        assert self._loop is not None, "nobody was ever here"
        for writer in list(self.waiting):
            self._loop.call_soon_threadsafe(writer.close)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Meet one request; whether the connection stays."""
        head = (await reader.readuntil(HEAD_END)).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        word = json.loads(await reader.readexactly(length))
        reference = word["reference"]
        if head.startswith("post /submit"):
            return await self._submitted(reference, word["phone_number"], reader, writer)
        self.queries[reference] += 1
        if self.silent:
            return await self._keep_waiting(reader, writer)
        await _say(writer, self.became.get(reference) or "not_found")
        return True

    async def _submitted(
        self, reference: str, number: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        self.submits[reference] += 1
        self.numbers[reference] = number
        manner = self.manners(reference)
        self.became[reference] = manner.takes
        if manner.heard is not None:
            manner.heard()
        if self.silent:
            return await self._keep_waiting(reader, writer)
        self.busy += 1
        self.busy_most = max(self.busy_most, self.busy)
        await asyncio.sleep(manner.after_s)
        self.busy -= 1
        if manner.drops:
            return False
        await _say(writer, manner.says or manner.takes or "unavailable")
        if manner.answered is not None:
            manner.answered()
        return True

    async def _keep_waiting(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Until whoever asked gives up, or it is let go."""
        self.waiting.add(writer)
        try:
            await reader.read()
        finally:
            self.waiting.remove(writer)
        return False


async def _say(writer: asyncio.StreamWriter, status: str) -> None:
    body = json.dumps({"status": status}).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    await writer.drain()


@contextmanager
def operating(manners: Callable[[str], Manner] = lambda _: Manner()) -> Iterator[OperatorServer]:
    """An operator that listens on the loopback until the end."""
    operator = OperatorServer(manners)
    with listening(operator.serve, partial(asyncio.start_server, host="127.0.0.1", port=operator.port)):
        yield operator
