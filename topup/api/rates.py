"""How often a caller may ask, counted in this process.

Owns fixed windows per caller; the least recently seen callers are forgotten first.
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


class Limiter:
    """Counts the requests of each caller under one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._policy_header = f'"{policy.name}";q={policy.quota};w={policy.window_s}'
        self._windows: OrderedDict[str, list[int]] = OrderedDict()

    def count(self, caller: str) -> dict[str, str]:
        """Count one request; the RateLimit headers of its answer. Raises Problem (429) past the quota."""
        if not self.policy.quota:
            return {}
        now_s = clock.monotonic_s()
        window = int(now_s) // self.policy.window_s
        seen = self._windows.get(caller)
        if seen is None or seen[0] != window:
            seen = self._windows[caller] = [window, 0]
            if len(self._windows) > MAX_CALLERS:
                self._windows.popitem(last=False)
        seen[1] += 1
        left_s = (window + 1) * self.policy.window_s - int(now_s)
        remaining = max(self.policy.quota - seen[1], 0)
        headers = {
            "RateLimit-Policy": self._policy_header,
            "RateLimit": f'"{self.policy.name}";r={remaining};t={left_s}',
        }
        if seen[1] > self.policy.quota:
            raise Problem(
                Code.RATE_LIMITED,
                f"More than {self.policy.quota} requests in {self.policy.window_s} s. Wait {left_s} s.",
                headers={**headers, "Retry-After": str(left_s)},
            )
        return headers
