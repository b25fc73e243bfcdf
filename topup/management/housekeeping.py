"""A worker's housekeeping: what is read once in a while over all sellers, for the metrics.

Owns one connection and the gauges that it fills. It writes nothing.
"""

import asyncio
import logging

import psycopg

from topup import clock, trips
from topup.kept_connection import KeptConnection
from topup.ledger.poster import TRIP_TIMEOUT_S
from topup.recharges import cases, errands
from topup.telemetry.counts import COUNTS
from topup.trips import Connect, Rows

PERIOD_S = 10.0
"""Each look reads what is open over all sellers: thousands of rows, not millions."""

log = logging.getLogger(__name__)


class Housekeeping:
    """Start it in the loop that uses it."""

    def __init__(self, connect: Connect) -> None:
        self._kept = KeptConnection(connect)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._kept.close()

    async def _run(self) -> None:
        while True:
            try:
                _show(await self._look())
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("the metrics of what is open can't be read: %s", error)
                await self._kept.close()
            await asyncio.sleep(PERIOD_S)

    async def _look(self) -> Rows:
        connection = await self._kept.get()
        async with asyncio.timeout(TRIP_TIMEOUT_S):
            return await trips.run_async(connection, [errands.totals(), cases.count_open()])


def _show(rows: Rows) -> None:
    ((unknown, amount, oldest_us, review, open_now),) = rows[0]
    oldest_s = (clock.now_us() - oldest_us) / clock.US_PER_SECOND if unknown else 0.0
    _gauge("topup_unknown_recharges", unknown)
    _gauge("topup_unknown_amount_minor", int(amount))
    _gauge("topup_unknown_oldest_seconds", oldest_s)
    _gauge("topup_review_recharges", review)
    _gauge("topup_open_recharges", open_now)
    _gauge("topup_open_cases", sum(cases.by_kind(rows[1:]).values()))


def _gauge(name: str, value: float) -> None:
    COUNTS.gauge(name, lambda: value)
