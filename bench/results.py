"""Everything that one run found, as it is written to JSON. Pure.

Owns the shape. A part that was not asked for is empty or None.
"""

import msgspec

from bench.audit import Audit
from bench.cost import Split
from bench.figures import Figure, Measured
from bench.growth.measure import Age
from bench.hot_path import Weight
from bench.life.settling import Settled
from bench.machine import Machine
from bench.open_loop import Arrivals
from bench.processes import Memory
from bench.slope import Slope


class Run(msgspec.Struct, kw_only=True):
    """One run, filled in as it goes."""

    date: str
    seconds: int
    load_generator: str
    settings: dict[str, str]
    database: dict[str, str]
    machine: Machine
    before: Measured
    between: Measured | None = None
    after: Measured | None = None
    baseline: list[Figure] = []
    figures: list[Figure] = []
    open_loop: list[Arrivals] = []
    settled: Settled | None = None
    costs: list[Split] = []
    weight: Weight | None = None
    memory: Slope | None = None
    ages: list[Age] = []
    audit: Audit | None = None
    idle_serve: dict[str, Memory] = {}
    idle_up: dict[str, Memory] = {}

    @property
    def yardstick(self) -> float:
        """Transactions a second: the mean of all runs of pgbench."""
        measured = (self.before, self.between, self.after)
        runs = [each.figure.per_second for each in measured if each is not None]
        return sum(runs) / len(runs)

    @property
    def holds(self) -> bool:
        """Whether every proof that was made found the books right."""
        proved = self.audit is None or self.audit.holds
        once = self.settled is None or not self.settled.twice
        return proved and once and all(age.verified for age in self.ages)

    def named(self, name: str) -> Figure | None:
        """The figure of this name, where it was measured."""
        return next((figure for figure in self.figures if figure.name == name), None)
