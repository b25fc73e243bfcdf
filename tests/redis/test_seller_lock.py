"""SELLER_LOCK=redis excludes others before the transaction begins, and is never what a sale hangs on."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.lock import Lock

from tests.conftest import NewSeller
from tests.support import posting
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from tests.support.posting import PRICE, a_sale
from tests.support.redis_at_hand import RedisAtHand
from topup import database
from topup.api.seller_locks import SellerLocks
from topup.ledger.outcomes import Outcome
from topup.ledger.poster import Poster
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.redis_link import Link
from topup.trips import Connection

LONG_S = 60
POLL_S = 0.01
POSTED = Outcome.POSTED
NAME = "topup under a seller's lock"
"""What PostgreSQL calls the poster of these tests."""


@contextlib.asynccontextmanager
async def selling(
    installation: Installation, redis: RedisAtHand, *, timeout_s: int = LONG_S
) -> AsyncIterator[Poster[Sale, Recharge]]:
    """A poster as a server with SELLER_LOCK=redis has one."""
    config, link = installation.config, Link(redis.url)
    poster = Poster(
        lambda: database.connect_async(config, name=NAME),
        Sales(),
        lanes=1,
        zone="UTC",
        around=SellerLocks(link, timeout_s=timeout_s).around,
    )
    await poster.start()
    try:
        yield poster
    finally:
        await poster.stop()
        await link.close()


def lock_of(redis: RedisAtHand, seller: int) -> Lock:
    """The lock as another process would hold it."""
    return Lock(redis.client, f"topup:seller:{seller}", timeout=LONG_S)


async def attempts(redis: RedisAtHand, number: int) -> None:
    """Wait until locks were tried for this often."""
    while tried(redis) < number:  # noqa: ASYNC110  # it is Redis that counts, and it sets no event
        await asyncio.sleep(POLL_S)


def tried(redis: RedisAtHand) -> int:
    counted: Any = redis.client.info("commandstats")
    return int(counted.get("cmdstat_set", {}).get("calls", 0))


@in_a_loop
async def test_a_sale_waits_for_whoever_holds_its_sellers_lock(
    installation: Installation, redis: RedisAtHand, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=10 * PRICE).id
    lock = lock_of(redis, seller)
    lock.acquire()

    async with selling(installation, redis) as poster:
        waiting = poster.submit(a_sale(seller))
        await attempts(redis, 10)
        assert not waiting.done()
        assert transactions_begun(app) == 0
        lock.release()

        assert (await waiting).outcome is POSTED


def transactions_begun(connection: Connection) -> int:
    """Sessions of the poster of these tests that have a transaction open."""
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND xact_start IS NOT NULL"
        " AND state <> 'idle'",
        [NAME],
    ).fetchone()
    assert row is not None
    return int(row[0])


@in_a_loop
async def test_the_lock_is_held_until_the_transaction_is_over(
    installation: Installation, redis: RedisAtHand, new_seller: NewSeller, owner: Connection
) -> None:
    seller = new_seller(available=10 * PRICE).id
    async with selling(installation, redis) as poster:
        with owner.transaction():
            owner.execute("SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE", [seller])
            waiting = poster.submit(a_sale(seller))
            await attempts(redis, 1)
            await asyncio.sleep(POLL_S)
            assert lock_of(redis, seller).locked()
            assert not waiting.done()

        assert (await waiting).outcome is POSTED
        assert not lock_of(redis, seller).locked()


@in_a_loop
async def test_two_posters_lock_many_sellers_and_never_wait_for_each_other_in_a_circle(
    installation: Installation, redis: RedisAtHand, new_seller: NewSeller, app: Connection
) -> None:
    sellers = [new_seller(available=40 * PRICE).id for _ in range(6)]
    async with selling(installation, redis) as one, selling(installation, redis) as other:
        sales = [each.submit(a_sale(s)) for _ in range(20) for s in sellers for each in (one, other)]
        postings = await asyncio.gather(*sales)

    assert {each.outcome for each in postings} == {POSTED}
    assert {posting.book_of(app, seller).available for seller in sellers} == {0}
    posting.assert_books_prove_themselves(app, *sellers)
    assert redis.client.keys("topup:seller:*") == []


@in_a_loop
async def test_a_lock_whose_holder_died_holds_a_sale_up_only_for_a_while(
    installation: Installation, redis: RedisAtHand, new_seller: NewSeller
) -> None:
    seller = new_seller(available=10 * PRICE).id
    lock_of(redis, seller).acquire()

    async with selling(installation, redis, timeout_s=1) as poster:
        assert (await poster.submit(a_sale(seller))).outcome is POSTED

    assert lock_of(redis, seller).locked()  # it is the other's still


@pytest.mark.parametrize("trouble", ["stop", "hang"])
def test_batches_go_on_without_redis_and_say_so_once(
    installation: Installation,
    redis: RedisAtHand,
    new_seller: NewSeller,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
) -> None:
    seller = new_seller(available=10 * PRICE).id
    getattr(redis, trouble)()

    @in_a_loop
    async def sell_ten() -> None:
        async with selling(installation, redis) as poster:
            for _ in range(10):
                assert (await poster.submit(a_sale(seller))).outcome is POSTED

    with caplog.at_level(logging.WARNING):
        sell_ten()
    assert len([record for record in caplog.records if "Redis is away" in record.getMessage()]) == 1


@in_a_loop
async def test_redis_that_hangs_under_held_locks_loses_no_sale(
    installation: Installation, redis: RedisAtHand, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=400 * PRICE).id
    async with selling(installation, redis) as poster:
        threading.Timer(0.02, redis.hang).start()
        postings = [await poster.submit(a_sale(seller)) for _ in range(400)]

    assert {each.outcome for each in postings} == {POSTED}
    assert posting.book_of(app, seller).available == 0
    posting.assert_books_prove_themselves(app, seller)
