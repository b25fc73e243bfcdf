"""Every metric there is: its name, kind, labels and meaning, in one table. Pure.

`docs/reference/metrics.md` is made from it. No label may hold an id, a number or a name: the values
of each label are a closed set, or the route templates of the code.
"""

from enum import StrEnum
from typing import NamedTuple

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Kind(StrEnum):
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    SUM = "gauge, summed over workers"
    LATEST = "gauge, the largest of the workers"


class Metric(NamedTuple):
    """`buckets` are the upper bounds of a histogram, without the last, which is infinite."""

    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


METRICS: dict[str, Metric] = {
    "topup_requests_total": Metric(Kind.COUNTER, "HTTP requests answered", ("method", "route", "status")),
    "topup_request_duration_seconds": Metric(
        Kind.HISTOGRAM, "Time from a request's arrival to its last byte", ("route",), _SECONDS
    ),
    "topup_postings_total": Metric(
        Kind.COUNTER, "Wishes that asked to move money, by what came of them", ("outcome",)
    ),
    "topup_batch_size": Metric(Kind.HISTOGRAM, "Wishes in one transaction of a lane", (), _BATCH),
    "topup_queue_length": Metric(Kind.SUM, "Wishes waiting in the lanes"),
    "topup_pool_size": Metric(Kind.SUM, "Connections of the API's pool"),
    "topup_pool_available": Metric(Kind.SUM, "Connections of the pool that nobody uses"),
    "topup_pool_waiting": Metric(Kind.SUM, "Requests that wait for a connection of the pool"),
    "topup_key_memory_total": Metric(
        Kind.COUNTER, "Keys looked for in a worker's memory; the hit rate is hit / (hit + miss)", ("result",)
    ),
    "topup_shared_cache_hits": Metric(
        Kind.SUM, "Answers that Redis had; the hit rate is hits / (hits + misses), of the workers alive"
    ),
    "topup_shared_cache_misses": Metric(Kind.SUM, "Answers that had to be made, of the workers alive"),
    "topup_loop_lag_seconds": Metric(
        Kind.HISTOGRAM, "How much later than asked for a worker's event loop woke", (), _SECONDS
    ),
    "topup_books_verified_total": Metric(
        Kind.COUNTER, "Books recomputed by /api/balance/verify/", ("result",)
    ),
    "topup_books_verified_last_timestamp_seconds": Metric(
        Kind.LATEST, "When /api/balance/verify/ last proved books; 0 where no worker alive did"
    ),
    "topup_log_lines_dropped_total": Metric(
        Kind.COUNTER, "Log lines that had no room in the queue or on the disk"
    ),
    "topup_workers": Metric(Kind.SUM, "API workers alive"),
    "process_resident_memory_bytes": Metric(Kind.SUM, "Resident memory of the API workers"),
    "process_virtual_memory_bytes": Metric(Kind.SUM, "Virtual memory of the API workers"),
    "process_open_fds": Metric(Kind.SUM, "Open file descriptors of the API workers"),
    "process_cpu_seconds_total": Metric(Kind.COUNTER, "CPU time of the API workers, user and system"),
}
