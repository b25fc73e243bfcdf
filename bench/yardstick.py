"""The yardstick: pgbench's TPC-B-like script on the same PostgreSQL, in a database of its own.

Owns how pgbench is prepared, run and read. Its figure is the machine's, not the product's.
"""

import re

import msgspec
import psycopg

from bench import processes
from bench.processes import Finished
from topup.config import SUPERUSER_ROLE
from topup.embedded import Cluster

DATABASE = "pgbench"
CLIENTS = 32
THREADS = 2
# At least as many branches as clients, or they wait for each other's rows. 0.5 GB.
SCALE = 32
PREPARE_LIMIT_S = 600
GRACE_S = 60
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


class Yardstick(msgspec.Struct, frozen=True, kw_only=True):
    """One run of pgbench."""

    transactions: int
    failed: int
    per_second: float
    average_ms: float


class Unread(ValueError):
    """pgbench printed something else than expected."""


def prepare(cluster: Cluster) -> None:
    """Make the database and fill it."""
    with psycopg.connect(cluster.dsn("super"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    processes.run(
        _command(cluster, "--initialize", "--quiet", "--scale", str(SCALE)),
        limit_s=PREPARE_LIMIT_S,
        env=_ENVIRONMENT,
    )


def run(cluster: Cluster, *, seconds: int) -> tuple[Yardstick, Finished]:
    """Measure once."""
    options = ("--no-vacuum", "--protocol", "prepared", "--client", str(CLIENTS), "--jobs", str(THREADS))
    finished = processes.run(
        _command(cluster, *options, "--time", str(seconds)), limit_s=seconds + GRACE_S, env=_ENVIRONMENT
    )
    return read(finished.output), finished


def read(output: str) -> Yardstick:
    """The figures in what pgbench printed. Raises Unread."""
    return Yardstick(
        transactions=int(_find(r"^number of transactions actually processed: (\d+)", output)),
        failed=int(_find(r"^number of failed transactions: (\d+)", output)),
        per_second=float(_find(r"^tps = ([\d.]+) \(without initial connection time\)", output)),
        average_ms=float(_find(r"^latency average = ([\d.]+) ms", output)),
    )


def _find(pattern: str, output: str) -> str:
    found = re.search(pattern, output, re.MULTILINE)
    if found is None:
        raise Unread(f"pgbench printed no {pattern!r}:\n{output}")
    return found[1]


def _command(cluster: Cluster, *options: str) -> list[str]:
    where = ("--host", str(cluster.config.socket_dir), "--username", SUPERUSER_ROLE)
    return [cluster.binaries.program("pgbench"), *where, *options, DATABASE]
