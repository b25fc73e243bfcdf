"""The beat that writes what keys were used for: once a second, in one trip, and never where nothing came.

Owns how many requests of a seller are kept and for how long. Whatever fails here costs lines of a log for
developers and nothing else: no request waits for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import psycopg

from topup import clock, ids, sellers, sqlfiles
from topup.api.errors import Problem
from topup.clock import US_PER_SECOND
from topup.ledger import literals
from topup.sellers.key_use import Seen, Use
from topup.trips import Row, Rows, Statement

BEAT_S = 1.0
USED_APART_US = 60 * US_PER_SECOND
"""How old the time of a key's last use may be: a minute."""
KEPT_OF_SELLER = 1_000
KEPT_US = 7 * 24 * 3600 * US_PER_SECOND
GROWN_BY = 100
"""Requests that a seller gets beyond KEPT_OF_SELLER before its oldest are forgotten."""
FORGOTTEN_AT_ONCE = 5_000
"""Rows that one statement forgets: well within its time."""
OLD_EVERY_S = 600.0
"""How often what is too old is looked for."""
MAX_METHOD, MAX_PATH, MAX_CODE, MAX_REQUEST_ID = 20, 200, 60, 64

SQL = sqlfiles.load(Path(sellers.__file__).with_name("key_use.sql"))
Run = Callable[[list[Statement]], Awaitable[Rows]]

log = logging.getLogger(__name__)


class KeyUse:
    """Started and stopped with the engine. `run` runs a step on a connection of its pool."""

    def __init__(self, run: Run) -> None:
        self.seen = Seen()
        self._run = run
        self._ids = ids.Maker()
        self._task: asyncio.Task[None] | None = None
        self._told: dict[str, int] = {}  # the keys whose use was written, and when
        self._grown: dict[int, int] = {}  # how many requests each seller got since it was last cut
        self._old_s = clock.monotonic_s()

    def start(self) -> None:
        self._task = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Stop, and write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self.write()

    async def write(self) -> None:
        """Write what was seen since the last time, and forget what is too much."""
        now_us = clock.now_us()
        taken = self.seen.take()
        step = self._keeping(taken.uses) + self._telling(taken.keys, now_us)
        try:
            if step:
                await self._run(step)
            await self._forget(now_us)
        except (Problem, psycopg.Error) as error:
            log.warning("what keys were used for can't be written: %s", error)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            await self.write()

    def _keeping(self, uses: list[Use]) -> list[Statement]:
        if not uses:
            return []
        for use in uses:
            self._grown[use.seller_id] = self._grown.get(use.seller_id, 0) + 1
        made = [self._ids.make(use.seller_id, use.at_us) for use in uses]
        return [(SQL["keep_requests"], _columns(uses, made))]

    def _telling(self, keys: set[str], now_us: int) -> list[Statement]:
        """What tells that keys were used, of those alone whose last use may be too old by now."""
        self._told = {key: at_us for key, at_us in self._told.items() if now_us - at_us < USED_APART_US}
        due = keys - self._told.keys()
        if not due:
            return []
        self._told |= dict.fromkeys(due, now_us)
        return [(SQL["keys_used"], (0, literals.words(due), now_us, USED_APART_US))]

    async def _forget(self, now_us: int) -> None:
        full = [seller_id for seller_id, rows in self._grown.items() if rows >= GROWN_BY]
        if full:
            found = (literals.numbers(full), KEPT_OF_SELLER, FORGOTTEN_AT_ONCE)
            await self._forget_found((SQL["surplus_requests"], found))
            for seller_id in full:
                del self._grown[seller_id]
        if clock.monotonic_s() - self._old_s >= OLD_EVERY_S:
            more = await self._forget_found((SQL["old_requests"], (now_us - KEPT_US, FORGOTTEN_AT_ONCE)))
            if not more:
                self._old_s = clock.monotonic_s()

    async def _forget_found(self, statement: Statement) -> bool:
        """Forget the rows that a statement finds; whether there may be more."""
        (rows,) = await self._run([statement])
        if rows:
            await self._run([(SQL["forget_requests"], _named(rows))])
        return len(rows) >= FORGOTTEN_AT_ONCE


def _columns(uses: list[Use], made: list[str]) -> tuple[object, ...]:
    return (
        uses[0].seller_id,
        literals.numbers(use.seller_id for use in uses),
        literals.numbers(use.at_us for use in uses),
        literals.words(made),
        literals.words(use.key_id for use in uses),
        literals.numbers(use.took_us for use in uses),
        literals.numbers(use.status for use in uses),
        _texts((use.method for use in uses), MAX_METHOD),
        _texts((use.path for use in uses), MAX_PATH),
        _texts((use.code for use in uses), MAX_CODE),
        _texts((use.request_id for use in uses), MAX_REQUEST_ID),
    )


def _named(rows: list[Row]) -> tuple[object, ...]:
    return rows[0][0], literals.numbers(row[0] for row in rows), literals.words(row[1] for row in rows)


def _texts(values: Iterable[str], most: int) -> str:
    """Texts that clients wrote: PostgreSQL takes no NUL, nor what is no Unicode."""
    return literals.texts(
        value[:most].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
        for value in values
    )
