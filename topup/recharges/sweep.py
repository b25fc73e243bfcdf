"""A worker's sweep of callbacks: it follows up what a process left behind as it ended, and forgets old ones.

Owns one connection. What a callback may do is `callbacks.py`'s to say.
"""

import asyncio
import logging

import psycopg

from topup import clock, trips
from topup.kept_connection import KeptConnection
from topup.ledger.families import Posting
from topup.ledger.poster import TRIP_TIMEOUT_S, Poster
from topup.recharges import callbacks
from topup.recharges.callbacks import Callback
from topup.recharges.settle import Settlement
from topup.trips import Connect, Rows, Statement

PERIOD_S = 5.0
"""Between two sweeps: a crash delays a callback by this and LEFT_AFTER_S at the most."""

log = logging.getLogger(__name__)


class Sweep:
    """Start it in the loop that uses it. Several workers may sweep at once: nothing is done twice."""

    def __init__(self, connect: Connect, *, settling: "Poster[Settlement, Settlement]") -> None:
        self._kept = KeptConnection(connect)
        self._settling = settling
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Call it before the poster of settlements stops."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._kept.close()

    async def _run(self) -> None:
        while True:
            try:
                await self.once()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("callbacks can't be swept: %s", error)
                await self._kept.close()
            await asyncio.sleep(PERIOD_S)

    async def once(self) -> None:
        """One sweep. Raises what the database raises."""
        now_us = clock.now_us()
        left, old = await self._ask([callbacks.left_behind(now_us=now_us), callbacks.too_old(now_us=now_us)])
        for row in left:
            await self._follow_up(callbacks.kept(row))
        if old:
            await self._ask([callbacks.forget(old)])

    async def _follow_up(self, callback: Callback) -> None:
        try:
            await callbacks.follow_up(callback, ask=self._ask, post=self._post)
        except psycopg.Error:
            if not self._kept.is_open:
                raise
            log.exception("the callback %s can't be followed up; the next ones are", callback.id)

    async def _post(self, wish: Settlement) -> Posting:
        return await self._settling.submit(wish)

    async def _ask(self, step: list[Statement]) -> Rows:
        connection = await self._kept.get()
        async with asyncio.timeout(TRIP_TIMEOUT_S):
            return await trips.run_async(connection, step)
