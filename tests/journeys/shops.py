"""Many requests at once, from threads, processes and coroutines, and the books read by SQL of their own.

Owns how load is made and what a whole book is. Nothing here asks the product whether it is right.
"""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any, NamedTuple

import httpx

from tests.conftest import HasKey
from tests.support.posting import assert_books_prove_themselves
from tests.support.server import Server
from topup.trips import Connection

SALE = "/api/v1/recharges"
NUMBERS = ("09123456789", "09351234567", "09211234567")
AT_ONCE = 32
PROCESSES = 4
TIMEOUT_S = 60
_references = itertools.count(1)


class Order(NamedTuple):
    """A recharge to be sold: where, by whom, under which reference and for how much."""

    url: str
    key: str
    reference: str
    amount: int
    phone_number: str = NUMBERS[0]

    def request(self) -> dict[str, Any]:  # httpx's own arguments
        return {
            "url": self.url + SALE,
            "json": {"phone_number": self.phone_number, "amount": self.amount},
            "headers": {"Authorization": f"Token {self.key}", "Idempotency-Key": self.reference},
        }


class Answer(NamedTuple):
    """What came of an order: the status and the body."""

    order: Order
    status: int
    body: dict[str, Any]  # a JSON object
    replayed: bool

    @classmethod
    def of(cls, order: Order, response: httpx.Response) -> "Answer":
        replayed = response.headers.get("Idempotent-Replayed") == "true"
        return cls(order, response.status_code, response.json(), replayed)


def orders(server: Server, seller: HasKey, count: int, *, amount: int = 5_000) -> list[Order]:
    """Orders under references that nothing has used, of all operators in turn."""
    return [
        Order(server.url, seller.key, f"journey-{next(_references)}", amount, NUMBERS[nth % len(NUMBERS)])
        for nth in range(count)
    ]


Way = Callable[[Sequence[Order]], list[Answer]]


def client_for(threads: int) -> httpx.Client:
    """A client that threads may share: it keeps every connection, because closing one races with its use."""
    limits = httpx.Limits(max_connections=threads, max_keepalive_connections=threads, keepalive_expiry=None)
    return httpx.Client(timeout=TIMEOUT_S, limits=limits)


def by_threads(wanted: Sequence[Order], *, at_once: int = AT_ONCE) -> list[Answer]:
    with client_for(at_once) as client, ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda order: Answer.of(order, client.post(**order.request())), wanted))


def _of_one_process(wanted: Sequence[Order]) -> list[Answer]:
    return by_threads(wanted, at_once=AT_ONCE // PROCESSES)


def by_processes(wanted: Sequence[Order]) -> list[Answer]:
    shares = [wanted[nth::PROCESSES] for nth in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        return [answer for answers in pool.map(_of_one_process, shares) for answer in answers]


def by_coroutines(wanted: Sequence[Order]) -> list[Answer]:
    async def send_all() -> list[Answer]:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        turn = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(timeout=TIMEOUT_S, limits=limits) as client:

            async def send(order: Order) -> Answer:
                async with turn:
                    return Answer.of(order, await client.post(**order.request()))

            return list(await asyncio.gather(*map(send, wanted)))

    return asyncio.run(send_all())


WAYS: dict[str, Way] = {"threads": by_threads, "processes": by_processes, "asyncio": by_coroutines}


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers to calls, a dozen or two, that are all made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


def sold(answers: Iterable[Answer]) -> list[dict[str, Any]]:  # JSON objects
    """The recharges among these answers, in the order of their versions."""
    recharges = [answer.body for answer in answers if answer.status == 201]
    return sorted(recharges, key=lambda recharge: recharge["version"])


class Sums(NamedTuple):
    """What a book says, and what the journal, the sales and the credits of its seller add up to."""

    available: int
    journal: int
    sales: int
    credits: int
    movements: int


READ = """
SELECT b.available,
       (SELECT coalesce(sum(CASE WHEN kind IN ('credit', 'reversal', 'release', 'adjustment') THEN amount
                                 WHEN kind IN ('recharge', 'hold', 'deduction') THEN -amount ELSE 0 END), 0)
          FROM ledger.journal WHERE seller_id = b.seller_id),
       (SELECT coalesce(sum(amount), 0) FROM recharges.recharge
         WHERE seller_id = b.seller_id AND state = 'succeeded'),
       (SELECT coalesce(sum(amount), 0) FROM credit.credit_request
         WHERE seller_id = b.seller_id AND state = 'approved'),
       (SELECT count(*) FROM ledger.journal WHERE seller_id = b.seller_id)
  FROM ledger.book b WHERE b.seller_id = %s
"""


def sums_of(connection: Connection, seller_id: int) -> Sums:
    (row,) = connection.execute(READ, [seller_id]).fetchall()
    return Sums(*map(int, row))


def whole(connection: Connection, seller_id: int) -> int:
    """What a seller has left; its book is its journal is its credits less its sales, row by row."""
    sums = sums_of(connection, seller_id)
    assert sums.available == sums.journal == sums.credits - sums.sales >= 0
    assert_books_prove_themselves(connection, seller_id)
    return sums.available
