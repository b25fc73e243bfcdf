"""A real `topup worker` process of an installation, to stop, to kill and to start anew."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from signal import SIGKILL, SIGTERM
from subprocess import STDOUT, Popen, TimeoutExpired

from tests.support.installation import Installation
from tests.support.server import POLL_S, START_TIMEOUT_S, TAIL_BYTES, Server, free_port
from topup.management.worker import STARTED

STOP_TIMEOUT_S = 60
"""A graceful stop waits for what the operators were asked."""
_numbers = count(1)


@dataclass(frozen=True)
class Worker(Server):
    """A worker that has begun. `url` is what a report calls it: nobody can ask a worker anything."""

    def tail(self) -> str:
        """The end of what it wrote, and of its own application.log."""
        said = self.log.parent / "application.log"
        lines = said.read_bytes() if said.exists() else b""
        return super().tail() + lines[-TAIL_BYTES:].decode(errors="replace")

    def kill(self) -> None:
        """End it as a crash does: -9."""
        if self.process.poll() is None:
            os.kill(self.process.pid, SIGKILL)
        self.process.wait(timeout=STOP_TIMEOUT_S)

    def stop(self) -> None:
        """End it gracefully; nothing where it has ended before."""
        if self.process.poll() is None:
            os.kill(self.process.pid, SIGTERM)
        try:
            self.process.wait(timeout=STOP_TIMEOUT_S)
        except TimeoutExpired:
            self.kill()
            raise AssertionError(f"the worker did not stop:\n{self.tail()}") from None


@contextmanager
def working(installation: Installation, *, port: int | None = None, **settings: str) -> Iterator[Worker]:
    """A worker with these settings, stopped at the end. `port` is where the server of the installation
    listens, which is where the simulator's callbacks go."""
    worker = start_worker(installation, port=port, **settings)
    try:
        yield worker
    finally:
        worker.stop()


def start_worker(installation: Installation, *, port: int | None = None, **settings: str) -> Worker:
    """The same for who ends it on their own."""
    name = f"worker-{next(_numbers)}"
    logs = installation.home / name
    logs.mkdir()
    output = logs / "output.log"
    own = {"PORT": str(port or free_port()), "LOG_DIR": str(logs), **settings}
    with output.open("wb") as sink:
        process = Popen(
            installation.command("worker"),
            env=installation.environment(**own),
            cwd=installation.home,
            stdout=sink,
            stderr=STDOUT,
        )
    worker = Worker(name, process, output)
    try:
        _wait_until_it_works(worker)
    except BaseException:
        worker.kill()
        raise
    return worker


def _wait_until_it_works(worker: Worker) -> None:
    until = time.monotonic() + START_TIMEOUT_S
    while STARTED not in worker.tail():
        assert worker.process.poll() is None, f"the worker ended:\n{worker.tail()}"
        assert time.monotonic() < until, f"the worker did not begin:\n{worker.tail()}"
        time.sleep(POLL_S)
