"""Something done again and again, with a pause where there was nothing to do.

Owns what an error means to the loop: nothing but a pause. It must never be cancelled in the middle of a
step: `stop` lets the present one end.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from topup import clock
from topup.trips import AsyncConnection
from topup.webhooks.pace import Pace

STEP_TIMEOUT_S = 15.0
"""A step longer than this is given up, and its connection with it: the statement time-out is shorter."""
TROUBLE_S = 1.0
"""Before the next step after one that failed."""

log = logging.getLogger(__name__)

Pool = AsyncConnectionPool[AsyncConnection]
Do = Callable[[AsyncConnection], Awaitable[bool]]
"""One step; whether there was anything to do."""


class Loop:
    """Start it in the asyncio loop that it works in. A step has a connection of the pool."""

    def __init__(self, pool: Pool, do: Do, *, what: str, idle_s: float, pace: Pace | None = None) -> None:
        """`pace` is for what may wait while sales need the machine."""
        self._pool = pool
        self._pace = pace
        self._do = do
        self._what = what
        self._idle_s = idle_s
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There may be something to do: cut the pause short."""
        self._wake.set()

    async def stop(self) -> None:
        """Begin no other step, and wait for the present one."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def finish(self) -> None:
        """Do what is left to do, after the stop; an error ends it."""
        while await self.step():
            pass

    async def step(self) -> bool | None:
        """One step; None where it failed, which is logged."""
        try:
            async with asyncio.timeout(STEP_TIMEOUT_S), self._pool.connection() as connection:
                return await self._do(connection)
        except (psycopg.OperationalError, PoolTimeout, TooManyRequests, TimeoutError) as error:
            log.warning("%s: the database is away: %s", self._what, error)
        except Exception:  # the boundary of a step: the loop goes on
            log.exception("%s: a step failed", self._what)
        return None

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            begun_s = clock.monotonic_s()
            did = await self.step()
            if did is None:
                await asyncio.sleep(TROUBLE_S)
            elif did and self._pace is not None:
                await self._pace.rest(clock.monotonic_s() - begun_s)
            elif not did and not self._stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._idle_s)
