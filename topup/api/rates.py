"""How often a caller may ask, counted in this process and, where there is Redis, in all of them.

Owns fixed windows per caller; the least recently seen callers are forgotten first. A count is a few
operations in memory: what other processes counted is learnt beside the requests (`rate_sharing.py`).
"""

from collections import OrderedDict
from typing import NamedTuple

from topup import clock
from topup.api.errors import Code, Problem

MAX_CALLERS = 50_000


class Policy(NamedTuple):
    """`quota` requests in a window of `window_s` seconds; a quota of 0 is no limit."""

    name: str
    quota: int
    window_s: int


class Counted(NamedTuple):
    """What was counted here in a window and is not known elsewhere yet."""

    window: int
    counts: dict[str, int]


class Limiter:
    """Counts the requests of each caller under one policy. `shared`: a RateSharing takes what was counted."""

    def __init__(self, policy: Policy, *, shared: bool = False) -> None:
        self.policy = policy
        self._shared = shared
        self._untold = Counted(0, {})
        self._policy_header = f'"{policy.name}";q={policy.quota};w={policy.window_s}'
        self._windows: OrderedDict[str, list[int]] = OrderedDict()

    def count(self, caller: str) -> dict[str, str]:
        """Count one request; the RateLimit headers of its answer. Raises Problem (429) past the quota."""
        if not self.policy.quota:
            return {}
        now_s = clock.now_us() // clock.US_PER_SECOND  # the same windows in every process
        window = now_s // self.policy.window_s
        seen = self._windows.get(caller)
        if seen is None or seen[0] != window:
            seen = self._windows[caller] = [window, 0]
            if len(self._windows) > MAX_CALLERS:
                self._windows.popitem(last=False)
        seen[1] += 1
        if self._shared:
            if self._untold.window != window:  # nobody asks any more what was counted before
                self._untold = Counted(window, {})
            self._untold.counts[caller] = self._untold.counts.get(caller, 0) + 1
        return self._headers(seen[1], left_s=(window + 1) * self.policy.window_s - now_s)

    def is_past(self, caller: str) -> bool:
        """Whether this caller has passed its quota in this window; it counts nothing."""
        seen = self._windows.get(caller)
        return (
            seen is not None
            and 0 < self.policy.quota < seen[1]
            and seen[0] == clock.now_us() // clock.US_PER_SECOND // self.policy.window_s
        )

    def take(self) -> Counted:
        """What was counted since it was taken last."""
        taken, self._untold = self._untold, Counted(self._untold.window, {})
        return taken

    def learn(self, window: int, totals: dict[str, int]) -> None:
        """Hear what all processes together counted. It only raises what is known here."""
        unheard = self._untold.counts if self._untold.window == window else {}
        for caller, total in totals.items():
            seen = self._windows.get(caller)
            if seen is not None and seen[0] == window:
                seen[1] = max(seen[1], total + unheard.get(caller, 0))

    def check(self, caller: str) -> dict[str, str]:
        """The headers by what is known now, for a caller that was counted. Raises Problem (429)."""
        now_s = clock.now_us() // clock.US_PER_SECOND
        window, left_s = divmod(now_s, self.policy.window_s)
        seen = self._windows.get(caller)
        counted = seen[1] if seen is not None and seen[0] == window else 0
        return self._headers(counted, left_s=self.policy.window_s - left_s)

    def _headers(self, counted: int, *, left_s: int) -> dict[str, str]:
        headers = {
            "RateLimit-Policy": self._policy_header,
            "RateLimit": f'"{self.policy.name}";r={max(self.policy.quota - counted, 0)};t={left_s}',
        }
        if counted > self.policy.quota:
            raise Problem(
                Code.RATE_LIMITED,
                f"More than {self.policy.quota} requests in {self.policy.window_s} s. Wait {left_s} s.",
                headers={**headers, "Retry-After": str(left_s)},
            )
        return headers
