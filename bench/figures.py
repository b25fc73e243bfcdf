"""The figures of a run, and what they say about the targets. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from bench.audit import Audit
from bench.machine import Machine
from bench.processes import Memory
from bench.scenarios import (
    CALM_CONNECTIONS,
    FULL_CONNECTIONS,
    MAX_IDLE_MB,
    MAX_P99_MS,
    MIN_BATCH_RATIO,
    MIN_SINGLE_RATIO,
)
from bench.yardstick import Yardstick

MB = 2**20
NOT_OURS = "PostgreSQL"


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a measurement took, by group of processes: CPU in cores, memory at its end."""

    cores: dict[str, float]
    memory: dict[str, Memory]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One load through HTTP. Times are response times of a closed loop, in milliseconds a request."""

    name: str
    connections: int
    items: int
    per_second: float
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: dict[str, int]
    unanswered: int
    cost: Cost


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One run of pgbench with what it took."""

    figure: Yardstick
    cost: Cost


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one run found."""

    date: str
    seconds: int
    load_generator: str
    settings: dict[str, str]
    database: dict[str, str]
    machine: Machine
    before: Measured
    after: Measured
    figures: list[Figure]
    audit: Audit
    idle_serve: dict[str, Memory]
    idle_up: dict[str, Memory]

    @property
    def yardstick(self) -> float:
        """Transactions a second: the mean of both runs of pgbench."""
        return (self.before.figure.per_second + self.after.figure.per_second) / 2


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside what was to be reached."""

    what: str
    wanted: str
    found: str
    met: bool


def ours_mb(memory: Mapping[str, Memory]) -> float:
    """Memory of our processes, PostgreSQL apart, with shared pages counted once."""
    return sum(each.pss_bytes for name, each in memory.items() if name != NOT_OURS) / MB


def targets(run: Run) -> list[Target]:
    """Each target with what was found."""
    judged = [target for figure in run.figures for target in _of_a_figure(figure, run.yardstick)]
    idle = ours_mb(run.idle_up)
    judged.append(
        Target(
            what="idle memory of `topup up`, PostgreSQL apart (PSS)",
            wanted=f"<= {MAX_IDLE_MB:.0f} MB",
            found=f"{idle:.0f} MB",
            met=idle <= MAX_IDLE_MB,
        )
    )
    return judged


def _of_a_figure(figure: Figure, yardstick: float) -> Sequence[Target]:
    ratio = figure.per_second / yardstick
    if figure.items > 1:
        return [_ratio(figure, ratio, wanted=MIN_BATCH_RATIO)]
    if figure.connections == FULL_CONNECTIONS:
        return [_ratio(figure, ratio, wanted=MIN_SINGLE_RATIO)]
    if figure.connections == CALM_CONNECTIONS:
        return [
            Target(
                what=f"{figure.name}: p99",
                wanted=f"< {MAX_P99_MS:.0f} ms",
                found=f"{figure.p99_ms:.1f} ms",
                met=figure.p99_ms < MAX_P99_MS,
            )
        ]
    return []


def _ratio(figure: Figure, ratio: float, *, wanted: float) -> Target:
    return Target(what=figure.name, wanted=f">= {wanted:.1f} x", found=f"{ratio:.2f} x", met=ratio >= wanted)
