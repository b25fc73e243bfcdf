"""Reads of books, gathered: those that wait at the same moment share one statement.

Owns one connection, the queue before it and their limits. While one statement is in the database the next
reads gather; there is no timer. Whoever is told a book asked before it was read, so that a seller reads its
own writes. It must never write.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection
from typing import NamedTuple

from topup import clock, trips
from topup.api.errors import OUTCOMES, Problem
from topup.kept_connection import KeptConnection
from topup.ledger import literals
from topup.ledger.core import Book
from topup.ledger.cures import Cure, cure
from topup.ledger.door import SQL, load_book
from topup.ledger.outcomes import Outcome
from topup.ledger.poster import RECONNECT_PAUSE_S, RECONNECT_S
from topup.trips import Connect, Step

MAX_READS = 256
"""Reads in one statement: some milliseconds of answers, in which nothing else of the process goes on."""
MAX_WAITING = 4096
"""Reads that wait, less than half a second of work; one more is refused at once."""
TRIP_TIMEOUT_S = 5.0
"""A statement longer than this is given up: the connection is broken, or the server frozen."""

log = logging.getLogger(__name__)

Found = Book | Exception | None
"""The book, what went wrong, or None where there is no such book."""
Told = Callable[[Found, int], None]
"""Called with what was found and when that was, in microseconds."""


class Asked(NamedTuple):
    """A seller, and who wants to be told its book."""

    seller_id: int
    told: Told


class BookReads:
    """For one loop. Started and stopped with the engine."""

    def __init__(self, connect: Connect) -> None:
        self._kept = KeptConnection(connect)
        self._waiting: deque[Asked] = deque()
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take nothing more, tell everyone who asked, and close the connection."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self._kept.close()

    def ask(self, seller_id: int, told: Told) -> None:
        """`told` is called once, later, with a seller's book as it stands then; with a Problem at once where
        there is no room."""
        if self._stopping or len(self._waiting) >= MAX_WAITING:
            full = Problem(*OUTCOMES[Outcome.OVERLOADED])
            asyncio.get_running_loop().call_soon(told, full, clock.now_us())
            return
        self._waiting.append(Asked(seller_id, told))
        self._wake.set()

    async def _run(self) -> None:
        while True:
            if self._waiting:
                await self._serve(self._take(MAX_READS))
            elif self._stopping:
                return
            else:
                self._wake.clear()
                await self._wake.wait()

    def _take(self, most: int) -> list[Asked]:
        """Those who waited longest."""
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    async def _serve(self, taken: list[Asked]) -> None:
        try:
            books = await self._attempts({each.seller_id for each in taken})
        except Exception as error:  # noqa: BLE001  # the boundary of a statement: whoever waits is told
            if cure(error) is Cure.RECONNECT:  # who came meanwhile would wait as long for the same answer
                taken += self._take(MAX_WAITING)
            failed = error
            _tell(taken, lambda _: failed)
        else:
            _tell(taken, books.get)

    async def _attempts(self, seller_ids: Collection[int]) -> dict[int, Book]:
        """The books. Raises what the database raised at last."""
        deadline_s = clock.monotonic_s() + RECONNECT_S
        while True:
            try:
                return await self._attempt(seller_ids)
            except Exception as error:
                if cure(error) is not Cure.RECONNECT:
                    raise
                log.warning("the database is away: %s", error)
                await self._kept.close()
                if clock.monotonic_s() > deadline_s:
                    raise
                await asyncio.sleep(RECONNECT_PAUSE_S)

    async def _attempt(self, seller_ids: Collection[int]) -> dict[int, Book]:
        connection = await self._kept.get()
        step: Step = [(SQL["read_books"], (literals.numbers(seller_ids),))]
        async with asyncio.timeout(TRIP_TIMEOUT_S):
            (rows,) = await trips.run_async(connection, step)
        return {book.seller_id: book for book in map(load_book, rows)}


def _tell(asked: list[Asked], find: Callable[[int], Found]) -> None:
    as_of_us = clock.now_us()
    for seller_id, told in asked:
        try:
            told(find(seller_id), as_of_us)
        except Exception:  # the boundary of a request: the others are told
            log.exception("an answer could not be given")
