"""One run from beginning to end: which parts are measured, and what after what.

Owns the order. Everything happens on one PostgreSQL, one measurement at a time, with pgbench before and
after. What makes the database large comes last, when every book was proved; then a sample is.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from bench import cost, hot_path, house, idle, load, machine, measure, open_loop, reading, slope, yardstick
from bench.baseline import measure as baseline
from bench.baseline import server as server_of_baseline
from bench.figures import Figure
from bench.growth import measure as growth
from bench.house import House, People
from bench.life import settling
from bench.measure import Measurements, pgbench, say
from bench.results import Run
from bench.scenarios import (
    BATCHES,
    FULL,
    MIX,
    QUICK_BATCHES,
    QUICK_READS,
    QUICK_SINGLES,
    READ_LOADS,
    SELLERS,
    SETTINGS,
    SINGLES,
    Scenario,
)
from bench.webhooks import ALLOWED
from tests.support.server import Server, serving

# After the server answers, its imports and first connections settle.
SETTLE_S = 2.0
PACKAGES = ("djangorestframework", "gunicorn", "py-spy")
QUICK_SETTLED = 1_000


class Part(StrEnum):
    """What can be measured alone: `python -m bench --only …`."""

    IDLE = "idle"
    BASELINE = "baseline"
    SINGLES = "singles"
    BATCHES = "batches"
    READS = "reads"
    MIX = "mix"
    OPEN_LOOP = "open-loop"
    COST = "cost"
    MEMORY = "memory"
    SIMULATOR = "simulator"
    GROWTH = "growth"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked for. A quick one measures less of each part, and idle memory not at all."""

    seconds: int
    parts: Sequence[Part] = tuple(Part)
    quick: bool = False
    rows: Sequence[int] = growth.ROWS
    many_sellers: int = growth.MANY_SELLERS
    memory_recharges: int = slope.RECHARGES

    def wants(self, part: Part) -> bool:
        return part in self.parts


class Session:
    """A run under way: the server that is loaded, and the results so far."""

    def __init__(self, plan: Plan, place: House, server: Server, people: People, found: Run) -> None:
        self.plan, self.place, self.server, self.people, self.found = plan, place, server, people, found
        self.loads = Measurements(house=place, people=people, server=server)

    def run(self) -> None:
        """Every part that is wanted, in this order."""
        time.sleep(SETTLE_S)
        self.found.idle_serve = self.loads.watched.memory()
        self.loads.warm_up()
        reading.write_paths(self.place.installation, self.people)
        parts: dict[Part, Callable[[], None]] = {
            Part.SINGLES: self._singles,
            Part.BATCHES: lambda: self._all(QUICK_BATCHES if self.plan.quick else BATCHES),
            Part.READS: lambda: self._all(QUICK_READS if self.plan.quick else READ_LOADS),
            Part.MIX: lambda: self._all((MIX,)),
            Part.OPEN_LOOP: self._open_loop,
            Part.COST: self._cost,
            Part.MEMORY: self._memory,
            Part.SIMULATOR: self._simulator,
        }
        for part, do in parts.items():
            if self.plan.wants(part):
                do()
        say("verifying every book")
        self.found.audit = self.loads.audit()
        if self.plan.wants(Part.GROWTH):
            self._growth()

    def _singles(self) -> None:
        self._all(QUICK_SINGLES if self.plan.quick else SINGLES)
        self.found.between = pgbench(self.place, seconds=self.plan.seconds)

    def _all(self, scenarios: Sequence[Scenario]) -> None:
        self.found.figures += [self._one(scenario) for scenario in scenarios]

    def _one(self, scenario: Scenario) -> Figure:
        self.place.checkpoint()
        figure = self.loads.measure(scenario, seconds=self.plan.seconds)
        say(f"{figure.name}: {figure.per_second:,.0f}/s")
        return figure

    def _open_loop(self) -> None:
        shares = open_loop.QUICK_SHARES if self.plan.quick else open_loop.SHARES
        self.found.open_loop = open_loop.run(
            self.place, self.loads, peak=self._peak_per_second(), seconds=self.plan.seconds, shares=shares
        )

    def _cost(self) -> None:
        scenarios = cost.SCENARIOS[:1] if self.plan.quick else cost.SCENARIOS
        self.found.costs = cost.run(self.place, self.loads, seconds=self.plan.seconds, scenarios=scenarios)

        key = self.people.keys.read_text(encoding="ascii").split()[0]
        self.found.weight = hot_path.of(self.place.installation, key)
        self.loads.answered += hot_path.SOLD

    def _memory(self) -> None:
        self.found.memory = slope.run(
            self.loads, recharges=self.plan.memory_recharges, per_second=self._peak_per_second()
        )

    def _simulator(self) -> None:
        recharges = QUICK_SETTLED if self.plan.quick else settling.RECHARGES
        self.found.settled = settling.measure(self.place, self.people, self.server, recharges=recharges)
        self.loads.answered += self.found.settled.recharges
        say(f"settled through the simulator: {self.found.settled.per_second:,.0f}/s")

    def _growth(self) -> None:
        self.found.ages = growth.run(
            self.place,
            self.server,
            staff_key=self.people.staff_key,
            seconds=self.plan.seconds,
            rows=self.plan.rows,
            many=self.plan.many_sellers,
            reads=QUICK_READS if self.plan.quick else READ_LOADS,
            turns=1 if self.plan.quick else growth.TURNS,
        )

    def _peak_per_second(self) -> float:
        """What a closed loop got out of FULL in this run; measured now where it was not."""
        if self.found.named(FULL.name) is None:
            self._all((FULL,))
        figure = self.found.named(FULL.name)
        assert figure is not None
        return figure.per_second


def run(plan: Plan) -> Run:
    """Measure what is wanted."""
    if plan.wants(Part.BASELINE):
        server_of_baseline.refuse_missing()
    if load.wrk() is None:
        say(load.SLOWER)
    idle_up = idle.measure() if plan.wants(Part.IDLE) else {}
    say("database and sellers")
    with house.running(settings={**SETTINGS, **ALLOWED}) as place:
        about = machine.describe(
            directory=place.installation.home, postgresql=place.cluster.binaries.version(), also=PACKAGES
        )
        people = house.populate(place, sellers=SELLERS)
        yardstick.prepare(place.cluster)
        found = Run(
            date=datetime.now(UTC).date().isoformat(),
            seconds=plan.seconds,
            load_generator=load.generator(),
            settings=measure.settings_of(place),
            database=measure.database_settings(place.cluster),
            machine=about,
            before=pgbench(place, seconds=plan.seconds),
            idle_up=idle_up,
        )
        if plan.wants(Part.BASELINE):
            found.baseline = baseline.run(place, seconds=plan.seconds)
        with serving(place.installation) as server:
            Session(plan, place, server, people, found).run()
        found.after = pgbench(place, seconds=plan.seconds)
        return found
