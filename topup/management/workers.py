"""The processes that answer requests: started, replaced when one dies, ended together.

Owns the parent's side. It must never answer a request, hold a thread or open a connection: it forks. A worker
has the loaded application and its listening socket from the parent, so that a new one is at work in a moment
and connections which wait outlive a worker.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess

from topup.management.parent import die_with_parent

STARTUP_FAILED = 3
"""The exit status of a worker whose application would not start."""
EXIT_PROBLEM = 1
YOUNG_S = 2.0
"""A worker that ends by itself within this time did not get to work: the next one would not either."""
PAUSE_S = 0.5
"""Before a worker is started anew that could not start, for its database may come back; or that was killed
young as the one before it was, for whatever kills it may be there still."""
LOOK_S = 1.0
"""How often the parent looks at its workers where nothing wakes it."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(
    work: Callable[[], None],
    *,
    count: int,
    stop_s: float,
    ending: Callable[[], None] = lambda: None,
    linger_s: int = 0,
) -> int:
    """Keep `count` processes at work until told to stop; they have `stop_s` seconds to end, before which
    `ending` gives up what the parent holds for them. Returns the exit status, which tells where the first
    ones could not start.

    Where the parent itself is killed they go on for `linger_s` whole seconds, if somebody starts another.
    """
    with _woken() as told:
        work = partial(_work, work, os.getpid(), linger_s)
        workers = [_Worker(work) for _ in range(count)]
        first = frozenset(worker.process.pid for worker in workers)
        try:
            while not told.stop:
                told.wait([worker.process.sentinel for worker in workers])
                for place, worker in enumerate(workers):
                    if worker.process.is_alive() or told.stop:
                        continue
                    if worker.could_not_start and worker.process.pid in first:
                        return EXIT_PROBLEM
                    workers[place] = worker.again(work)
        finally:
            ending()
            _end([worker.process for worker in workers], stop_s=stop_s)
    return 0


class _Worker:
    """A process at work, and since when."""

    def __init__(self, work: Callable[[], None], *, after_young: bool = False) -> None:
        self.process = _start(work)
        self._since_s = time.monotonic()
        self._after_young = after_young

    @property
    def _was_young(self) -> bool:
        return time.monotonic() - self._since_s < YOUNG_S

    @property
    def could_not_start(self) -> bool:
        """Whether it ended by itself before it was at work; a signal says nothing of the next one."""
        status = self.process.exitcode or 0
        return status == STARTUP_FAILED or (status > 0 and self._was_young)

    def again(self, work: Callable[[], None]) -> "_Worker":
        ended = self.process
        sys.stderr.write(
            f"topup: API worker {ended.pid} ended with status {ended.exitcode}; starting another.\n"
        )
        young = self._was_young
        if self.could_not_start or (young and self._after_young):
            time.sleep(PAUSE_S)
        return _Worker(work, after_young=young)


class _Told:
    """What the parent was told by signals, each of which wakes it."""

    def __init__(self, read: int) -> None:
        self.stop = False
        self._read = read

    def hear(self, _number: int, _frame: object) -> None:
        self.stop = True

    def wait(self, sentinels: list[int]) -> None:
        if self._read in wait([self._read, *sentinels], timeout=LOOK_S):
            os.read(self._read, 64)


@contextmanager
def _woken() -> Iterator[_Told]:
    read, write = os.pipe()
    for end in (read, write):
        os.set_blocking(end, False)
    told = _Told(read)
    before = {number: signal.signal(number, told.hear) for number in SIGNALS}
    wakes = signal.set_wakeup_fd(write)
    try:
        yield told
    finally:
        signal.set_wakeup_fd(wakes)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(read)
        os.close(write)


def _start(work: Callable[[], None]) -> ForkProcess:
    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    return worker


def _work(work: Callable[[], None], parent: int, linger_s: int) -> None:
    """In the child: it must not outlive its parent for long, and ends well where it is told to end."""
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, leave)
    if linger_s:
        signal.signal(signal.SIGUSR1, lambda _number, _frame: signal.alarm(linger_s))
        signal.signal(signal.SIGALRM, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))
    die_with_parent(signal.SIGUSR1 if linger_s else signal.SIGTERM, parent=parent)
    work()


def leave(_number: int, _frame: object) -> None:
    """End well, wherever the process is; uvicorn passes a signal on once it has stopped."""
    sys.exit(0)


def _end(workers: list[ForkProcess], *, stop_s: float) -> None:
    for worker in workers:
        if worker.is_alive():
            worker.terminate()
    until_s = time.monotonic() + stop_s
    for worker in workers:
        worker.join(max(until_s - time.monotonic(), 0))
        if worker.is_alive():
            worker.kill()
            worker.join()
