"""Latency: requests at a fixed rate, whoever has answered, at shares of the peak found in the same run.

Owns the rates. Times run from when a request was due, not from when it was sent, so that a server which
stalls is charged with everybody who waited meanwhile. wrk can't do this; bench/client.py does, and what it
took of the CPU, and how late it sent, stand beside the figures.
"""

import msgspec

from bench.figures import Cost
from bench.house import House
from bench.load import Counts
from bench.measure import LOAD, Measurements, cost, say, spent
from bench.scenarios import SELLERS, Scenario

SHARES = (0.25, 0.5, 0.75, 0.9)
QUICK_SHARES = (0.5,)
# As many as may be under way: one that waits for a free connection waits as its client would.
CONNECTIONS = 1_024
SINGLES = Scenario(CONNECTIONS, SELLERS)


class Arrivals(msgspec.Struct, frozen=True, kw_only=True):
    """Requests at a rate: what was counted, and what it took."""

    share: float
    per_second: float
    answered_per_second: float
    counts: Counts
    cost: Cost


def run(
    place: House, loads: Measurements, *, peak: float, seconds: int, shares: tuple[float, ...] = SHARES
) -> list[Arrivals]:
    return [_one(place, loads, share, rate=peak * share, seconds=seconds) for share in shares]


def _one(place: House, loads: Measurements, share: float, *, rate: float, seconds: int) -> Arrivals:
    place.checkpoint()
    before = spent(loads.watched.cpu_s())
    counts, finished = loads.sell(SINGLES, seconds=seconds, per_second=rate)
    after = spent(loads.watched.cpu_s())
    found = Arrivals(
        share=share,
        per_second=rate,
        answered_per_second=counts.good_in_time / seconds,
        counts=counts,
        cost=cost(before, after, finished, loads.watched.memory(), seconds=seconds),
    )
    say(
        f"open loop at {share:.0%}, {rate:,.0f}/s: p50 {counts.p50_ms:.1f}, p99 {counts.p99_ms:.1f}, "
        f"p99.9 {counts.p999_ms:.1f} ms, {counts.dropped} dropped, {found.cost.cores[LOAD]:.2f} cores"
    )
    return found
