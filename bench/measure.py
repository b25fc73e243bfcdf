"""One measurement: a load on a server, with what it took of CPU, memory and WAL.

Owns what is read before and after a load. The order of measurements is bench/run.py's.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psycopg

from bench import audit, load, processes, yardstick
from bench.audit import Audit
from bench.figures import Cost, Figure, Measured
from bench.house import House, People
from bench.load import Counts, Load
from bench.processes import Finished, Memory, Watched
from bench.scenarios import READS, SETTINGS, WARM_UP, WARM_UP_SECONDS, Scenario
from tests.support.server import Server
from topup.embedded import Cluster

LOAD = "load"
OTHERS = "others"
DATABASE = "PostgreSQL"
DATABASE_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")


def say(text: str) -> None:
    """Progress, beside the report."""
    sys.stderr.write(f"{text}\n")


class Spent(NamedTuple):
    """CPU seconds so far: by our groups, and by the whole machine; and when that was."""

    cpu_s: dict[str, float]
    machine_s: float
    moment_s: float


def spent(cpu_s: dict[str, float]) -> Spent:
    return Spent(cpu_s, processes.machine_cpu_s(), time.monotonic())


class Measurements:
    """The loads on one server, and what they answered so far: the sum is what the audit compares with.

    `place` tells its loads from those of others on the same database.
    """

    def __init__(self, *, house: House, people: People, server: Server, place: str = "bench") -> None:
        self.watched = Watched(server.process.pid, house.database_pid)
        self.answered = self.unsure = 0
        self.people = people
        self._house = house
        self._server = server
        self._program = load.wrk()
        self._place = place
        self._number = 0

    def warm_up(self) -> None:
        """Connections, keys and plans are there before the first figure; its sales count in the audit."""
        self.sell(WARM_UP, seconds=WARM_UP_SECONDS)

    def measure(self, scenario: Scenario, *, seconds: int) -> Figure:
        wal = wal_bytes(self._house.cluster)
        before = spent(self.watched.cpu_s())
        counts, finished = self.sell(scenario, seconds=seconds)
        after = spent(self.watched.cpu_s())
        written = wal_bytes(self._house.cluster) - wal
        return Figure(
            name=scenario.name,
            connections=scenario.connections,
            items=scenario.items,
            per_second=counts.good_in_time * scenario.items / seconds,
            requests_per_second=counts.good_in_time / seconds,
            p50_ms=counts.p50_ms,
            p99_ms=counts.p99_ms,
            errors=counts.others,
            unanswered=counts.unanswered,
            wal_bytes=written / counts.sold if counts.sold else 0.0,
            cost=cost(before, after, finished, self.watched.memory(), seconds=seconds),
        )

    def sell(
        self,
        scenario: Scenario,
        *,
        seconds: int,
        per_second: float = 0.0,
        meanwhile: Callable[[], None] | None = None,
    ) -> tuple[Counts, Finished]:
        """Run a load, at a rate or as fast as it goes, and remember what it sold."""
        self._number += 1
        order = Load(
            url=self._server.url,
            scenario=scenario,
            seconds=seconds,
            keys=self._lines(scenario),
            prefix=f"{self._place}-{self._number}-",
            staff_key=self.people.staff_key,
            per_second=per_second,
        )
        counts, finished = load.run(order, program=self._program, meanwhile=meanwhile)
        self.answered += counts.sold
        if scenario.what not in READS:
            self.unsure += (counts.unanswered + sum(counts.others.values())) * scenario.items
        return counts, finished

    def _lines(self, scenario: Scenario) -> Path:
        return self.people.reading(scenario.what) if scenario.what in READS else self.people.keys

    def audit(self) -> Audit:
        return audit.ask(
            url=self._server.url,
            staff_key=self.people.staff_key,
            dsn=self._house.cluster.dsn("super"),
            answered=self.answered,
            unsure=self.unsure,
        )


def wal_bytes(cluster: Cluster) -> int:
    """WAL that this PostgreSQL has written since it was made."""
    with psycopg.connect(cluster.dsn("super"), autocommit=True) as connection:
        row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()
    assert row is not None
    return int(row[0])


def pgbench(place: House, *, seconds: int) -> Measured:
    """The yardstick once, just after a checkpoint."""
    place.checkpoint()
    before = spent(_of_the_database(place))
    figure, finished = yardstick.run(place.cluster, seconds=seconds)
    after = spent(_of_the_database(place))
    memory = {DATABASE: processes.memory(processes.tree(place.database_pid))}
    say(f"pgbench: {figure.per_second:,.0f} transactions/s")
    return Measured(figure=figure, cost=cost(before, after, finished, memory, seconds=seconds))


def _of_the_database(place: House) -> dict[str, float]:
    return {DATABASE: processes.cpu_s(processes.tree(place.database_pid))}


def cost(before: Spent, after: Spent, finished: Finished, memory: dict[str, Memory], *, seconds: int) -> Cost:
    """What went by between two looks. Our processes rest while the load is not on; others may not."""
    ours_s = {name: after.cpu_s[name] - before.cpu_s[name] for name in before.cpu_s}
    ours_s[LOAD] = finished.cpu_s
    others_s = after.machine_s - before.machine_s - sum(ours_s.values())
    cores = {name: round(each_s / seconds, 3) for name, each_s in ours_s.items()}
    cores[OTHERS] = round(max(others_s, 0.0) / (after.moment_s - before.moment_s), 3)
    return Cost(cores=cores, memory={**memory, LOAD: Memory(finished.rss_bytes, finished.rss_bytes)})


def settings_of(place: House) -> dict[str, str]:
    """The product's settings that bear on speed, as they were."""
    config = place.installation.config
    named = {"API_WORKERS": config.api_workers, "LANES": config.lanes, "DEBUG": config.debug}
    return {**{name: str(value) for name, value in named.items()}, **SETTINGS}


def database_settings(cluster: Cluster) -> dict[str, str]:
    with psycopg.connect(cluster.dsn("app")) as connection:
        rows = connection.execute(
            "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(DATABASE_SETTINGS)]
        ).fetchall()
    return dict(rows)
