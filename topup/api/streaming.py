"""Answers that are streamed: how many at once, for how long, and how each ends.

Owns the limits on clients that read slowly. It must never know what is streamed.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Message, Receive, Send

from topup import clock
from topup.api.errors import Code, Problem

MAX_OPEN = 8
"""Streams written at once by one process. Each takes a page of memory and what the server keeps for a
slow client, some 2 MB."""
MAX_OPEN_PER_USER = 2
"""So that one user's streams keep nobody else's waiting."""
LEASE_S = 600
"""A stream that is not through by then is cut off: its client hardly reads, and others wait."""
STALL_S = 20
"""A client that takes nothing for so long is given up, and its place is another's. The server itself keeps
what it has buffered for it, and the connection, until the client leaves or the server stops."""

log = logging.getLogger(__name__)


class CutOff(Exception):
    """A stream that took longer than its lease."""


class Desk:
    """The places where this process writes streams, each leased for a time."""

    def __init__(self, *, lease_s: float = LEASE_S) -> None:
        self._lease_s = lease_s
        self._leases: dict[object, tuple[int, float]] = {}  # the user, and when the lease ends

    @contextmanager
    def place(self, user_id: int) -> Iterator[object]:
        """A place for a stream of this user. Raises Problem where there is none."""
        now_s = clock.monotonic_s()
        self._leases = {key: lease for key, lease in self._leases.items() if lease[1] > now_s}
        if sum(user == user_id for user, _ in self._leases.values()) >= MAX_OPEN_PER_USER:
            raise Problem(
                Code.RATE_LIMITED,
                f"{MAX_OPEN_PER_USER} long answers at once; read those that you began first.",
            )
        if len(self._leases) >= MAX_OPEN:
            raise Problem(Code.OVERLOADED, "Many long answers are being read; ask again after Retry-After.")
        place = object()
        self._leases[place] = (user_id, now_s + self._lease_s)
        try:
            yield place
        finally:
            self._leases.pop(place, None)

    def hold(self, place: object) -> None:
        """Say that a place is still needed. Raises CutOff after its lease."""
        lease = self._leases.get(place)
        if lease is None or lease[1] <= clock.monotonic_s():
            raise CutOff(f"it was not read within {self._lease_s} s")


class Streamed(ASGIStreamingResponse):
    """A stream whose source is closed with it, also where the client hung up or reads no more."""

    iterator: AsyncGenerator[bytes, None]
    stall_s: float = STALL_S

    async def send_body(self, send: Send, receive: Receive) -> None:
        async def timely(message: Message) -> None:
            async with asyncio.timeout(self.stall_s):
                await send(message)

        try:
            await super().send_body(timely, receive)
        except Exception:
            log.exception("a stream was cut off before its end")
            raise
        finally:
            await self.iterator.aclose()
