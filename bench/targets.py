"""What the figures of a run say about the targets. Pure.

Owns which figure is judged against what. A figure that was not measured is not judged.
"""

from collections.abc import Iterator

import msgspec

from bench.figures import Figure, ours_mb
from bench.growth import disk
from bench.growth.measure import Age
from bench.results import Run
from bench.scenarios import (
    BATCHES,
    CALM_SHARE,
    FULL,
    HOT,
    MAX_DISK_BYTES,
    MAX_IDLE_MB,
    MAX_P99_MS,
    MIN_BALANCES_PER_S,
    MIN_BATCH_RATIO,
    MIN_GROWN,
    MIN_HOT_RATIO,
    MIN_OF_BASELINE,
    MIN_OF_HOT_BASELINE,
    MIN_SINGLE_RATIO,
    READ_LOADS,
    What,
)

RATIOS = {FULL.name: MIN_SINGLE_RATIO, HOT.name: MIN_HOT_RATIO, BATCHES[1].name: MIN_BATCH_RATIO}
OF_BASELINE = {FULL.name: MIN_OF_BASELINE, HOT.name: MIN_OF_HOT_BASELINE}
BALANCES = next(load.name for load in READ_LOADS if load.what is What.BALANCE)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside what was to be reached."""

    what: str
    wanted: str
    found: str
    met: bool


def targets(run: Run) -> list[Target]:
    """Each target with what was found."""
    return [*_speeds(run), *_open_loop(run), *_growth(run), *_memory(run)]


def _speeds(run: Run) -> Iterator[Target]:
    baseline = {figure.name: figure for figure in run.baseline}
    for name, wanted in RATIOS.items():
        if figure := run.named(name):
            yield _ratio(f"{name}, to the yardstick", figure.per_second / run.yardstick, wanted)
    for name, wanted in OF_BASELINE.items():
        figure, theirs = run.named(name), baseline.get(name)
        if figure and theirs and theirs.per_second:
            yield _ratio(f"{name}, to the brief's own design", figure.per_second / theirs.per_second, wanted)
    if figure := run.named(BALANCES):
        yield _rate("GET /balance", figure, MIN_BALANCES_PER_S)


def _open_loop(run: Run) -> Iterator[Target]:
    for each in run.open_loop:
        if each.share == CALM_SHARE:
            counts = each.counts
            yield Target(
                what=f"open loop at {each.share:.0%} of the peak: p99, drops",
                wanted=f"< {MAX_P99_MS:.0f} ms, 0",
                found=f"{counts.p99_ms:.1f} ms, {counts.dropped}",
                met=counts.p99_ms < MAX_P99_MS and not counts.dropped,
            )


def _growth(run: Run) -> Iterator[Target]:
    for age in run.ages:
        if age.none_per_second:
            ratio = _single(age) / age.none_per_second
            yield _ratio(f"singles with {age.recharges:,} recharges there, to none", ratio, MIN_GROWN)
    written = [age for age in run.ages if age.disk and age.sellers == run.ages[0].sellers]
    if written:
        size = disk.total(written[-1].disk)
        yield Target(
            what="disk a recharge, indexes included",
            wanted=f"<= {MAX_DISK_BYTES} bytes",
            found=f"{size:.0f} bytes",
            met=size <= MAX_DISK_BYTES,
        )


def _memory(run: Run) -> Iterator[Target]:
    if run.memory:
        found = run.memory
        yield Target(
            what=f"API worker's memory over {found.recharges:,} recharges",
            wanted="flat",
            found=f"{found.mb_per_million:+.1f} ± {found.error:.1f} MB a million",
            met=found.flat,
        )
    if run.idle_up:
        idle = ours_mb(run.idle_up)
        yield Target(
            what="idle memory of `topup up`, PostgreSQL apart (PSS)",
            wanted=f"<= {MAX_IDLE_MB:.0f} MB",
            found=f"{idle:.0f} MB",
            met=idle <= MAX_IDLE_MB,
        )


def _single(age: Age) -> float:
    return age.figures[0].per_second


def _ratio(what: str, found: float, wanted: float) -> Target:
    return Target(what=what, wanted=f">= {wanted:.1f} x", found=f"{found:.2f} x", met=found >= wanted)


def _rate(what: str, figure: Figure, wanted: float) -> Target:
    found = f"{figure.per_second:,.0f}/s"
    return Target(what=what, wanted=f">= {wanted:,}/s", found=found, met=figure.per_second >= wanted)
