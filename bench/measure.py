"""One run from beginning to end: what is measured after what.

Owns the order. Everything happens on one PostgreSQL, one measurement at a time.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg

from bench import audit, house, idle, load, machine, processes, yardstick
from bench.audit import Audit
from bench.figures import Cost, Figure, Measured, Run
from bench.house import House, People
from bench.load import Counts, Load
from bench.processes import Finished, Memory, Watched
from bench.scenarios import SCENARIOS, SELLERS, SETTINGS, WARM_UP, WARM_UP_SECONDS, Scenario
from tests.support.server import Server, serving
from topup.embedded import Cluster

# After the server answers, its imports and first connections settle.
SETTLE_S = 2.0
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
    """The loads on one server, and what they answered so far: the sum is what the audit compares with."""

    def __init__(self, *, house: House, people: People, server: Server) -> None:
        self.watched = Watched(server.process.pid, house.database_pid)
        self.answered = self.unsure = 0
        self._house = house
        self._people = people
        self._server = server
        self._program = load.wrk()
        self._number = 0

    def warm_up(self) -> None:
        """Connections, keys and plans are there before the first figure; its sales count in the audit."""
        self.sell(WARM_UP, seconds=WARM_UP_SECONDS)

    def measure(self, scenario: Scenario, *, seconds: int) -> Figure:
        before = spent(self.watched.cpu_s())
        counts, finished = self.sell(scenario, seconds=seconds)
        after = spent(self.watched.cpu_s())
        cost = _cost(before, after, finished, self.watched.memory(), seconds=seconds)
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
            cost=cost,
        )

    def sell(self, scenario: Scenario, *, seconds: int) -> tuple[Counts, Finished]:
        self._number += 1
        order = Load(
            url=self._server.url,
            scenario=scenario,
            seconds=seconds,
            keys=self._people.keys,
            prefix=f"bench-{self._number}-",
        )
        counts, finished = load.run(order, program=self._program)
        self.answered += counts.good * scenario.items
        self.unsure += (counts.unanswered + sum(counts.others.values())) * scenario.items
        return counts, finished

    def audit(self) -> Audit:
        return audit.ask(
            url=self._server.url,
            staff_key=self._people.staff_key,
            dsn=self._house.cluster.dsn("super"),
            answered=self.answered,
            unsure=self.unsure,
        )


class Loaded(NamedTuple):
    """What the server did and was found to have done."""

    figures: list[Figure]
    audit: Audit
    idle: dict[str, Memory]


def run(*, seconds: int, say: Callable[[str], None] = say) -> Run:
    """Measure everything. About ten measurements of `seconds`, and two minutes beside."""
    if load.wrk() is None:
        say(load.SLOWER)
    say("idle memory of topup up")
    idle_up = idle.measure()
    say("database and sellers")
    with house.running() as place:
        version = place.cluster.binaries.version()
        about = machine.describe(directory=place.installation.home, postgresql=version)
        people = house.populate(place, sellers=SELLERS)
        yardstick.prepare(place.cluster)
        before = _yardstick(place, seconds=seconds, say=say)
        loaded = _load(place, people, seconds=seconds, say=say)
        after = _yardstick(place, seconds=seconds, say=say)
        return Run(
            date=datetime.now(UTC).date().isoformat(),
            seconds=seconds,
            load_generator=load.generator(),
            settings=settings_of(place),
            database=_database_settings(place.cluster),
            machine=about,
            before=before,
            after=after,
            figures=loaded.figures,
            audit=loaded.audit,
            idle_serve=loaded.idle,
            idle_up=idle_up,
        )


def _load(place: House, people: People, *, seconds: int, say: Callable[[str], None]) -> Loaded:
    with serving(place.installation) as server:
        measurements = Measurements(house=place, people=people, server=server)
        time.sleep(SETTLE_S)
        idle_serve = measurements.watched.memory()
        measurements.warm_up()
        figures = [_one(place, measurements, each, seconds=seconds, say=say) for each in SCENARIOS]
        say("verifying every book")
        return Loaded(figures, measurements.audit(), idle_serve)


def _one(
    place: House, measurements: Measurements, scenario: Scenario, *, seconds: int, say: Callable[[str], None]
) -> Figure:
    place.checkpoint()
    figure = measurements.measure(scenario, seconds=seconds)
    say(f"{figure.name}: {figure.per_second:,.0f}/s")
    return figure


def _yardstick(place: House, *, seconds: int, say: Callable[[str], None]) -> Measured:
    place.checkpoint()
    before = spent(_of_the_database(place))
    figure, finished = yardstick.run(place.cluster, seconds=seconds)
    after = spent(_of_the_database(place))
    memory = {DATABASE: processes.memory(processes.tree(place.database_pid))}
    say(f"pgbench: {figure.per_second:,.0f} transactions/s")
    return Measured(figure=figure, cost=_cost(before, after, finished, memory, seconds=seconds))


def _of_the_database(place: House) -> dict[str, float]:
    return {DATABASE: processes.cpu_s(processes.tree(place.database_pid))}


def _cost(
    before: Spent, after: Spent, finished: Finished, memory: dict[str, Memory], *, seconds: int
) -> Cost:
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


def _database_settings(cluster: Cluster) -> dict[str, str]:
    with psycopg.connect(cluster.dsn("app")) as connection:
        rows = connection.execute(
            "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [list(DATABASE_SETTINGS)]
        ).fetchall()
    return dict(rows)
