"""Redis, where REDIS_URL names one: how it is reached, and how long it is waited for.

Owns the time-outs. Redis is never the truth and never needed: whoever asks here is ready to hear that
it is away. Only what uses Redis loads this module, because the library takes a tenth of a second.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from topup import circuit

CONNECT_TIMEOUT_S = 0.05
"""Redis stands in the same rack or not at all: a connection takes a millisecond, or fails."""
READ_TIMEOUT_S = 0.1
"""An answer takes a fraction of a millisecond; this much waiting costs more than doing without."""
MAX_CONNECTIONS = 64
"""Of one process: a lane holds one at a time, the rest are for log-ins."""
PREFIX = "topup:"
TROUBLES = (RedisError, OSError, TimeoutError)

T = TypeVar("T")


class Link:
    """The asynchronous connections of a process to Redis. Use it in one loop."""

    def __init__(self, url: str) -> None:
        self.redis: Redis = Redis.from_url(
            url, max_connections=MAX_CONNECTIONS, retry=AsyncRetry(NoBackoff(), 0), **_options()
        )

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that `self.redis` carries. Raises Away, soon."""
        circuit.redis.admit()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S + READ_TIMEOUT_S):
                answer = await question()
        except TROUBLES as error:
            raise circuit.redis.failed(error) from error
        circuit.redis.succeeded()
        return answer

    async def close(self) -> None:
        await self.redis.aclose()


def ask(question: Callable[[], T]) -> T:
    """The same in a thread, with a client that has `blocking_options`. Raises Away, soon."""
    circuit.redis.admit()
    try:
        answer = question()
    except TROUBLES as error:
        raise circuit.redis.failed(error) from error
    circuit.redis.succeeded()
    return answer


def blocking_options() -> dict[str, Any]:  # redis-py's keywords
    """How a client for threads connects."""
    return {**_options(), "retry": Retry(NoBackoff(), 0)}


def _options() -> dict[str, Any]:  # redis-py's keywords
    # Version 2 of the protocol opens a connection without a greeting, and every Redis knows it.
    return {"socket_connect_timeout": CONNECT_TIMEOUT_S, "socket_timeout": READ_TIMEOUT_S, "protocol": 2}
