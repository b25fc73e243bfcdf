"""The worker's way with bulk jobs: take one in hand, sell its next rows, write down what became of them.

Owns which job is next, and how long it is in one worker's hand. A row is sold through the ledger's door
under a reference of its own, so that a worker that ends between a sale and its record sells nothing twice:
the next one meets the sales that are there. What an outcome does to a job is `bulk.py`'s to say.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import psycopg

from topup import clock, ids, trips
from topup.clock import US_PER_SECOND
from topup.kept_connection import KeptConnection
from topup.ledger import literals
from topup.ledger.families import Posting
from topup.ledger.poster import TRIP_TIMEOUT_S, Poster
from topup.recharges import bulk, sell
from topup.recharges.bulk import AFTER, SQL, JobState, RowState, Then
from topup.recharges.rules import Recharge, Sale
from topup.trips import AsyncConnection, Rows, Statement

ROWS_AT_ONCE = 200
"""Rows of one turn: their book is locked for some tens of milliseconds, in which the seller's API waits."""
JOBS_AT_ONCE = 32
"""Jobs that are looked at in one round; each has one turn in it."""
LEASE_S = 5
"""How long a job is in one worker's hand. A turn takes a fraction of it; one that takes longer is done again
by another worker, which then meets its sales."""
IDLE_POLL_S = 0.5
"""Between two looks where the last one found nothing."""
PAUSE_S = 1.0
"""Before the database is asked again that was away or busy."""

log = logging.getLogger(__name__)

Connect = Callable[[], Awaitable[AsyncConnection]]


class Due(NamedTuple):
    """A job that waits for a worker."""

    seller_id: int
    job_id: str
    version: int
    state: str
    actor_id: int


class WaitingRow(NamedTuple):
    nr: int
    phone_number: int
    amount: int
    doubt: str | None


class Ended(NamedTuple):
    """A row at its end."""

    nr: int
    state: RowState
    recharge_id: str | None
    problem: str | None
    amount: int


class BulkRun:
    """Start it in the loop that uses it. Several workers may run at once: nothing is sold twice."""

    def __init__(self, connect: Connect, *, selling: "Poster[Sale, Recharge]") -> None:
        """`selling` is a poster of sales, started before and stopped after."""
        self._kept = KeptConnection(connect)
        self._selling = selling
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish the turn that is under way. Call it before the poster of sales stops."""
        self._stopping.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._kept.close()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            pause_s = IDLE_POLL_S
            try:
                pause_s = await self.once()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("bulk jobs can't go on: %s", error)
                await self._kept.close()
                pause_s = PAUSE_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)

    async def once(self) -> float:
        """One round: a turn for each job that waits. Returns the seconds to wait before the next one."""
        (found,) = await self._ask([(SQL["due"], (clock.now_us(), JOBS_AT_ONCE))])
        busy = False
        for row in found:
            if self._stopping.is_set():
                break
            busy |= await self._turn(Due(*row))
        if busy:
            return PAUSE_S
        return 0 if found else IDLE_POLL_S

    async def _turn(self, job: Due) -> bool:
        """Sell a job's next rows. Whether it must be left alone for a moment."""
        until_us = clock.now_us() + LEASE_S * US_PER_SECOND
        claim = (SQL["claim"], (job.seller_id, job.job_id, job.version, until_us))
        waiting = (SQL["waiting"], (job.seller_id, job.job_id, ROWS_AT_ONCE))
        ((claimed,),), rows = await self._ask([claim, waiting])
        if not claimed:
            return False
        todo = [WaitingRow(*row) for row in rows]
        if not todo:
            await self._record(job, [], JobState.DONE)
            return False
        if job.state == JobState.STOPPING:
            await self._record(job, await self._sold_already(job, todo), JobState.STOPPED)
            return False
        return await self._sell(job, todo)

    async def _sell(self, job: Due, todo: Sequence[WaitingRow]) -> bool:
        futures = [self._selling.submit(_sale(job, row)) for row in todo]
        results = await asyncio.gather(*futures, return_exceptions=True)
        ended, stops = [], Counter[Then]()
        why: str | None = None
        for row, result in zip(todo, results, strict=True):
            then, end = _judged(row, result)
            stops[then] += 1
            if end is not None:
                ended.append(end)
            elif then is Then.PAUSE and isinstance(result, Posting):
                why = why or result.outcome.value
        await self._record(job, ended, JobState.PAUSED if why else None, why=why)
        return stops[Then.AGAIN] > 0

    async def _sold_already(self, job: Due, todo: Sequence[WaitingRow]) -> list[Ended]:
        """What a worker sold and could not write down before it ended."""
        arrays = (
            literals.numbers([job.seller_id]),
            literals.numbers(job.seller_id for _ in todo),
            literals.texts(bulk.reference_of(job.job_id, row.nr) for row in todo),
        )
        (found,) = await self._ask([(sell.SQL["lookup"], arrays)])
        sold = {recharge.reference: recharge for recharge in (Recharge(*row) for row in found)}
        kept = [(row, sold.get(bulk.reference_of(job.job_id, row.nr))) for row in todo]
        return [_sold(row, recharge.id) for row, recharge in kept if recharge is not None]

    async def _record(
        self, job: Due, ended: Sequence[Ended], becomes: JobState | None, *, why: str | None = None
    ) -> None:
        sold = [end.amount for end in ended if end.state is RowState.SOLD]
        values = (
            job.seller_id,
            job.job_id,
            job.version + 1,
            clock.now_us(),
            becomes.value if becomes else None,
            why,
            len(sold),
            sum(sold),
            len(ended) - len(sold),
            literals.numbers(end.nr for end in ended),
            literals.words(end.state.value for end in ended),
            literals.words(end.recharge_id or "NULL" for end in ended),
            literals.words(end.problem or "NULL" for end in ended),
        )
        ((recorded,),) = (await self._ask([(SQL["record"], values)]))[0]
        if not recorded:
            log.info("bulk job %s went on in another worker", job.job_id)

    async def _ask(self, step: list[Statement]) -> Rows:
        connection = await self._kept.get()
        async with asyncio.timeout(TRIP_TIMEOUT_S):
            return await trips.run_async(connection, step)


def _sale(job: Due, row: WaitingRow) -> Sale:
    """A row that is doubtful runs only where a person has said that it is meant."""
    return Sale(
        seller_id=job.seller_id,
        id=ids.new(job.seller_id),
        reference=bulk.reference_of(job.job_id, row.nr),
        phone_number=row.phone_number,
        amount=row.amount,
        operator=None,
        actor_id=job.actor_id,
        key_epoch=None,
        allow_duplicate=row.doubt is not None,
    )


def _judged(row: WaitingRow, result: "Posting | BaseException") -> tuple[Then, Ended | None]:
    """What a result does to its job, and the row's end where it has come to it."""
    if isinstance(result, BaseException):
        return Then.REFUSED, Ended(row.nr, RowState.REFUSED, None, bulk.ERROR, row.amount)
    then = AFTER[result.outcome]
    if then is Then.SOLD:
        fact: Any = result.fact  # a Recharge
        return then, _sold(row, fact.id)
    if then is Then.REFUSED:
        return then, Ended(row.nr, RowState.REFUSED, None, result.outcome.value, row.amount)
    return then, None


def _sold(row: WaitingRow, recharge_id: str) -> Ended:
    return Ended(row.nr, RowState.SOLD, recharge_id, None, row.amount)
