"""SELLER_LOCK=redis: redis-py's lock on every seller of a batch, in front of the row locks.

Owns how long they are waited for and what happens without them. They protect nothing that the row
lock and the book's `seq` do not protect alone (docs/adr/0013): so wherever Redis is away, slow or
wrong, the batch goes on.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from functools import partial

from redis.asyncio.lock import Lock
from redis.exceptions import LockError

from topup import clock
from topup.circuit import Away
from topup.redis_link import PREFIX, Link

RETRY_S = 0.005
"""Between two attempts at a lock that another holds: about the time of a batch."""

log = logging.getLogger(__name__)


class SellerLocks:
    """Makes, for the sellers of a batch, the context in which it is posted."""

    def __init__(self, link: Link, *, timeout_s: int) -> None:
        """`timeout_s` is the life of a lock whose holder died, and the longest that a batch waits."""
        self._link = link
        self._timeout_s = timeout_s

    @contextlib.asynccontextmanager
    async def around(self, sellers: Sequence[int]) -> AsyncIterator[None]:
        """Hold the locks of these sellers, given in rising order, or go on without them."""
        held: list[Lock] = []
        try:
            with contextlib.suppress(Away):  # said in the log, once
                await self._acquire(sellers, held)
            yield
        finally:
            with contextlib.suppress(Away):  # they end by themselves
                await self._release(held)

    async def _acquire(self, sellers: Sequence[int], held: list[Lock]) -> None:
        until_s = clock.monotonic_s() + self._timeout_s
        for seller in sellers:
            name = f"{PREFIX}seller:{seller}"
            lock = Lock(self._link.redis, name, timeout=self._timeout_s, thread_local=False)
            if not await self._acquire_one(lock, until_s=until_s):
                log.warning("seller %s stayed locked in Redis; its row lock alone protects it", seller)
                return
            held.append(lock)

    async def _acquire_one(self, lock: Lock, *, until_s: float) -> bool:
        while clock.monotonic_s() < until_s:
            if await self._link.ask(lambda: lock.acquire(blocking=False)):
                return True
            await asyncio.sleep(RETRY_S)
        return False

    async def _release(self, held: Sequence[Lock]) -> None:
        until_s = clock.monotonic_s() + self._timeout_s  # then each has ended by itself
        for lock in held:
            if clock.monotonic_s() < until_s:
                await self._link.ask(partial(_give_back, lock))


async def _give_back(lock: Lock) -> None:
    with contextlib.suppress(LockError):  # its life was over: another may hold it now
        await lock.release()
