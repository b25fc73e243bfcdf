"""Whether an API worker's memory grows with what it sells: a slope over many sales, beside its noise.

Owns how memory is looked at during one long load, and the straight line through the looks. The first
looks are left out: connections and keys are new then.
"""

import math
import statistics
import time
from collections.abc import Sequence

import msgspec

from bench import processes
from bench.measure import Measurements, say
from bench.scenarios import FULL

MB = 2**20
MILLION = 1_000_000
RECHARGES = MILLION
QUICK_RECHARGES = 10_000
LOOK_S = 1.0
SETTLING_SHARE = 0.2
FEWEST_LOOKS = 4
"""With fewer there is no line to speak of."""
NOISE = 2.0
"""Standard errors within which a slope is no slope."""
FLAT_MB = 1.0
"""A megabyte a million recharges is no growth that anybody would notice."""


class Look(msgspec.Struct, frozen=True, array_like=True):
    """How many had been sold at a moment, and the worker's memory then."""

    sold: float
    mb: float


class Slope(msgspec.Struct, frozen=True, kw_only=True):
    """Megabytes a million recharges, with the standard error of that."""

    recharges: int
    mb_per_million: float
    error: float
    looks: list[Look]

    @property
    def flat(self) -> bool:
        return self.mb_per_million <= max(NOISE * self.error, FLAT_MB)


def run(loads: Measurements, *, recharges: int, per_second: float) -> Slope:
    """Sell about so many in one load, as long as the speed found before says."""
    seconds = max(math.ceil(recharges / max(per_second, 1.0)), FEWEST_LOOKS * 2)
    looks: list[tuple[float, float]] = []
    begun_s = time.monotonic()

    def look() -> None:
        past_s = time.monotonic() - begun_s
        if past_s <= seconds and (not looks or past_s - looks[-1][0] >= LOOK_S):
            memory = processes.memory(loads.watched.groups()["API worker"])
            looks.append((past_s, memory.rss_bytes / MB))

    counts, _ = loads.sell(FULL, seconds=seconds, meanwhile=look)
    found = fit([Look(counts.sold * past_s / seconds, mb) for past_s, mb in looks], recharges=counts.sold)
    say(f"memory: {found.mb_per_million:+.1f} MB a million recharges, +- {found.error:.1f}")
    return found


def fit(looks: Sequence[Look], *, recharges: int) -> Slope:
    """The straight line through the looks, those of the beginning left out."""
    kept = [look for look in looks if look.sold >= SETTLING_SHARE * recharges]
    x, y = [look.sold for look in kept], [look.mb for look in kept]
    line = statistics.linear_regression(x, y)
    mean = statistics.fmean(x)
    left = sum((value - line.slope * sold - line.intercept) ** 2 for sold, value in zip(x, y, strict=True))
    spread = sum((sold - mean) ** 2 for sold in x)
    error = math.sqrt(left / (len(kept) - 2) / spread)
    return Slope(
        recharges=recharges,
        mb_per_million=round(line.slope * MILLION, 3),
        error=round(error * MILLION, 3),
        looks=list(looks),
    )
