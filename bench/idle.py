"""What the product takes while nothing happens: all processes of `topup up`, PostgreSQL apart.

Owns one start of `topup up` in a home of its own, which ends with SIGTERM.
"""

import signal
import subprocess
import time
from pathlib import Path

import psutil

from bench import house, processes
from bench.processes import POSTGRES, Memory
from tests.support.installation import Installation

# The last line of the box that ends a start.
READY = "Ctrl-C stops everything."
START_LIMIT_S = 180
STOP_LIMIT_S = 120
# Imports and first requests are over, and their garbage is collected or not, as it will be.
SETTLE_S = 2.0
POLL_S = 0.1


class NotStarted(RuntimeError):
    """`topup up` did not get to its end. The message has what it wrote."""


def measure() -> dict[str, Memory]:
    """Memory by group after a first start with its demonstration."""
    with house.home(settings={}) as installation:
        log = installation.home / "up.log"
        child = _start(installation, log=log)
        try:
            _wait_until_ready(child, log=log)
            time.sleep(SETTLE_S)
            return {name: processes.memory(group) for name, group in _groups(child.pid).items()}
        finally:
            _stop(child)


def _start(installation: Installation, *, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            installation.command("up"),
            cwd=installation.home,
            env=installation.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait_until_ready(child: "subprocess.Popen[bytes]", *, log: Path) -> None:
    until = time.monotonic() + START_LIMIT_S
    while READY not in log.read_text(encoding="utf-8", errors="replace"):
        if child.poll() is not None or time.monotonic() > until:
            raise NotStarted(log.read_text(encoding="utf-8", errors="replace")[-4_000:])
        time.sleep(POLL_S)


def _groups(pid: int) -> dict[str, list[psutil.Process]]:
    """The supervisor, the server's main process, its workers, and PostgreSQL."""
    supervisor = psutil.Process(pid)
    children = supervisor.children()
    databases = [child for child in children if child.name() == POSTGRES]
    servers = [child for child in children if child not in databases]
    return {
        "supervisor": [supervisor],
        "server main": servers,
        "API worker": [worker for server in servers for worker in server.children(recursive=True)],
        "PostgreSQL": [each for database in databases for each in processes.tree(database.pid)],
    }


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        child.wait(timeout=STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
