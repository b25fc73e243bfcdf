"""The metrics as Prometheus reads them. Owns the way from a snapshot to text, and nothing else."""

from collections.abc import Iterable
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from topup.telemetry.counts import Snapshot
from topup.telemetry.metrics import METRICS, Kind

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class _Collected(Collector):
    """A snapshot as a collector of `prometheus_client`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable[Metric]:
        for name, metric in METRICS.items():
            match metric.kind:
                case Kind.COUNTER:
                    yield self._counter(name)
                case Kind.HISTOGRAM:
                    yield self._histogram(name)
                case Kind.SUM | Kind.LATEST:
                    yield GaugeMetricFamily(name, metric.help, self._snapshot.gauges.get(name, 0))

    def _counter(self, name: str) -> Metric:
        metric = METRICS[name]
        family = CounterMetricFamily(name, metric.help, labels=metric.labels)
        unlabelled: list[tuple[tuple[str, ...], float]] = [] if metric.labels else [((), 0)]
        for labels, amount in self._snapshot.counters.get(name, unlabelled):
            family.add_metric(labels, amount)
        return family

    def _histogram(self, name: str) -> Metric:
        metric = METRICS[name]
        family = HistogramMetricFamily(name, metric.help, labels=metric.labels)
        bounds = [*(str(float(bound)) for bound in metric.buckets), "+Inf"]
        for labels, histogram in self._snapshot.histograms.get(name, []):
            counted = zip(bounds, accumulate(histogram.buckets), strict=True)
            family.add_metric(labels, list(counted), histogram.sum)
        return family


def text(snapshot: Snapshot) -> bytes:
    """The whole page, in the text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(snapshot))
    return generate_latest(registry)
