"""With Redis a quota is one for all processes together; without it each keeps it alone."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import cycle

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.support.loop import in_a_loop
from tests.support.redis_at_hand import RedisAtHand
from tests.support.server import Server
from topup.api.errors import Problem
from topup.api.rate_sharing import EXCHANGE_S, RateSharing
from topup.api.rates import Limiter, Policy
from topup.redis_link import Link

LONG = 10**9
"""Seconds of a window that does not end in a test."""
QUOTA = 10


@contextlib.asynccontextmanager
async def a_process(redis: RedisAtHand, *, shared: bool = True) -> AsyncIterator[tuple[Limiter, RateSharing]]:
    """A limiter as a process has one, whose exchanges the test calls for."""
    limiter = Limiter(Policy("test", QUOTA, LONG), shared=shared)
    sharing = RateSharing(Link(redis.url), [limiter])
    try:
        yield limiter, sharing
    finally:
        await sharing.stop()


def allowed(limiter: Limiter, caller: str = "u1") -> int:
    """How many requests of a caller pass until one is refused."""
    for passed in range(2 * QUOTA):
        try:
            limiter.count(caller)
        except Problem:
            return passed
    return 2 * QUOTA


@in_a_loop
async def test_what_one_process_counted_is_gone_from_the_others_quota(redis: RedisAtHand) -> None:
    async with a_process(redis) as (one, its), a_process(redis) as (other, others):
        for _ in range(QUOTA - 3):
            one.count("u1")
        await its.exchange()
        other.count("u1")
        await others.exchange()

        assert allowed(other) == 2
        assert allowed(other, "u2") == QUOTA


@in_a_loop
async def test_a_flushed_redis_gives_nobody_a_second_quota(redis: RedisAtHand) -> None:
    async with a_process(redis) as (one, sharing):
        for _ in range(QUOTA - 1):
            one.count("u1")
        await sharing.exchange()
        redis.flush()
        one.count("u1")
        await sharing.exchange()

        assert allowed(one) == 0


@pytest.mark.parametrize("trouble", ["stop", "hang"])
@in_a_loop
async def test_without_redis_each_process_limits_alone(redis: RedisAtHand, trouble: str) -> None:
    async with a_process(redis) as (one, sharing), a_process(redis) as (other, _):
        getattr(redis, trouble)()

        for _ in range(QUOTA):
            one.count("u1")
            await sharing.exchange()

        assert (allowed(one), allowed(other)) == (0, QUOTA)


@in_a_loop
async def test_a_log_in_is_counted_everywhere_before_its_answer(redis: RedisAtHand) -> None:
    async with (
        a_process(redis, shared=False) as (one, its),
        a_process(redis, shared=False) as (other, others),
    ):
        for _ in range(QUOTA):
            await its.count(one, "192.0.2.1")

        with pytest.raises(Problem):
            await others.count(other, "192.0.2.1")
        await others.count(other, "192.0.2.2")


def test_what_is_asked_during_an_exchange_is_not_forgotten() -> None:
    limiter = Limiter(Policy("test", QUOTA, LONG), shared=True)
    limiter.count("u1")
    counted = limiter.take()
    limiter.count("u1")

    limiter.learn(counted.window, {"u1": QUOTA - 1})

    assert allowed(limiter) == 0


@pytest.mark.parametrize(("trouble", "answered"), [("", range(5, 8)), ("stop", [10]), ("hang", [10])])
def test_two_servers_share_the_limit_of_log_ins(
    serve: Callable[..., Server], redis: RedisAtHand, trouble: str, answered: Sequence[int]
) -> None:
    servers = [serve(REDIS_URL=redis.url, LOGIN_LIMIT_PER_MINUTE="5") for _ in range(2)]
    if trouble:
        getattr(redis, trouble)()

    minutes: dict[int, int] = {}
    for server, _ in zip(cycle(servers), range(24), strict=False):
        minute, status = wrong_log_in(server)
        minutes[minute] = minutes.get(minute, 0) + (status == httpx.codes.UNAUTHORIZED)

    assert max(minutes.values()) in answered  # of two minutes that it may take, one has half of the tries


def wrong_log_in(server: Server) -> tuple[int, int]:
    """In which minute it was answered, and how."""
    body = {"username": "nobody", "password": "wrong"}
    answer = httpx.post(f"{server.url}/api/v1/tokens", json=body, timeout=30)
    assert answer.status_code in (401, 429), answer.text
    left_s = int(answer.headers["RateLimit"].rpartition("t=")[2])
    return round((time.time() + left_s) / 60), answer.status_code


def test_two_servers_share_the_limit_of_a_key(
    serve: Callable[..., Server], redis: RedisAtHand, new_seller: NewSeller, api: Api
) -> None:
    seller = new_seller()
    one, other = (api(seller, on=serve(REDIS_URL=redis.url, RATE_LIMIT_PER_SECOND="4")) for _ in range(2))

    def refused_before_its_own_quota() -> bool:
        time.sleep(1 - time.time() % 1)  # a second of its own, in which neither server is asked more than 4
        for client in (one, one, one, one, other):
            client.get("/api/v1/operators")
        time.sleep(2 * EXCHANGE_S)
        return other.get("/api/v1/operators").status_code == httpx.codes.TOO_MANY_REQUESTS

    assert any(refused_before_its_own_quota() for _ in range(30))
