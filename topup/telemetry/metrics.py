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
    "topup_operator_requests_in_flight": Metric(Kind.SUM, "Words under way with operators"),
    "topup_operator_circuits_open": Metric(
        Kind.SUM, "Operators that a worker leaves alone for a while because they do not answer"
    ),
    "topup_operator_answers_total": Metric(
        Kind.COUNTER, "What operators answered, by what they were asked", ("verb", "result")
    ),
    "topup_operator_request_seconds": Metric(
        Kind.HISTOGRAM, "Time from asking an operator to its answer", ("verb",), (*_SECONDS, 30.0)
    ),
    "topup_open_recharges": Metric(Kind.LATEST, "Recharges that are not final, and reversals under way"),
    "topup_unknown_recharges": Metric(Kind.LATEST, "Recharges whose operator's answer was lost"),
    "topup_unknown_amount_minor": Metric(Kind.LATEST, "Their prices, held, in minor units"),
    "topup_unknown_oldest_seconds": Metric(Kind.LATEST, "How long the oldest of them has been unknown"),
    "topup_open_cases": Metric(Kind.LATEST, "Contradictions and differences that staff have not closed"),
    "topup_review_recharges": Metric(Kind.LATEST, "Recharges that wait for the staff's decision"),
    "topup_loop_lag_seconds": Metric(
        Kind.HISTOGRAM, "How much later than asked for a worker's event loop woke", (), _SECONDS
    ),
    "topup_books_verified_total": Metric(
        Kind.COUNTER, "Books recomputed by /api/balance/verify/", ("result",)
    ),
    "topup_books_verified_last_timestamp_seconds": Metric(
        Kind.LATEST, "When /api/balance/verify/ last proved books; 0 where no worker alive did"
    ),
    "topup_webhook_deliveries_total": Metric(
        Kind.COUNTER, "Attempts at deliveries of webhooks: delivered, retry, or failed for good", ("result",)
    ),
    "topup_webhook_endpoints_disabled_total": Metric(
        Kind.COUNTER, "Endpoints of sellers that were disabled: gone (410), or exhausted", ("why",)
    ),
    "topup_webhook_oldest_pending_seconds": Metric(
        Kind.LATEST, "Age of the delivery that has waited longest, of those still to be delivered"
    ),
    "topup_log_lines_dropped_total": Metric(
        Kind.COUNTER, "Log lines that had no room in the queue or on the disk"
    ),
    "topup_workers": Metric(Kind.SUM, "API workers alive"),
    "topup_background_workers": Metric(Kind.SUM, "Processes of `topup worker` alive on this machine"),
    "process_resident_memory_bytes": Metric(Kind.SUM, "Resident memory of all workers"),
    "process_virtual_memory_bytes": Metric(Kind.SUM, "Virtual memory of all workers"),
    "process_open_fds": Metric(Kind.SUM, "Open file descriptors of all workers"),
    "process_cpu_seconds_total": Metric(Kind.COUNTER, "CPU time of all workers, user and system"),
}
