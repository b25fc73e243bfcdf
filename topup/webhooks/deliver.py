"""The worker's part of webhooks: follows, claims, sends, records, and forgets what is old.

Owns the deliveries that this process has under way. Each is leased in the database, so that another
worker takes over what a dead one left: a seller hears of everything at least once. No transaction is
held over a request.
"""

import asyncio
import logging
import secrets
import uuid
from collections.abc import Sequence

import psycopg

from topup import clock, outbound, trips
from topup.clock import US_PER_SECOND
from topup.config import Config
from topup.ledger import literals
from topup.telemetry.counts import COUNTS
from topup.trips import AsyncConnection, Statement
from topup.vault import Vault
from topup.webhooks import attempts, recording, schedule, shares
from topup.webhooks.attempts import Due
from topup.webhooks.follow import Follower, Objects
from topup.webhooks.loops import Loop, Pool
from topup.webhooks.outbox import SQL
from topup.webhooks.pace import Pace
from topup.webhooks.recording import MAX_RECORDED, Attempted
from topup.webhooks.shares import Shares

LEASE_S = attempts.TIMEOUT_S + 30
"""How long a claim holds: one attempt, and the time to record it while the database is slow."""
IDLE_S = 0.2
"""Between looks at the database while there is nothing to do."""
HOUSEKEEPING_S = 10.0
KEPT_S = 30 * 24 * 3600
"""How long a delivery can be looked at and replayed."""
MAX_FORGOTTEN = 1_000
"""Deliveries that one statement forgets."""
_ROLL = 10_000

log = logging.getLogger(__name__)


class Deliverer:
    """Start it in the loop that it works in. `objects` says what events are about."""

    def __init__(self, *, config: Config, vault: Vault, pool: Pool, objects: Objects) -> None:
        self._allowed = config.webhook_hosts
        self._vault = vault
        self._shares = Shares()
        self._heard: list[Attempted] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._oldest_us: int | None = None
        follower = Follower(objects, told=self._look)
        pace = Pace()
        self._following = Loop(pool, follower.step, what="webhooks' events", idle_s=IDLE_S, pace=pace)
        self._sending = Loop(pool, self._send, what="webhooks' deliveries", idle_s=IDLE_S, pace=pace)
        self._recording = Loop(pool, self._record, what="webhooks' attempts", idle_s=IDLE_S)
        self._tidying = Loop(pool, self._keep_house, what="old webhooks", idle_s=HOUSEKEEPING_S)

    async def start(self) -> None:
        self._client = outbound.client(
            allowed=self._allowed, timeout_s=attempts.TIMEOUT_S, connections=shares.CONNECTIONS
        )
        COUNTS.gauge("topup_webhook_oldest_pending_seconds", self._oldest_age_s)
        for loop in (self._following, self._sending, self._recording, self._tidying):
            loop.start()

    async def stop(self) -> None:
        """Take nothing more, wait for what is under way (no longer than one time-out), record it."""
        await asyncio.gather(self._following.stop(), self._sending.stop(), self._tidying.stop())
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._recording.stop()
        await self._recording.finish()
        await self._client.aclose()

    def _look(self) -> None:
        """There are new deliveries."""
        self._sending.wake()

    async def _send(self, connection: AsyncConnection) -> bool:
        """Claim what is due and has a place, and send it on its way."""
        found = await self._due(connection)
        placed = [due for due in found if self._shares.begin(due.endpoint_id)]
        if not placed:
            return False
        claim = str(uuid.uuid4())
        won: set[str] = set()
        try:
            won = await _claim(connection, placed, claim)
        finally:
            for due in placed:
                if due.id not in won:
                    self._shares.give_back(due.endpoint_id)
        for due in placed:
            if due.id in won:
                task = asyncio.create_task(self._attempt(due, claim))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
        return bool(won)

    async def _due(self, connection: AsyncConnection) -> list[Due]:
        now_us, own = clock.now_us(), self._shares
        asked: list[Statement] = []
        if own.room > 0:
            passed_over = literals.words(own.passed_over())
            asked.append((SQL["due"], (now_us, shares.MAX_OF_ONE, passed_over, False, own.room)))
        waiting = own.waiting_in_trouble()
        if waiting and own.room_in_trouble > 0:
            asked.append((SQL["due"], (now_us, 1, literals.words(waiting), True, own.room_in_trouble)))
        if not asked:
            return []
        return [Due(*row) for rows in await trips.run_async(connection, asked) for row in rows]

    async def _attempt(self, due: Due, claim: str) -> None:
        heard = await attempts.attempt(self._client, self._vault, due)
        self._shares.end(due.endpoint_id, well=heard.well)
        follows = schedule.after(
            status=heard.status,
            tries=due.tries + 1,
            now_us=clock.now_us(),
            roll=secrets.randbelow(_ROLL) / _ROLL,
        )
        self._heard.append(Attempted(due, claim, heard, follows))
        self._recording.wake()
        self._sending.wake()

    async def _record(self, connection: AsyncConnection) -> bool:
        """Record what was heard. What can't be recorded while the database is away is kept."""
        some = self._heard[:MAX_RECORDED]
        if not some:
            return False
        await self._write(connection, some)
        del self._heard[: len(some)]
        return True

    async def _write(self, connection: AsyncConnection, some: Sequence[Attempted]) -> None:
        """Record these; each alone where one of them can't be written, so that it keeps no other back."""
        statement = recording.statement(some, now_us=clock.now_us())
        try:
            (rows,) = await trips.run_async(connection, [statement])
        except (psycopg.DataError, psycopg.IntegrityError):
            if len(some) == 1:
                log.exception("webhooks: the attempt at %s can't be recorded", some[0].due.id)
                return
            for each in some:
                await self._write(connection, [each])
            return
        recording.count(some, {recorded for (recorded,) in rows})

    async def _keep_house(self, connection: AsyncConnection) -> bool:
        before_us = clock.now_us() - KEPT_S * US_PER_SECOND
        looks: list[Statement] = [
            (SQL["oldest_pending"], ()),
            (SQL["old_deliveries"], (before_us, MAX_FORGOTTEN)),
        ]
        ((self._oldest_us,),), old = await trips.run_async(connection, looks)
        if old:
            sellers, found = zip(*old, strict=True)
            values = (sellers[0], literals.numbers(sellers), literals.words(found))
            await trips.run_async(connection, [(SQL["forget"], values)])
        return bool(old)

    def _oldest_age_s(self) -> float:
        if self._oldest_us is None:
            return 0.0
        return max(clock.now_us() - self._oldest_us, 0) / US_PER_SECOND


async def _claim(connection: AsyncConnection, found: Sequence[Due], claim: str) -> set[str]:
    """The ids of those that are ours now."""
    values = (
        found[0].seller_id,
        literals.numbers(due.seller_id for due in found),
        literals.words(due.id for due in found),
        literals.numbers(due.next_at_us for due in found),
        claim,
        clock.now_us() + int(LEASE_S * US_PER_SECOND),
    )
    (rows,) = await trips.run_async(connection, [(SQL["claim"], values)])
    return {taken for (taken,) in rows}
