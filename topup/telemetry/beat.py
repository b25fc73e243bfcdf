"""A worker's beat: measures how late its event loop wakes, and keeps its numbers for the others.

Owns one task per worker. What it writes each second is a few kilobytes, in a thread.
"""

import asyncio
import logging

from prometheus_client import ProcessCollector

from topup import clock
from topup.telemetry.counts import COUNTS, Snapshot
from topup.telemetry.metrics import METRICS, Kind
from topup.telemetry.snapshots import Directory

LAG_PERIOD_S = 0.1
"""How often the loop is asked to wake: often enough to meet a stall of its length."""
KEEP_EVERY = 10
"""Wakes between two snapshots: one a second."""

log = logging.getLogger(__name__)


class Beat:
    """Started and stopped with the worker."""

    def __init__(self, directory: Directory, *, counted_as: str = "topup_workers") -> None:
        """`counted_as` is the gauge that counts workers of this sort."""
        self._directory = directory
        self._counted_as = counted_as
        self._task: asyncio.Task[None] | None = None
        self._process = ProcessCollector(registry=None)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop, and keep the last numbers."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._keep, self._snapshot())

    async def total(self) -> Snapshot:
        """The sums over all workers; this one's are of this moment, the others' a second old at the most."""
        own = self._snapshot()
        return await asyncio.to_thread(self._kept_total, own)

    async def _run(self) -> None:
        wakes = 0
        while True:
            before_s = clock.monotonic_s()
            await asyncio.sleep(LAG_PERIOD_S)
            late_s = clock.monotonic_s() - before_s - LAG_PERIOD_S
            COUNTS.observe("topup_loop_lag_seconds", max(late_s, 0.0))
            wakes += 1
            if wakes % KEEP_EVERY == 0:
                await asyncio.to_thread(self._keep, self._snapshot())

    def _snapshot(self) -> Snapshot:
        taken = COUNTS.snapshot()
        taken.gauges[self._counted_as] = 1
        for family in self._process.collect():
            for sample in family.samples:
                metric = METRICS.get(sample.name)
                if metric is not None and metric.kind is Kind.COUNTER:
                    taken.counters[sample.name] = [((), sample.value)]
                elif metric is not None:
                    taken.gauges[sample.name] = sample.value
        return taken

    def _keep(self, snapshot: Snapshot) -> None:
        try:
            self._directory.keep(snapshot)
        except OSError as error:  # a full disk stops no sale
            log.warning("the metrics of this worker can't be kept: %s", error)

    def _kept_total(self, own: Snapshot) -> Snapshot:
        self._directory.keep(own)
        return self._directory.total()
