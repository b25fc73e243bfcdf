"""What this process has counted so far, as plain numbers in memory.

Counting costs a lock that nobody holds and an addition; nothing is written here. `snapshots.py`
brings the numbers of all workers together.
"""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable

import msgspec

from topup.telemetry.metrics import METRICS

Labels = tuple[str, ...]


class Histogram(msgspec.Struct, array_like=True):
    """Observations by bucket (the last one has no upper bound), and their sum."""

    buckets: list[int]
    sum: float = 0.0


class Snapshot(msgspec.Struct):
    """Everything that one process has counted, by metric and labels."""

    counters: dict[str, list[tuple[Labels, float]]] = {}
    histograms: dict[str, list[tuple[Labels, Histogram]]] = {}
    gauges: dict[str, float] = {}


class Counts:
    """The numbers of one process. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counters: defaultdict[tuple[str, Labels], float] = defaultdict(int)
        self._histograms: dict[tuple[str, Labels], Histogram] = {}
        self._gauges: dict[str, Callable[[], float]] = {}

    def add(self, name: str, labels: Labels = (), amount: float = 1) -> None:
        with self._lock:
            self._counters[name, labels] += amount

    def add_all(self, name: str, values: Iterable[tuple[str, int]]) -> None:
        """Add to a counter of one label, for several values of it."""
        for value, amount in values:
            self.add(name, (value,), amount)

    def observe(self, name: str, amount: float, labels: Labels = ()) -> None:
        key, bounds = (name, labels), METRICS[name].buckets
        with self._lock:
            histogram = self._histograms.get(key)
            if histogram is None:
                histogram = self._histograms[key] = Histogram([0] * (len(bounds) + 1))
            histogram.buckets[bisect_left(bounds, amount)] += 1
            histogram.sum += amount

    def gauge(self, name: str, read: Callable[[], float]) -> None:
        """Have a gauge read whenever the numbers are collected, in the thread that collects them."""
        self._gauges[name] = read

    def snapshot(self) -> Snapshot:
        gauges = {name: float(read()) for name, read in list(self._gauges.items())}
        taken = Snapshot(gauges=gauges)
        with self._lock:
            for (name, labels), amount in self._counters.items():
                taken.counters.setdefault(name, []).append((labels, amount))
            for (name, labels), histogram in self._histograms.items():
                copy = Histogram(list(histogram.buckets), histogram.sum)
                taken.histograms.setdefault(name, []).append((labels, copy))
        return taken


COUNTS = Counts()
"""Those of this process."""
