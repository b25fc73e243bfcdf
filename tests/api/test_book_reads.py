"""Reads of books are gathered, and each is told its own book, read after it asked.

What waits is bounded, and nobody waits for ever, whether the database is there or not.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING

import msgspec
import psycopg
import pytest

from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from topup import database
from topup.ledger.core import Book
from topup.trips import AsyncConnection, Connect, Connection

if TYPE_CHECKING:
    from topup.api.book_reads import BookReads, Found

TIMEOUT_S = 30
MANY = 600
NOBODY = 2**40
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
_names = count(1)


@asynccontextmanager
async def reading(connect: Connect) -> AsyncIterator["BookReads"]:
    from topup.api.book_reads import BookReads  # noqa: PLC0415  # Django is set up by now

    reads = BookReads(connect)
    reads.start()
    try:
        yield reads
    finally:
        await reads.stop()


def asked(reads: "BookReads", seller_id: int) -> "asyncio.Future[Found]":
    told: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
    reads.ask(seller_id, lambda found, _: told.set_result(found))
    return told


async def answers(those: "list[asyncio.Future[Found]]") -> "list[Found]":
    return await asyncio.wait_for(asyncio.gather(*those), TIMEOUT_S)


@in_a_loop
async def test_each_is_told_its_own_book(installation: Installation, new_seller: NewSeller) -> None:
    sellers = [new_seller(available=available) for available in (0, 1, 22)]
    async with reading(lambda: database.connect_async(installation.config)) as reads:
        found = await answers([asked(reads, sellers[place % 3].id) for place in range(MANY)])
        nothing = await answers([asked(reads, NOBODY)])

    assert [book.available for book in found if isinstance(book, Book)] == [0, 1, 22] * (MANY // 3)
    assert nothing == [None]


@in_a_loop
async def test_more_than_may_wait_are_refused_at_once_and_the_others_served(
    installation: Installation, new_seller: NewSeller
) -> None:
    from topup.api.book_reads import MAX_WAITING  # noqa: PLC0415  # Django is set up by now
    from topup.api.errors import Code, Problem  # noqa: PLC0415

    seller = new_seller(available=5)
    async with reading(lambda: database.connect_async(installation.config)) as reads:
        told = [asked(reads, seller.id) for _ in range(MAX_WAITING + 3)]
        found = await answers(told)
        later = await answers([asked(reads, seller.id)])

    assert {book.available for book in found[:MAX_WAITING] if isinstance(book, Book)} == {5}
    refused = [each for each in found[MAX_WAITING:] if isinstance(each, Problem)]
    assert [problem.code for problem in refused] == [Code.OVERLOADED] * 3
    assert isinstance(later[0], Book)


@in_a_loop
async def test_who_stops_listening_badly_takes_nobody_along(
    installation: Installation, new_seller: NewSeller, caplog: pytest.LogCaptureFixture
) -> None:
    seller = new_seller(available=5)

    def broken(_found: "Found", _as_of_us: int) -> None:
        raise RuntimeError("its connection is gone")

    async with reading(lambda: database.connect_async(installation.config)) as reads:
        reads.ask(seller.id, broken)
        (found,) = await answers([asked(reads, seller.id)])

    assert isinstance(found, Book)
    assert "an answer could not be given" in caplog.text


@in_a_loop
async def test_a_connection_that_was_cut_is_made_anew_and_nobody_hears_of_it(
    installation: Installation, new_seller: NewSeller, superuser: Connection
) -> None:
    seller, name = new_seller(available=5), f"reads {next(_names)}"
    async with reading(lambda: database.connect_async(installation.config, name=name)) as reads:
        await answers([asked(reads, seller.id)])
        assert superuser.execute(END, [name]).fetchall() == [(True,)]
        (found,) = await answers([asked(reads, seller.id)])

    assert isinstance(found, Book)
    assert found.available == 5


@in_a_loop
async def test_a_database_that_is_away_is_told_and_found_again(
    installation: Installation, new_seller: NewSeller
) -> None:
    from topup.api import engine  # noqa: PLC0415  # Django is set up by now
    from topup.api.errors import Code, Problem  # noqa: PLC0415

    seller, there = new_seller(available=5), installation.config
    at = {"home": "/nowhere"}

    async def connect() -> AsyncConnection:
        return await database.connect_async(msgspec.structs.replace(there, topup_home=at["home"]))

    async with reading(connect) as reads:
        away = await answers([asked(reads, seller.id) for _ in range(MANY)])
        at["home"] = there.topup_home
        back = await answers([asked(reads, seller.id)])

    told = [engine.told(error) for error in away if isinstance(error, psycopg.Error)]
    assert [each.code for each in told if isinstance(each, Problem)] == [Code.DATABASE_UNAVAILABLE] * MANY
    assert isinstance(back[0], Book)


@in_a_loop
async def test_stopping_tells_everyone_who_asked(installation: Installation, new_seller: NewSeller) -> None:
    from topup.api.errors import Problem  # noqa: PLC0415  # Django is set up by now

    seller = new_seller(available=5)
    async with reading(lambda: database.connect_async(installation.config)) as reads:
        before = [asked(reads, seller.id) for _ in range(MANY)]
    after = asked(reads, seller.id)

    assert {type(found) for found in await answers(before)} == {Book}
    assert isinstance((await answers([after]))[0], Problem)
