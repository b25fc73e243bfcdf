"""The shared cache knows most answers, and none that has changed; and no balance is ever in it."""

import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.test import override_settings

from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.redis_at_hand import RedisAtHand
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup import circuit, redis_link, shared_cache

_values = itertools.count(1)


@pytest.fixture
def cache(installation: Installation, redis: RedisAtHand) -> Iterator[RedisAtHand]:
    """This process with the cache that a server has."""
    shared = shared_cache.in_redis(redis.url, redis_link.blocking_options())
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    with override_settings(CACHES={"default": local, shared_cache.ALIAS: shared}):
        yield redis


def fresh() -> int:
    return next(_values)


def test_an_answer_is_made_once_until_it_changes(cache: RedisAtHand) -> None:
    first = shared_cache.kept("answer", fresh)

    assert [shared_cache.kept("answer", fresh) for _ in range(3)] == [first] * 3
    shared_cache.changed("answer")
    assert shared_cache.kept("answer", fresh) != first


def test_an_old_answer_that_is_written_late_is_not_believed(cache: RedisAtHand) -> None:
    def slowly() -> str:
        shared_cache.changed("answer")  # somebody changes it after this read it
        return "old"

    assert shared_cache.kept("answer", slowly) == "old"
    assert shared_cache.kept("answer", lambda: "new") == "new"


def test_a_change_that_is_rolled_back_is_none(cache: RedisAtHand) -> None:
    from django.db import transaction  # noqa: PLC0415  # Django is set up by the fixture

    first = shared_cache.kept("answer", fresh)
    with transaction.atomic():
        shared_cache.changed("answer")
        transaction.set_rollback(True)

    assert shared_cache.kept("answer", fresh) == first


@pytest.mark.parametrize("trouble", ["stop", "hang", "flush"])
def test_without_redis_every_answer_is_made_afresh(cache: RedisAtHand, trouble: str) -> None:
    kept = shared_cache.kept("answer", fresh)
    getattr(cache, trouble)()

    assert shared_cache.kept("answer", fresh) != kept


def test_what_others_wrote_into_redis_is_no_answer(cache: RedisAtHand) -> None:
    shared_cache.kept("answer", fresh)
    for key in cache.client.keys("*answer*"):
        cache.client.set(str(key), b"\x80\x04K\x01.")  # a pickle

    assert shared_cache.kept("answer", lambda: "ours") == "ours"


def test_a_change_that_redis_missed_is_told_when_it_is_back(
    cache: RedisAtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shared_cache.kept("answer", fresh)
    cache.hang()
    shared_cache.changed("answer")
    cache.resume()
    monkeypatch.setattr(circuit, "redis", circuit.Circuit("Redis"))  # its time is over

    assert shared_cache.untold()
    shared_cache.tell()
    assert not shared_cache.untold()
    assert shared_cache.kept("answer", fresh) != first


def test_hits_and_misses_are_counted(cache: RedisAtHand) -> None:
    before = shared_cache.counts()
    for _ in range(10):
        shared_cache.kept("answer", fresh)

    after = shared_cache.counts()
    assert (after.hits - before.hits, after.misses - before.misses) == (9, 1)


def test_a_change_is_seen_at_once_by_the_other_server(
    serve: Callable[..., Server], redis: RedisAtHand, api: Api, staff: StaffAtHand
) -> None:
    one, other = (api(staff, on=serve(REDIS_URL=redis.url, API_WORKERS="2")) for _ in range(2))
    try:
        for smallest in range(2, 30):
            one.patch("/api/v1/operators/rightel", json={"min": smallest}).raise_for_status()
            assert {smallest_of(client) for client in (one, other, one, other)} == {smallest}
    finally:
        one.patch("/api/v1/operators/rightel", json={"min": 1})


def smallest_of(client: httpx.Client) -> int:
    operators = client.get("/api/v1/operators").json()["data"]
    return int(next(each["min"] for each in operators if each["code"] == "rightel"))


def test_more_than_95_in_100_answers_are_known_and_no_money_is_among_them(
    serve: Callable[..., Server], redis: RedisAtHand, api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller(available=10_000_000)
    clients = [api(seller, on=serve(REDIS_URL=redis.url)) for _ in range(2)]
    redis.client.config_resetstat()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda nth: ask(clients[nth % 2], nth), range(600)))

    known: Any = redis.client.info("stats")
    assert known["keyspace_hits"] / (known["keyspace_hits"] + known["keyspace_misses"]) > 0.95
    kinds = {str(key).split(":")[1] if "rate" in str(key) else str(key) for key in redis.client.scan_iter()}
    assert kinds == {"rate", "topup:1:operators", "topup:1:operators:token"}


def ask(client: httpx.Client, nth: int) -> None:
    """The mix of the brief: sales, and beside each some reading of balances, movements and operators."""
    sale = {"phone_number": "09120000000", "amount": 1_000}
    key = {"Idempotency-Key": f"{random.random()}"}
    answer = [
        lambda: client.post("/api/v1/recharges", json=sale, headers=key),
        lambda: client.get("/api/v1/balance"),
        lambda: client.get("/api/v1/transactions"),
        lambda: client.get("/api/v1/operators"),
        lambda: client.get("/api/v1/sellers"),
    ][nth % 5]()
    answer.raise_for_status()
