"""Whether something that may be away is asked at all, or left alone for a while because it was.

Owns how many failures open the circuit and for how long. What one question learns spares all others
of the process: only the first after that time is a trial.
"""

import logging

from topup import clock

FAILURES_MAX = 3
"""Failures in a row before it is left alone: one may be our own machine that was busy."""
LEFT_ALONE_S = 5.0
"""How long it is then left alone: a trial in this time costs little where each waits for a time-out."""

log = logging.getLogger(__name__)


class Away(Exception):
    """It does not answer, or is left alone because it did not."""


class Circuit:
    """Closed while questions are answered. Threads may share it: a race costs one more question."""

    def __init__(self, name: str, *, failures_max: int = FAILURES_MAX) -> None:
        self._name = name
        self._failures_max = failures_max
        self._failures = 0
        self._left_alone_until_s = 0.0

    @property
    def open(self) -> bool:
        return self._failures >= self._failures_max

    def admitted(self, wanted: int) -> int:
        """How many of the questions wanted may be asked now: all, none, or the one that is the trial."""
        try:
            self.admit()
        except Away:
            return 0
        return min(wanted, 1) if self.open else wanted

    def admit(self) -> None:
        """Raise Away while it is left alone."""
        if not self.open:
            return
        now_s = clock.monotonic_s()
        if now_s < self._left_alone_until_s:
            raise Away(f"{self._name} is left alone")
        self._left_alone_until_s = now_s + LEFT_ALONE_S  # this question is the trial

    def failed(self, error: BaseException) -> Away:
        """Count a failure; what to raise."""
        reason = str(error) or type(error).__name__
        self._failures += 1
        self._left_alone_until_s = clock.monotonic_s() + LEFT_ALONE_S
        if self._failures == self._failures_max:
            log.warning("%s is away and is left alone for a while: %s", self._name, reason)
        return Away(reason)

    def succeeded(self) -> None:
        if self.open:
            log.warning("%s is back", self._name)
        self._failures = 0


redis = Circuit("Redis")
