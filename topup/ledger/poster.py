"""The asynchronous shell of the door: gathers wishes into batches and posts them, lane by lane.

Owns one connection per lane and the queue before it. While one batch is in the database the next
gathers; there is no timer. A wish once taken is carried through, whoever stops waiting for it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import AbstractAsyncContextManager
from typing import Generic

import msgspec
import psycopg

from topup import clock, trips
from topup.kept_connection import KeptConnection
from topup.ledger import batching, door, telling
from topup.ledger.batching import MAX_BATCH, Batch, Entry, Queue
from topup.ledger.cures import MAX_ATTEMPTS, Cure, cure
from topup.ledger.door import More
from topup.ledger.families import F, Family, Posting, W
from topup.ledger.outcomes import Outcome
from topup.telemetry import context
from topup.telemetry.counts import COUNTS
from topup.trips import AsyncConnection, Connect

TRIP_TIMEOUT_S = 10.0
"""A round trip longer than this is given up: the connection is broken, or the server frozen."""
RECONNECT_S = 0.7
"""How long a lane that lost its database tries to find it again before it refuses: with what comes meanwhile,
everybody has an answer within a second. After that each batch tries once."""
RECONNECT_PAUSE_S = 0.1
LOCKED_AGAIN_S = 0.1
"""After this, books that were locked are tried once more: another batch has them for less."""
MIN_TO_PASS = 16
"""From so many sellers on, a batch passes over the books that others have: enough of them are free."""
MAX_PASSES = 2
"""How often a wish's book is passed over before its batch waits for it."""
MAX_LOCKED = 1_000
"""Sellers whose locked books a lane remembers; of more it forgets all, and waits for them once more."""

log = logging.getLogger(__name__)

Around = Callable[[Sequence[int]], AbstractAsyncContextManager[None]]
"""Entered before the transaction of a batch with its sellers, in rising order, and left after it. It
must end soon, and must not refuse."""
NOTHING: AbstractAsyncContextManager[None] = contextlib.nullcontext()


Heard = Callable[[Posting | Exception], None]
"""Told the posting of a wish, or why the database refused it as one that must not be written."""


class Waiting(msgspec.Struct, Generic[W]):
    """A wish, and who is told what came of it, once."""

    wish: W
    heard: Heard
    request_id: str
    told: bool = False
    passes: int = 0


class Poster(Generic[W, F]):
    """Posts wishes of one family over a few lanes. `start` it in the loop that uses it."""

    def __init__(
        self, connect: Connect, family: Family[W, F], *, lanes: int, zone: str, around: Around | None = None
    ) -> None:
        self._family = family
        self._lanes = [_Lane(connect, family, zone=zone, around=around) for _ in range(lanes)]

    async def start(self) -> None:
        for lane in self._lanes:
            lane.start()

    async def stop(self) -> None:
        """Take nothing more, finish what was taken, and close the connections."""
        await asyncio.gather(*(lane.stop() for lane in self._lanes))

    @property
    def queued(self) -> int:
        return sum(len(lane.queue) for lane in self._lanes)

    def submit(self, wish: W) -> "asyncio.Future[Posting]":
        """A future of the wish's posting; OVERLOADED at once where the lane has no room.

        Cancelling the future changes nothing but that nobody hears the answer. It raises where the
        database refused this wish as one that must not be written.
        """
        future: asyncio.Future[Posting] = asyncio.get_running_loop().create_future()

        def hear(posted: Posting | Exception) -> None:
            if future.done():  # a client that hung up cancelled its future, nothing else
                return
            if isinstance(posted, Exception):
                future.set_exception(posted)
            else:
                future.set_result(posted)

        self.take(wish, hear)
        return future

    def take(self, wish: W, heard: Heard) -> None:
        """The same for whoever is called back, in a later turn of the loop, and never raises."""
        lane = self._lanes[batching.lane_of(wish.seller_id, len(self._lanes))]
        lane.take(Waiting(wish, heard, context.request_id()), self._family.key(wish))


class _Lane(Generic[W, F]):
    """One connection, one queue, one batch at a time."""

    def __init__(self, connect: Connect, family: Family[W, F], *, zone: str, around: Around | None) -> None:
        self._kept = KeptConnection(connect)
        self._family = family
        self._zone = zone
        self._around = around
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._locked: set[int] = set()  # sellers whose books somebody had for long: nobody waits for them
        self._in_hand: list[Waiting[W]] = []  # what was taken from the queue last, with what joined it
        self._away_since_s: float | None = None
        self.queue: Queue[Waiting[W]] = Queue()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self._kept.close()

    def take(self, waiting: Waiting[W], key: object) -> None:
        if self._stopping or not self.queue.put(waiting, key, now_s=clock.monotonic_s()):
            _answer([waiting], [Posting(Outcome.OVERLOADED)])
        elif not self._wake.is_set():
            self._wake.set()

    async def _run(self) -> None:
        while True:
            batch = self.queue.take(now_s=clock.monotonic_s())
            if batch.items or batch.late:
                self._in_hand = [*batch.late, *batch.items]
                try:
                    await self._serve(batch)
                except Exception as error:  # noqa: BLE001  # the boundary of a lane: it goes on, whatever befell
                    _fail(self._in_hand, error)
            elif self._stopping:
                return
            else:
                self._wake.clear()
                await self._wake.wait()

    async def _serve(self, batch: Batch[Waiting[W]]) -> None:
        if batch.late:
            _answer(batch.late, [Posting(Outcome.OVERLOADED)] * len(batch.late))
        items = batch.items
        if items:
            if self._locked:
                items = await self._without_locked(items)
            if items:
                await self._post(items, careful=batch.careful)

    async def _post(self, waiting: list[Waiting[W]], *, careful: bool) -> None:
        """Post a batch and answer everyone in it; split it where it can't be posted as a whole.

        Who comes while it waits for the books that it needs too goes with it.
        """
        wishes = [each.wish for each in waiting]

        def more(sellers: Set[int]) -> list[W]:
            room = MAX_BATCH - len(waiting)
            came = self.queue.take_more(lambda each: each.wish.seller_id in sellers, room=room)
            self._in_hand.extend(came)
            waiting.extend(came)
            wishes.extend(each.wish for each in came)
            return [each.wish for each in came]

        try:
            postings = await self._attempts(wishes, careful=careful, passing=_may_pass(waiting), more=more)
        except Exception as error:  # noqa: BLE001  # the boundary of a batch: nobody waits for ever
            if cure(error) is Cure.WAIT_LESS:
                await self._post_free(waiting, again=True)
            else:
                await self._split(waiting, error)
            return
        served, postings, passed = _parted(waiting, postings)
        self._put_back(passed)
        if served:
            COUNTS.observe("topup_batch_size", len(served))
            _answer(served, postings)

    def _put_back(self, passed: Sequence[Waiting[W]]) -> None:
        """What was passed over goes first in the next batch."""
        now_s = clock.monotonic_s()
        for each in passed:
            each.passes += 1
        self.queue.put_back([Entry(each, self._family.key(each.wish), now_s) for each in passed])

    async def _without_locked(self, items: list[Waiting[W]]) -> list[Waiting[W]]:
        """Those whose books nobody had for long; the others are posted, or refused, without waiting."""
        apart = [each for each in items if each.wish.seller_id in self._locked]
        others = [each for each in items if each.wish.seller_id not in self._locked]
        if apart:
            await self._post_free(apart, again=False)
        return others

    async def _post_free(self, waiting: Sequence[Waiting[W]], *, again: bool) -> None:
        """Post what nobody else has locked. Whose book stays locked is told to come back, and remembered."""
        try:
            postings = await self._attempts([each.wish for each in waiting], careful=True, passing=True)
        except Exception as error:  # noqa: BLE001  # as in `_post`
            await self._split(waiting, error)
            return
        served, postings, left = _parted(waiting, postings)
        self._locked.difference_update(each.wish.seller_id for each in served)
        _answer(served, postings)
        if left and again:
            await asyncio.sleep(LOCKED_AGAIN_S)
            await self._post_free(left, again=False)
        elif left:
            self._remember_locked(each.wish.seller_id for each in left)
            _answer(left, [Posting(Outcome.OVERLOADED)] * len(left))

    def _remember_locked(self, sellers: Iterable[int]) -> None:
        self._locked.update(sellers)
        if len(self._locked) > MAX_LOCKED:
            self._locked.clear()

    async def _split(self, waiting: Sequence[Waiting[W]], error: Exception) -> None:
        if cure(error) is Cure.WAIT_LESS:  # something else than a book is locked
            _answer(waiting, [Posting(Outcome.OVERLOADED)] * len(waiting))
        elif len(waiting) > 1:
            for each in waiting:
                await self._post([each], careful=True)
        else:
            _fail(waiting, error)
            log.error("the database refused a posting", exc_info=error)

    async def _attempts(
        self, wishes: Sequence[W], *, careful: bool, passing: bool = False, more: More[W] | None = None
    ) -> list[Posting]:
        conflicts = 0
        while conflicts < MAX_ATTEMPTS:
            try:
                return await self._attempt(wishes, careful=careful, passing=passing, more=more)
            except Exception as error:
                remedy = cure(error)
                if remedy in (Cure.ALONE, Cure.WAIT_LESS):
                    raise
                careful = careful or remedy is not Cure.AGAIN
                conflicts += remedy is not Cure.RECONNECT
                if remedy is Cure.RECONNECT:
                    log.warning("the database is away: %s", error)
                    await self._kept.close()
                    await asyncio.sleep(RECONNECT_PAUSE_S)
                    if self._is_away():
                        return [Posting(Outcome.DATABASE_UNAVAILABLE)] * len(wishes)
        return [Posting(Outcome.OVERLOADED)] * len(wishes)

    def _is_away(self) -> bool:
        """Whether the database, which did not answer now, has been away for longer than anybody waits."""
        now_s = clock.monotonic_s()
        if self._away_since_s is None:
            self._away_since_s = now_s
        return now_s - self._away_since_s >= RECONNECT_S

    async def _attempt(
        self, wishes: Sequence[W], *, careful: bool, passing: bool, more: More[W] | None
    ) -> list[Posting]:
        connection = await self._kept.get()
        around = self._around(sorted({wish.seller_id for wish in wishes})) if self._around else NOTHING
        async with around:
            postings = await attempt(
                connection,
                wishes,
                self._family,
                zone=self._zone,
                careful=careful,
                passing=passing,
                more=more,
            )
        self._away_since_s = None
        return postings


def _may_pass(waiting: Sequence[Waiting[W]]) -> bool:
    """Whether a batch passes over the books that others have, instead of waiting for them."""
    sellers = {each.wish.seller_id for each in waiting}
    return len(sellers) >= MIN_TO_PASS and max(each.passes for each in waiting) < MAX_PASSES


def _parted(
    waiting: Sequence[Waiting[W]], postings: Sequence[Posting]
) -> tuple[list[Waiting[W]], list[Posting], list[Waiting[W]]]:
    """Those who have a posting, their postings, and those who were passed over."""
    pairs = list(zip(waiting, postings, strict=True))
    passed = [each for each, posting in pairs if posting is door.PASSED_OVER]
    served = [pair for pair in pairs if pair[1] is not door.PASSED_OVER] if passed else pairs
    return [each for each, _ in served], [posting for _, posting in served], passed


def _answer(waiting: Sequence[Waiting[W]], postings: Sequence[Posting]) -> None:
    """Answer everyone as soon as the loop turns, the next batch being on its way; then tell the log."""
    asyncio.get_running_loop().call_soon(_tell, waiting, postings)
    telling.tell([each.wish for each in waiting], postings, [each.request_id for each in waiting])


def _fail(waiting: Sequence[Waiting[W]], error: Exception) -> None:
    asyncio.get_running_loop().call_soon(_tell, waiting, [error] * len(waiting))


def _tell(waiting: Sequence[Waiting[W]], postings: Sequence[Posting | Exception]) -> None:
    for each, posting in zip(waiting, postings, strict=True):
        if each.told:  # the batch failed after this one had been posted
            continue
        each.told = True
        try:
            each.heard(posting)
        except Exception:  # the boundary of an answer: the others are answered
            log.exception("an answer could not be given")


async def post(
    connection: AsyncConnection, wishes: Sequence[W], family: Family[W, F], *, zone: str
) -> list[Posting]:
    """Post wishes on a connection at hand, as `direct.post` does: for what is too rare for a lane."""
    postings = await _posted(connection, wishes, family, zone=zone)
    telling.tell_all(wishes, postings)
    return postings


async def _posted(
    connection: AsyncConnection, wishes: Sequence[W], family: Family[W, F], *, zone: str
) -> list[Posting]:
    careful = False
    for _ in range(MAX_ATTEMPTS):
        try:
            return await attempt(connection, wishes, family, zone=zone, careful=careful)
        except (psycopg.Error, TimeoutError) as error:
            remedy = cure(error)
            if connection.closed or remedy is Cure.RECONNECT:
                return [Posting(Outcome.DATABASE_UNAVAILABLE)] * len(wishes)
            if remedy is Cure.ALONE:
                raise
            if remedy is Cure.WAIT_LESS:
                break
            careful = careful or remedy is Cure.LOOK_UP
    return [Posting(Outcome.OVERLOADED)] * len(wishes)


async def attempt(
    connection: AsyncConnection,
    wishes: Sequence[W],
    family: Family[W, F],
    *,
    zone: str,
    careful: bool,
    passing: bool = False,
    more: More[W] | None = None,
) -> list[Posting]:
    """One transaction. Raises what the database raised, with nothing left open on the connection."""
    steps = door.procedure(
        wishes, family, now=clock.now_us, zone=zone, careful=careful, passing=passing, more=more
    )
    try:
        step = next(steps)
        while True:
            async with asyncio.timeout(TRIP_TIMEOUT_S):
                rows = await trips.run_async(connection, step)
            step = steps.send(rows)
    except StopIteration as done:
        postings: list[Posting] = done.value
        return postings
    except TimeoutError:
        await connection.close()  # what became of the transaction is unknown: a key's look-up tells
        raise
    except BaseException:
        if not connection.closed:
            await connection.execute("ROLLBACK", prepare=False)
        raise
