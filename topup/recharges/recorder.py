"""Writing down answers that settle nothing: while some are being written, the next gather.

Owns one connection. An answer is kept until it is written or its lease ends: after that another worker
asks anew, and the database would refuse it anyway.
"""

import asyncio
import logging
from collections import deque
from typing import NamedTuple

import psycopg

from topup import clock, trips
from topup.kept_connection import KeptConnection
from topup.ledger.poster import TRIP_TIMEOUT_S
from topup.recharges import errands
from topup.recharges.errands import Record
from topup.recharges.pursuit import Verb
from topup.trips import Connect, Row, Statement

MAX_BATCH = 256
"""Answers in one transaction. What waits is bounded by what is under way with the operators."""
PAUSE_S = 0.5
"""Before the database is asked again that was away."""

log = logging.getLogger(__name__)


class Note(NamedTuple):
    """An answer to write and, with it, the case that it opens, if any."""

    record: Record
    case: Statement | None
    written: "asyncio.Future[None]"


class Recorder:
    """Start it in the loop that uses it."""

    def __init__(self, connect: Connect) -> None:
        self._kept = KeptConnection(connect)
        self._waiting: deque[Note] = deque()
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what waits, and close the connection."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self._kept.close()

    async def write(self, record: Record, *, case: Statement | None = None) -> None:
        """Return when the answer is written, or is no longer ours to write."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Note(record, case, written))
        self._wake.set()
        await written

    async def _run(self) -> None:
        while self._waiting or not self._stopping:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
            try:
                await self._write_all(batch)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("answers could not be written yet: %s", error)
                await self._kept.close()
                self._again(batch)
                await asyncio.sleep(PAUSE_S)
            else:
                _finish(batch)

    async def _write_all(self, batch: list[Note]) -> None:
        """Write these; each alone where one can't be written, so that it keeps no other back."""
        try:
            await self._write(batch)
        except (psycopg.DataError, psycopg.IntegrityError):
            if len(batch) == 1:
                recharge_id = batch[0].record.errand.recharge_id
                log.exception("the answer about %s can't be written; it is asked for anew", recharge_id)
                return
            for note in batch:
                await self._write_all([note])

    async def _write(self, batch: list[Note]) -> None:
        connection = await self._kept.get()
        opened = [note.case for note in batch if note.case is not None]
        statement = errands.record([note.record for note in batch], now_us=clock.now_us())
        async with asyncio.timeout(TRIP_TIMEOUT_S):
            recorded, *_ = await trips.run_async(connection, [statement, *opened])
            late = _late(batch, recorded)
            if late:
                await trips.run_async(connection, late)

    def _again(self, batch: list[Note]) -> None:
        """Keep what may still be written; after a stop, or its lease, an answer is asked for anew."""
        now_us = clock.now_us()
        lost = [note for note in batch if self._stopping or note.record.errand.lease_ends_us < now_us]
        _finish(lost)
        self._waiting.extendleft(note for note in reversed(batch) if note not in lost)


def _late(batch: list[Note], recorded: list[Row]) -> list[Statement]:
    """What keeps the answers to submits whose errand was no longer ours."""
    ours = {recharge_id for _, recharge_id in recorded}
    lost = [note.record for note in batch if note.record.errand.recharge_id not in ours]
    now_us = clock.now_us()
    return [
        errands.hear(each.errand, each.answer, now_us=now_us) for each in lost if each.verb is Verb.SUBMIT
    ]


def _finish(notes: list[Note]) -> None:
    for note in notes:
        if not note.written.done():
            note.written.set_result(None)
