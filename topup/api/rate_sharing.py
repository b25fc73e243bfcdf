"""Rate limits that hold over all processes: what each counted is told to Redis, beside the requests.

Owns the exchange and its pace. No request waits for it but a log-in, which is rare and counted in
Redis before its answer. While Redis is away each process limits by what it knows.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

import msgspec

from topup import clock, redis_link, shared_cache
from topup.api.rates import Limiter
from topup.circuit import Away
from topup.redis_link import Link

EXCHANGE_S = 0.1
"""Between two exchanges. A caller at N processes may pass its quota by what it sends in this time."""
WINDOWS_KEPT = 2
"""How many windows long Redis keeps a window's counts: clocks of hosts differ by less."""

# One call and one answer for any number of callers: one round trip, and almost no work for the loop.
ADD = """
local counts = cmsgpack.unpack(ARGV[1])
local totals = {}
for caller, count in pairs(counts) do
  totals[caller] = redis.call('HINCRBY', KEYS[1], caller, count)
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return cmsgpack.pack(totals)
"""

log = logging.getLogger(__name__)


class RateSharing:
    """Exchanges the counts of some limiters. `start` it in the loop that uses them."""

    def __init__(self, link: Link, limiters: Sequence[Limiter]) -> None:
        self._link = link
        self._limiters = limiters
        self._add = link.redis.register_script(ADD)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, and close the connections."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._link.close()

    async def exchange(self) -> None:
        """Tell what was counted here, hear what was counted everywhere."""
        for limiter in self._limiters:
            counted = limiter.take()
            if counted.counts:
                with contextlib.suppress(Away):  # counted here all the same
                    await self._tell(limiter, counted.window, counted.counts)
        if shared_cache.untold():
            await asyncio.to_thread(shared_cache.tell)

    async def count(self, limiter: Limiter, caller: str) -> dict[str, str]:
        """Count one rare request everywhere before it is answered. Raises Problem (429)."""
        headers = limiter.count(caller)
        if not limiter.policy.quota:
            return headers
        window = clock.now_us() // clock.US_PER_SECOND // limiter.policy.window_s
        with contextlib.suppress(Away):
            await self._tell(limiter, window, {caller: 1})
        return limiter.check(caller)

    async def _tell(self, limiter: Limiter, window: int, counts: dict[str, int]) -> None:
        policy = limiter.policy
        key = f"{redis_link.PREFIX}rate:{policy.name}:{policy.window_s}:{window}"
        arguments = (msgspec.msgpack.encode(counts), policy.window_s * WINDOWS_KEPT)
        answer = await self._link.ask(lambda: self._add(keys=[key], args=arguments))
        limiter.learn(window, msgspec.msgpack.decode(answer, type=dict[str, int]))

    async def _run(self) -> None:
        with contextlib.suppress(Away):  # said in the log
            await self._link.ask(self._link.redis.ping)
        while True:
            await asyncio.sleep(EXCHANGE_S)
            try:
                await self.exchange()
            except Exception:
                log.exception("an exchange of rate limits failed")
