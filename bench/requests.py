"""What the Python generator asks for, and what it counts as done: sales, reads, or the brief's mix.

Owns the bytes of a request and the verdict on an answer. It sends nothing. A source is asked for the next
request; what a request calls for once it is answered is asked on the same connection, before anything else.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from bench.crowd.tally import RETRY_SHARE, WEIGHTS
from bench.scenarios import PRICE_MINOR, Spread

PHONE_NUMBERS = 10_000_000
CREDIT_MINOR = 100 * PRICE_MINOR
CREATED, OK = 201, 200
SALE = "/api/v1/recharges"
BATCH = "/api/v1/recharges/batch"
CREDIT = "/api/v1/credit-requests"
REFUSED_ITEM = b'"error":'
ITEM_NAME = "200 with errors"


class Request(NamedTuple):
    """Bytes to send, the status that means success, the recharges it makes, and what follows it."""

    data: bytes
    wanted: int
    sold: int = 0
    then: "Callable[[bytes], Request | None] | None" = None

    def failure(self, status: int, body: bytes) -> str | None:
        """What an answer counts as where it is no success."""
        if status != self.wanted:
            return str(status)
        return ITEM_NAME if self.sold > 1 and REFUSED_ITEM in body else None


class Source(Protocol):
    """Where requests come from."""

    def next(self) -> Request: ...


def drawn(lines: Sequence[str], spread: Spread, draw: random.Random) -> Iterator[str]:
    """Lines at random, for ever: always the first, any, or the n-th with a share of 1/n."""
    if spread is Spread.HOT:
        yield from itertools.repeat(lines[0])
    shares = [1 / place for place in range(1, len(lines) + 1)] if spread is Spread.ZIPF else None
    sums = list(itertools.accumulate(shares)) if shares else None
    while True:
        yield from draw.choices(lines, cum_weights=sums, k=1_000)


class Sales:
    """Sales with a key of their own each, one at a time or in batches."""

    def __init__(
        self, *, keys: Iterator[str], items: int, prefix: str, host: str, draw: random.Random
    ) -> None:
        self._keys, self._items, self._prefix, self._host, self._draw = keys, items, prefix, host, draw
        self._made = 0

    def next(self) -> Request:
        self._made += 1
        key = next(self._keys)
        if self._items == 1:
            return self.single(key)
        items = ",".join(
            f'{{"reference":"{self._prefix}{self._made}-{place}",{self._sale()}}}'
            for place in range(self._items)
        )
        return post(BATCH, key, self._host, body=f'{{"items":[{items}]}}', wanted=OK, sold=self._items)

    def single(self, key: str) -> Request:
        reference = f"Idempotency-Key: {self._prefix}{self._made}\r\n"
        return post(SALE, key, self._host, body=f"{{{self._sale()}}}", head=reference, sold=1)

    def _sale(self) -> str:
        number = int(self._draw.random() * PHONE_NUMBERS)
        return f'"phone_number":"0912{number:07d}","amount":{PRICE_MINOR}'


class Reads:
    """One path after another, each with the key that may read it: lines of a key and a path."""

    def __init__(self, *, lines: Iterator[str], host: str) -> None:
        self._lines, self._host = lines, host

    def next(self) -> Request:
        key, path = next(self._lines).split()
        return get(path, key, self._host)


class Mix:
    """What the users of the load test do (bench/locustfile.py), in the same shares."""

    def __init__(
        self, *, keys: Iterator[str], staff_key: str, prefix: str, host: str, draw: random.Random
    ) -> None:
        self._keys, self._staff_key, self._host, self._draw = keys, staff_key, host, draw
        self._sales = Sales(keys=keys, items=1, prefix=prefix, host=host, draw=draw)
        self._tasks = list(WEIGHTS)
        self._sums = list(itertools.accumulate(WEIGHTS.values()))
        today = datetime.now(UTC).date().isoformat()
        self._paths = {
            "balance": "/api/v1/balance",
            "transactions": "/api/v1/transactions",
            "recharges": "/api/v1/recharges",
            "statement": f"/api/v1/statement?from={today}T00:00:00Z",
            "phone_numbers": "/api/v1/phone-numbers",
        }

    def next(self) -> Request:
        (task,) = self._draw.choices(self._tasks, cum_weights=self._sums)
        if task == "sell":
            sale = self._sales.next()
            again = self._draw.random() < RETRY_SHARE
            return sale._replace(then=lambda _: sale._replace(sold=0)) if again else sale
        if task == "credit":
            body = f'{{"amount":{CREDIT_MINOR}}}'
            return post(CREDIT, next(self._keys), self._host, body=body)._replace(then=self._approve)
        return get(self._paths[task], next(self._keys), self._host)

    def _approve(self, asked: bytes) -> Request:
        begin = asked.index(b'"id":"') + len(b'"id":"')
        identifier = asked[begin : asked.index(b'"', begin)].decode()
        return post(f"{CREDIT}/{identifier}/approve", self._staff_key, self._host, body="", wanted=OK)


class Beforehand:
    """Requests of another source that are made before the first is due, so that making takes no time then."""

    def __init__(self, source: Source, *, count: int) -> None:
        self._made = iter([source.next() for _ in range(count)])

    def next(self) -> Request:
        return next(self._made)


def get(path: str, key: str, host: str) -> Request:
    return Request(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token {key}\r\n\r\n".encode(), OK)


def post(
    path: str, key: str, host: str, *, body: str, head: str = "", wanted: int = CREATED, sold: int = 0
) -> Request:
    text = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token {key}\r\n"
        f"Content-Type: application/json\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}"
    )
    return Request(text.encode(), wanted, sold)
