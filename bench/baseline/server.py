"""The baseline in operation: its database on the PostgreSQL that is measured, its sellers, and gunicorn.

Owns gunicorn's settings: the fastest of those that `python -m bench.baseline` tries.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from bench import processes
from bench.house import House, People
from bench.scenarios import SELLERS
from tests.support.server import Server, free_port
from topup.config import OWNER_ROLE

DATABASE = "baseline"
PACKAGES = ("rest_framework", "gunicorn")
PEOPLE_LIMIT_S = 120
START_LIMIT_S = 60
STOP_LIMIT_S = 30
POLL_S = 0.1
WORKER_CLASS = "gthread"
THREADS = 4
"""Of each worker. Each keeps a connection to the database; more of them only wait for the interpreter."""


class NotInstalled(RuntimeError):
    """What the baseline is made of is not there. The message says how to get it."""


def refuse_missing() -> None:
    """Raise NotInstalled where a package is missing."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise NotInstalled(
            f"{' and '.join(missing)} not installed: `make bench` installs what it needs; "
            "without it, name other parts with --only"
        )


def workers() -> int:
    """One for each core: a Python process uses one at the most."""
    return psutil.cpu_count() or 1


def prepare(house: House) -> People:
    """Make the database and its sellers."""
    with psycopg.connect(house.cluster.dsn("super"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}".encode())
    keys = house.installation.home / "baseline-keys.txt"
    processes.run(
        [sys.executable, "-m", "bench.baseline.people", str(SELLERS), str(keys)],
        limit_s=PEOPLE_LIMIT_S,
        env=_environment(house),
    )
    return People(keys, staff_key="")


@contextmanager
def serving(
    house: House, *, worker_class: str = WORKER_CLASS, count: int | None = None, threads: int = THREADS
) -> Iterator[Server]:
    """The baseline on a free port, stopped at the end."""
    port, log = free_port(), house.installation.home / "baseline.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(port, worker_class=worker_class, count=count or workers(), threads=threads),
            env=_environment(house),
            cwd=processes.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=STOP_LIMIT_S)


def _command(port: int, *, worker_class: str, count: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "bench.baseline.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", worker_class, "--workers", str(count), "--threads", str(threads)),
        *("--keep-alive", "60", "--worker-connections", "2000", "--no-control-socket"),
        *("--log-level", "warning"),
    ]


def _environment(house: House) -> dict[str, str]:
    dsn = make_conninfo(house.installation.config.dsn("owner"), dbname=DATABASE)
    return house.installation.environment(BASELINE_DSN=dsn, DJANGO_SETTINGS_MODULE="bench.baseline.settings")


def _wait(server: Server) -> None:
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        if server.process.poll() is not None:
            break
        try:
            httpx.get(server.url, timeout=5)
        except httpx.TransportError:
            time.sleep(POLL_S)
        else:
            return
    raise processes.ChildFailed(f"gunicorn does not answer:\n{_tail(server.log)}")


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-4_000:]
