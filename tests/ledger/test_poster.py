"""The poster: batches that keep order, one effect for each wish, and trouble that stays with its cause."""

import asyncio
import logging
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg import errors

from tests.conftest import NewSeller
from tests.ledger.test_races import wait_until_blocked
from tests.support import posting
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from tests.support.posting import PRICE, a_sale, selling
from tests.support.proxy import losing_the_first_commit
from topup import clock, database
from topup.ledger.batching import MAX_BATCH, MAX_QUEUED
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.ledger.poster import MAX_PASSES, MIN_TO_PASS, Poster
from topup.recharges.rules import Recharge, Sale
from topup.trips import AsyncConnection, Connection

POSTED, REPLAYED = Outcome.POSTED, Outcome.REPLAYED
NOBODY = 4_000_000_000
"""A seller that is never made."""
POISON = "a NUL \x00"
"""A reference that PostgreSQL refuses to hold."""
PATIENCE_S = 30


async def all_of(poster: Poster[Sale, Recharge], sales: Iterable[Sale]) -> list[Posting]:
    return await asyncio.gather(*map(poster.submit, sales))


@asynccontextmanager
async def _patient(
    installation: Installation,
) -> AsyncIterator[tuple[Poster[Sale, Recharge], list[AsyncConnection]]]:
    """A poster with one lane that waits for a book for ever, and the connection of that."""
    made: list[AsyncConnection] = []

    async def connect() -> AsyncConnection:
        made.append(await database.connect_async(installation.config))
        await made[0].execute("SET lock_timeout = 0; SET statement_timeout = 0")
        return made[0]

    async with selling(installation.config, lanes=1, connect=connect) as poster:
        yield poster, made


def _sellers(new_seller: NewSeller, count: int) -> list[int]:
    return [new_seller(available=1_000 * PRICE).id for _ in range(count)]


def outcomes(postings: Iterable[Posting]) -> Counter[Outcome]:
    return Counter(each.outcome for each in postings)


@in_a_loop
async def test_many_wishes_share_a_transaction(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    sellers = [new_seller(available=200 * PRICE).id for _ in range(4)]
    sales = [a_sale(sellers[n % 4]) for n in range(800)]

    async with selling(installation.config, lanes=1) as poster:
        postings = await all_of(poster, sales)

    assert outcomes(postings) == {POSTED: 800}
    assert posting.transactions_of(app, sellers) <= 800 // MAX_BATCH + 2
    posting.assert_books_prove_themselves(app, *sellers)


@in_a_loop
async def test_wishes_of_a_seller_are_posted_in_their_order(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=600 * PRICE).id
    sales = [a_sale(seller) for _ in range(600)]

    async with selling(installation.config) as poster:
        await all_of(poster, sales)

    assert posting.references_of(app, seller) == [sale.reference for sale in sales]


@in_a_loop
async def test_an_answer_carries_the_recharge_as_it_is_stored(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=10 * PRICE).id
    sale = a_sale(seller)

    async with selling(installation.config) as poster:
        first = await poster.submit(sale)
        again = await poster.submit(sale._replace(id=a_sale(seller).id))

    assert (first.outcome, again.outcome) == (POSTED, REPLAYED)
    assert first.fact == again.fact
    assert (first.fact.version, first.fact.balance_after) == (2, 9 * PRICE)


@in_a_loop
async def test_two_posters_on_one_hot_seller_sell_exactly_what_is_there(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=300 * PRICE).id

    async with selling(installation.config) as one, selling(installation.config) as other:
        both = await asyncio.gather(
            *(all_of(each, [a_sale(seller) for _ in range(300)]) for each in (one, other))
        )

    assert outcomes(both[0] + both[1]) == {POSTED: 300, Outcome.INSUFFICIENT_BALANCE: 300}
    assert posting.book_of(app, seller).available == 0
    posting.assert_books_prove_themselves(app, seller)


@in_a_loop
async def test_no_sale_is_refused_while_credit_remains(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=100 * PRICE).id

    async with selling(installation.config) as poster:
        postings = await all_of(poster, [a_sale(seller) for _ in range(200)])

    assert [each.outcome for each in postings[:100]] == [POSTED] * 100
    assert outcomes(postings[100:]) == {Outcome.INSUFFICIENT_BALANCE: 100}


@in_a_loop
async def test_a_reference_sent_twice_at_once_has_one_effect(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=100 * PRICE).id
    sales = [a_sale(seller) for _ in range(50)]
    twice = [copy for sale in sales for copy in (sale, sale._replace(id=a_sale(seller).id))]

    async with selling(installation.config, lanes=1) as poster:
        postings = await all_of(poster, twice)

    assert outcomes(postings) == {POSTED: 50, REPLAYED: 50}
    assert [each.fact.id for each in postings[::2]] == [each.fact.id for each in postings[1::2]]
    assert len(posting.references_of(app, seller)) == 50


@in_a_loop
async def test_a_reference_sent_through_two_posters_has_one_effect(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=100 * PRICE).id
    sales = [a_sale(seller) for _ in range(100)]
    copies = [sale._replace(id=a_sale(seller).id) for sale in sales]

    async with selling(installation.config) as one, selling(installation.config) as other:
        ours, theirs = await asyncio.gather(all_of(one, sales), all_of(other, copies))

    assert outcomes(ours + theirs) == {POSTED: 100, REPLAYED: 100}
    assert [each.fact.id for each in ours] == [each.fact.id for each in theirs]
    posting.assert_books_prove_themselves(app, seller)


@in_a_loop
async def test_a_retry_of_the_sale_that_used_the_balance_up_is_answered_with_it(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=PRICE).id
    sale = a_sale(seller)

    async with selling(installation.config) as poster:
        await poster.submit(sale)
        again, another = await all_of(poster, [sale._replace(id=a_sale(seller).id), a_sale(seller)])

    assert (again.outcome, again.fact.id) == (REPLAYED, sale.id)
    assert another.outcome is Outcome.INSUFFICIENT_BALANCE


@in_a_loop
async def test_a_retry_after_a_suspension_is_still_answered_with_the_sale(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=10 * PRICE).id
    sale = a_sale(seller)

    async with selling(installation.config) as poster:
        await poster.submit(sale)
        app.execute("SELECT ledger.configure_v1(%s, false, NULL, NULL, NULL)", [seller])
        again, another = await all_of(poster, [sale._replace(id=a_sale(seller).id), a_sale(seller)])

    assert (again.outcome, another.outcome) == (REPLAYED, Outcome.SELLER_SUSPENDED)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"amount": PRICE + 1}, ("amount",)),
        ({"phone_number": 989350000000}, ("phone_number",)),
        ({"operator": "mci"}, ("operator",)),
        ({"amount": 10**15}, ("amount",)),
    ],
)
def test_a_reference_of_another_sale_names_the_fields_that_differ(
    change: dict[str, Any], fields: tuple[str, ...], installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=10 * PRICE).id
    sale = a_sale(seller)

    @in_a_loop
    async def story() -> None:
        async with selling(installation.config) as poster:
            await poster.submit(sale)
            other = await poster.submit(sale._replace(id=a_sale(seller).id, **change))
        assert (other.outcome, tuple(other.differing)) == (Outcome.REFERENCE_MISMATCH, fields)

    story()


@pytest.mark.parametrize("reference", ["two\nlines", POISON, "", "x" * 256, "سفارش"])
def test_a_poison_wish_is_refused_alone(
    reference: str, installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    sellers = [new_seller(available=100 * PRICE).id for _ in range(2)]
    good = [a_sale(sellers[n % 2]) for n in range(100)]
    poison = a_sale(sellers[0], reference=reference)

    @in_a_loop
    async def story() -> None:
        async with selling(installation.config, lanes=1) as poster:
            futures = [poster.submit(sale) for sale in [*good[:50], poison, *good[50:]]]
            answers = await asyncio.gather(*futures, return_exceptions=True)
        refused = answers.pop(50)
        assert isinstance(refused, Exception)
        assert {each.outcome for each in answers if isinstance(each, Posting)} == {POSTED}

    story()
    for seller in sellers:
        ours = [sale.reference for sale in good if sale.seller_id == seller]
        assert posting.references_of(app, seller) == ours
    posting.assert_books_prove_themselves(app, *sellers)


class FailingLog(logging.Handler):
    """A log that cannot be written, and says so to whoever logs."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError("No space left on device")


@pytest.fixture
def nowhere() -> Iterator[None]:
    """The poster's log cannot be written."""
    failing = FailingLog()
    logging.getLogger("topup.ledger.poster").addHandler(failing)
    yield
    logging.getLogger("topup.ledger.poster").removeHandler(failing)


@pytest.mark.usefixtures("nowhere")
@in_a_loop
async def test_a_lane_goes_on_after_whatever_befell_a_batch(
    installation: Installation, new_seller: NewSeller
) -> None:
    """Else everybody after it would wait for ever."""
    seller = new_seller(available=10 * PRICE).id

    async with selling(installation.config, lanes=1) as poster:
        with pytest.raises(errors.DataError):
            await poster.submit(a_sale(seller, reference=POISON))
        after = await poster.submit(a_sale(seller))

    assert after.outcome is POSTED


@pytest.mark.usefixtures("nowhere")
@in_a_loop
async def test_who_joined_a_batch_is_answered_whatever_befell_it(
    installation: Installation,
    new_seller: NewSeller,
    app: Connection,
    owner: Connection,
    superuser: Connection,
) -> None:
    """Also where the batch was parted from those whose book had been locked for long."""
    frozen, hot, other = _sellers(new_seller, 3)
    lock = "SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE"

    async with _patient(installation) as (poster, connected):
        await poster.submit(a_sale(other))  # connects
        with owner.transaction():
            owner.execute(lock, [frozen])
            await connected[0].execute("SET lock_timeout = 100")
            await poster.submit(a_sale(frozen))
            await connected[0].execute("SET lock_timeout = 0")
            with superuser.transaction():
                superuser.execute(lock, [hot])
                waiting = [poster.submit(a_sale(frozen)), poster.submit(a_sale(hot))]
                await asyncio.to_thread(wait_until_blocked, app, connected[0].info.backend_pid)
                waiting += [poster.submit(a_sale(hot, reference=POISON)), poster.submit(a_sale(hot))]
            _, hanging = await asyncio.wait(waiting, timeout=PATIENCE_S)

    assert not hanging
    assert [future.result().outcome for future in waiting[:2]] == [Outcome.OVERLOADED, POSTED]
    assert [type(future.exception()) for future in waiting[2:]] == [errors.DataError, OSError]


@in_a_loop
async def test_a_client_that_hangs_up_cancels_nothing(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=100 * PRICE).id
    sales = [a_sale(seller) for _ in range(100)]

    async with selling(installation.config, lanes=1) as poster:
        futures = [poster.submit(sale) for sale in sales]
        for future in futures[::2]:
            future.cancel()
        answers = await asyncio.gather(*futures[1::2])

    assert outcomes(answers) == {POSTED: 50}
    assert posting.references_of(app, seller) == [sale.reference for sale in sales]


@in_a_loop
async def test_a_full_queue_refuses_at_once_and_nothing_else(
    installation: Installation, new_seller: NewSeller, app: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("topup.ledger.batching.MAX_WAIT_S", 60.0)  # however long a busy machine takes for all
    seller = new_seller(available=(MAX_QUEUED + 10) * PRICE).id

    async with selling(installation.config, lanes=1) as poster:
        futures = [poster.submit(a_sale(seller)) for _ in range(MAX_QUEUED + 10)]
        await asyncio.sleep(0)  # one turn of the loop, in which nothing can have been posted
        at_once = [future.result().outcome for future in futures if future.done()]
        postings = await asyncio.gather(*futures)

    assert at_once == [Outcome.OVERLOADED] * 10
    assert outcomes(postings) == {POSTED: MAX_QUEUED, Outcome.OVERLOADED: 10}
    assert len(posting.references_of(app, seller)) == MAX_QUEUED


@in_a_loop
async def test_stopping_finishes_what_was_taken_and_takes_nothing_more(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1000 * PRICE).id

    async with selling(installation.config, lanes=1) as poster:
        futures = [poster.submit(a_sale(seller)) for _ in range(600)]
    late = poster.submit(a_sale(seller))

    assert outcomes(future.result() for future in futures) == {POSTED: 600}
    assert (await late).outcome is Outcome.OVERLOADED


@in_a_loop
async def test_a_seller_without_a_book_harms_nobody(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=PRICE).id

    async with selling(installation.config, lanes=1) as poster:
        stranger, known = await all_of(poster, [a_sale(999_999_997), a_sale(seller)])

    assert (stranger.outcome, known.outcome) == (Outcome.NO_BOOK, POSTED)


@in_a_loop
async def test_connections_that_die_in_mid_load_lose_and_double_nothing(
    installation: Installation,
    new_seller: NewSeller,
    app: Connection,
    superuser: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("topup.ledger.poster.RECONNECT_S", 30.0)  # the kills may be far apart
    sellers = [new_seller(available=1000 * PRICE).id for _ in range(3)]
    sales = [a_sale(sellers[n % 3]) for n in range(3000)]
    opened: list[AsyncConnection] = []

    async def connect() -> AsyncConnection:
        opened.append(await database.connect_async(installation.config))
        return opened[-1]

    async def kill() -> None:
        for _ in range(6):
            await asyncio.sleep(0.05)
            pids = [each.info.backend_pid for each in opened if not each.closed]
            superuser.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [pids])

    async with selling(installation.config, connect=connect) as poster:
        postings, _ = await asyncio.gather(all_of(poster, sales), kill())

    assert len(opened) > 2, "nothing was killed"
    assert outcomes(postings) == {POSTED: 3000}
    assert sum(len(posting.references_of(app, seller)) for seller in sellers) == 3000
    posting.assert_books_prove_themselves(app, *sellers)


@in_a_loop
async def test_a_commit_whose_answer_is_lost_is_found_again(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=100 * PRICE).id
    sales = [a_sale(seller) for _ in range(100)]

    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        async with (
            losing_the_first_commit(installation.config, Path(directory)) as connect,
            selling(installation.config, lanes=1, connect=connect) as poster,
        ):
            postings = await all_of(poster, sales)

    assert outcomes(postings) == {POSTED: 100}
    assert [each.fact.id for each in postings] == [sale.id for sale in sales]
    assert posting.references_of(app, seller) == [sale.reference for sale in sales]


@in_a_loop
async def test_a_book_that_stays_locked_refuses_its_own_seller_only(
    installation: Installation, new_seller: NewSeller, app: Connection, owner: Connection
) -> None:
    frozen, free = new_seller(available=10 * PRICE).id, new_seller(available=10 * PRICE).id
    sale = a_sale(frozen)

    async with selling(installation.config, lanes=1) as poster:
        with owner.transaction():
            owner.execute("SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE", [frozen])
            stuck, ours = await all_of(poster, [sale, a_sale(free)])
        after = await poster.submit(sale)

    assert (stuck.outcome, ours.outcome) == (Outcome.OVERLOADED, POSTED)
    assert after.outcome is POSTED
    posting.assert_books_prove_themselves(app, frozen, free)


@in_a_loop
async def test_nobody_waits_for_a_book_that_was_locked_for_long(
    installation: Installation, new_seller: NewSeller, owner: Connection
) -> None:
    """The second batch's connection would wait for ever: that it ends is what is shown."""
    frozen, free = new_seller(available=10 * PRICE).id, new_seller(available=10 * PRICE).id
    made: list[AsyncConnection] = []

    async def connect() -> AsyncConnection:
        made.append(await database.connect_async(installation.config))
        return made[0]

    async with selling(installation.config, lanes=1, connect=connect) as poster:
        with owner.transaction():
            owner.execute("SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE", [frozen])
            await poster.submit(a_sale(frozen))
            await made[0].execute("SET lock_timeout = 0; SET statement_timeout = 0")
            while_locked = await all_of(poster, [a_sale(frozen), a_sale(free)])
        after = await poster.submit(a_sale(frozen))

    assert [each.outcome for each in while_locked] == [Outcome.OVERLOADED, POSTED]
    assert after.outcome is POSTED


@in_a_loop
async def test_who_has_no_book_is_not_told_to_come_back_because_of_anothers_lock(
    installation: Installation, new_seller: NewSeller, owner: Connection
) -> None:
    frozen = new_seller(available=PRICE).id

    async with selling(installation.config, lanes=1) as poster:
        with owner.transaction():
            owner.execute("SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE", [frozen])
            postings = await all_of(poster, [a_sale(frozen), a_sale(NOBODY)])

    assert [each.outcome for each in postings] == [Outcome.OVERLOADED, Outcome.NO_BOOK]


@in_a_loop
async def test_a_batch_passes_over_a_book_that_another_has_and_sells_from_it_next(
    installation: Installation, new_seller: NewSeller, app: Connection, owner: Connection
) -> None:
    """The lane would wait for a book for ever: that the others are answered meanwhile is what is shown."""
    taken, *free = _sellers(new_seller, MIN_TO_PASS)

    async with _patient(installation) as (poster, _):
        with owner.transaction():
            owner.execute("SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE", [taken])
            passed = [poster.submit(a_sale(taken)) for _ in range(2)]
            postings = await all_of(poster, map(a_sale, free))
            assert not any(each.done() for each in passed)
        postings += await asyncio.gather(*passed)

    assert outcomes(postings) == {POSTED: MIN_TO_PASS + 1}
    posting.assert_books_prove_themselves(app, taken, *free)


@in_a_loop
async def test_a_book_is_not_passed_over_for_ever(
    installation: Installation, new_seller: NewSeller, app: Connection, owner: Connection
) -> None:
    """There is always more to do than what was passed over."""
    taken, *free = _sellers(new_seller, MIN_TO_PASS)
    rounds = (MAX_PASSES + 1) * MAX_BATCH // len(free)

    async with _patient(installation) as (poster, connected):
        with owner.transaction():
            owner.execute("SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE", [taken])
            passed = poster.submit(a_sale(taken))
            others = [poster.submit(a_sale(seller)) for _ in range(rounds) for seller in free]
            await asyncio.gather(*others[: MAX_PASSES * (MAX_BATCH - 1)])
            await asyncio.to_thread(wait_until_blocked, app, connected[0].info.backend_pid)
            assert not others[-1].done()
        postings = await asyncio.gather(passed, *others)

    assert outcomes(postings) == {POSTED: 1 + len(others)}


@in_a_loop
async def test_who_has_no_book_is_told_so_in_a_batch_that_passes_over_books(
    installation: Installation, new_seller: NewSeller
) -> None:
    sellers = [NOBODY, *_sellers(new_seller, MIN_TO_PASS - 1)]

    async with selling(installation.config, lanes=1) as poster:
        postings = await all_of(poster, map(a_sale, sellers))

    assert [each.outcome for each in postings] == [Outcome.NO_BOOK] + [POSTED] * (MIN_TO_PASS - 1)


@in_a_loop
async def test_who_comes_while_a_batch_waits_for_the_book_goes_with_it(
    installation: Installation, new_seller: NewSeller, app: Connection, owner: Connection
) -> None:
    hot, other = _sellers(new_seller, 2)
    first = a_sale(hot)

    async with _patient(installation) as (poster, connected):
        await poster.submit(a_sale(other))  # connects
        with owner.transaction():
            owner.execute("SELECT 1 FROM ledger.book WHERE seller_id = %s FOR UPDATE", [hot])
            waiting = [poster.submit(first)]
            await asyncio.to_thread(wait_until_blocked, app, connected[0].info.backend_pid)
            came_us = clock.now_us()
            last, again = [a_sale(hot), a_sale(hot)], first._replace(id=a_sale(hot).id)
            waiting += map(poster.submit, (last[0], a_sale(other), again, last[1]))
        postings = await asyncio.gather(*waiting)

    assert [each.outcome for each in postings] == [POSTED, POSTED, POSTED, REPLAYED, POSTED]
    assert posting.references_of(app, hot) == [sale.reference for sale in (first, *last)]
    assert posting.transactions_of(app, [hot]) == 1
    assert all(each.fact.created_at_us >= came_us for each in postings if each.outcome is POSTED)
    posting.assert_books_prove_themselves(app, hot, other)


@in_a_loop
async def test_a_server_out_of_reach_is_said_to_be_so(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=PRICE).id

    async def connect() -> AsyncConnection:
        raise errors.lookup("08006")("no route")

    async with selling(installation.config, connect=connect) as poster:
        answer = await poster.submit(a_sale(seller))

    assert answer.outcome is Outcome.DATABASE_UNAVAILABLE
    assert posting.references_of(app, seller) == []
