"""How fast webhooks go out while sales need the machine: as fast as it is free, else a little at a time.

Owns what counts as crowded. On Linux it reads /proc/stat, in which the worker's own time is apart because
the worker runs niced; elsewhere nothing is crowded. A delivery costs as much CPU as several sales, so
without this a busy hour of sales would be slowed by the news of it.
"""

import asyncio
from pathlib import Path
from typing import NamedTuple

from topup import clock

CROWDED = 0.85
"""Share of the CPU that others use, above which webhooks wait."""
LOOK_S = 0.5
"""Between two looks at the machine."""
MOST = 32
"""The longest rest, in times of the work before it: webhooks always go on a little."""
MAX_REST_S = 5.0
STAT = Path("/proc/stat")
_NICED, _IDLE, _WAITING = 1, 3, 4
"""Columns of the line of all CPUs: niced, idle, waiting for a disk."""


class Ticks(NamedTuple):
    """Of all CPUs since the machine started: in all, and those that ours and nobody took."""

    total: int
    free: int


class Pace:
    """Shared by the loops of one process."""

    def __init__(self, stat: Path = STAT, *, look_s: float = LOOK_S) -> None:
        self._stat = stat
        self._look_s = look_s
        self._before = self._ticks()
        self._looked_s = clock.monotonic_s()
        self.times = 0
        """How long a rest is, in times of the work before it."""

    async def rest(self, worked_s: float) -> None:
        """Pause after some work, where sales need the machine."""
        self._look()
        if self.times:
            await asyncio.sleep(min(worked_s * self.times, MAX_REST_S))

    def _look(self) -> None:
        now_s = clock.monotonic_s()
        if now_s - self._looked_s < self._look_s:
            return
        ticks, self._looked_s = self._ticks(), now_s
        total, free = ticks.total - self._before.total, ticks.free - self._before.free
        self._before = ticks
        if total and (total - free) / total > CROWDED:
            self.times = min(max(self.times * 2, 1), MOST)
        else:
            self.times //= 2

    def _ticks(self) -> Ticks:
        try:
            words = self._stat.read_text("ascii").split("\n", 1)[0].split()[1:]
        except OSError:  # no Linux: nothing is known, and nothing counts as crowded
            return Ticks(0, 0)
        columns = [int(word) for word in words[:8]]  # what follows is counted in these too
        return Ticks(sum(columns), sum(columns[each] for each in (_NICED, _IDLE, _WAITING)))
