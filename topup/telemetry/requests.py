"""Counting requests that were answered. Owns what their labels may be: never an id, never free text."""

from topup import clock
from topup.telemetry.counts import COUNTS

ID_BYTES = 12
"""Random bytes of a request's id."""
UNKNOWN = "unknown"
"""The route of what matched none."""
TURNED_AWAY = frozenset({401, 403})
"""Answers that security.log is told of."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATUSES = {status: str(status) for status in range(100, 600)}


def answered(*, method: str, route: str, status: int, began_s: float) -> None:
    """One request, which began at this moment of the monotonic clock."""
    labels = (method if method in _METHODS else "other", route, _STATUSES.get(status, "other"))
    COUNTS.add("topup_requests_total", labels)
    COUNTS.observe("topup_request_duration_seconds", clock.monotonic_s() - began_s, (route,))
