"""Threads, processes and tasks: the ways in which several workers repeat pieces of work at once.

Owns how workers begin together and how they are counted: each from when all were ready, by its own
clock, so that starting a process costs no figure.
"""

import asyncio
import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from enum import StrEnum
from typing import NamedTuple, Protocol

from bench.concurrency import work
from bench.concurrency.work import AwaitedPiece, Kind
from topup.config import Config

# A process imports Python and the product before it is ready.
READY_LIMIT_S = 60.0


class Way(StrEnum):
    THREADS = "threads"
    PROCESSES = "processes"
    TASKS = "asyncio tasks"


class Order(NamedTuple):
    """What is to be measured. `seller_ids`: whose book each worker sells from, where it sells."""

    kind: Kind
    seller_ids: tuple[int, ...]
    seconds: float
    config: Config

    @property
    def workers(self) -> int:
        return len(self.seller_ids)


class Count(NamedTuple):
    """What one worker did in its time."""

    pieces: int
    seconds: float


class Gate(Protocol):
    """A barrier, among threads or among processes."""

    def wait(self, timeout: float | None = None) -> int: ...


class _Shared:
    gate: Gate
    """Where the workers of a process meet those of others: given to a process when it starts."""


def measure(way: Way, order: Order) -> list[Count]:
    """A count for each worker."""
    measures: dict[Way, Callable[[Order], list[Count]]] = {
        Way.THREADS: _threads,
        Way.PROCESSES: _processes,
        Way.TASKS: lambda asked: asyncio.run(_tasks(asked)),
    }
    return measures[way](order)


def _threads(order: Order) -> list[Count]:
    _Shared.gate = threading.Barrier(order.workers)
    with ThreadPoolExecutor(order.workers) as pool:
        return _all(pool, order)


def _processes(order: Order) -> list[Count]:
    spawning = multiprocessing.get_context("spawn")
    gate = spawning.Barrier(order.workers)
    with ProcessPoolExecutor(order.workers, mp_context=spawning, initializer=_join, initargs=(gate,)) as pool:
        return _all(pool, order)


def _join(gate: Gate) -> None:
    _Shared.gate = gate


def _all(pool: Executor, order: Order) -> list[Count]:
    return [each.result() for each in [pool.submit(_worker, order, each) for each in order.seller_ids]]


def _worker(order: Order, seller_id: int) -> Count:
    with work.pieces(order.kind, order.config, seller_id=seller_id) as piece:
        piece()  # connections and imports are warm
        _Shared.gate.wait(READY_LIMIT_S)
        begun_s, done = time.monotonic(), 0
        while time.monotonic() - begun_s < order.seconds:
            piece()
            done += 1
        return Count(done, time.monotonic() - begun_s)


async def _tasks(order: Order) -> list[Count]:
    async with work.awaited_pieces(order.kind, order.config, seller_ids=order.seller_ids) as awaited:
        await asyncio.gather(*(piece() for piece in awaited))
        return await asyncio.gather(*(_task(piece, order.seconds) for piece in awaited))


async def _task(piece: AwaitedPiece, seconds: float) -> Count:
    begun_s, done = time.monotonic(), 0
    while time.monotonic() - begun_s < seconds:
        await piece()
        done += 1
    return Count(done, time.monotonic() - begun_s)
