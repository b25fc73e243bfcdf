"""Makes a number of sellers with a number of recharges behind them, beside what is there.

Owns the order: people, their past, statistics and a checkpoint. The server may run meanwhile.
"""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench import processes
from bench.growth.fill import DSN
from bench.house import People
from tests.support.installation import Installation

PARTS = 2
"""Processes that fill: one makes rows while PostgreSQL takes those of the other."""
PEOPLE_LIMIT_S = 600
FILL_LIMIT_S = 3_600
TABLES = ("ledger.journal", "recharges.recharge", "ledger.book")


class Grown(NamedTuple):
    """Who was made, and with how many recharges. `sellers` are their numbers, in the order of the keys."""

    people: People
    sellers: list[int]
    recharges: int


def grow(installation: Installation, *, staff_key: str, sellers: int, recharges: int) -> Grown:
    """Make them. A thousand recharges take about 20 ms of each of two cores."""
    file = installation.home / f"grown-{sellers}-{recharges}.txt"
    processes.run(
        [sys.executable, "-m", "bench.growth.people", str(sellers), str(file)],
        limit_s=PEOPLE_LIMIT_S,
        env=installation.environment(),
        directory=installation.home,
    )
    _fill(installation, file, recharges=recharges)
    _settle(installation)
    lines = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    keys = file.with_suffix(".keys")
    keys.touch(mode=0o600)
    keys.write_text("".join(f"{key}\n" for key, _, _ in lines), encoding="ascii")
    return Grown(People(keys, staff_key), [int(seller) for _, seller, _ in lines], recharges)


def _fill(installation: Installation, file: Path, *, recharges: int) -> None:
    environment = installation.environment(**{DSN: installation.config.dsn("super")})
    words = [sys.executable, "-m", "bench.growth.fill", str(file)]
    children = [
        subprocess.Popen([*words, str(part), str(PARTS), str(recharges)], env=environment, cwd=processes.ROOT)
        for part in range(PARTS)
    ]
    try:
        statuses = [child.wait(timeout=FILL_LIMIT_S) for child in children]
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
                child.wait()
    if any(statuses):
        raise processes.ChildFailed("the past could not be written: see above")


def _settle(installation: Installation) -> None:
    """What autovacuum would come to do during the next measurement is done now."""
    with installation.connect("super") as connection:
        for table in TABLES:
            connection.execute(f"VACUUM (ANALYZE) {table}".encode())
        connection.execute("CHECKPOINT")
