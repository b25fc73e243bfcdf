"""The load generator for machines without wrk: `python -m bench.client`, a process of its own.

Owns a small HTTP/1.1 client, one request at a time on each of its kept connections. It does what
sell.lua does, and prints the same line; it is slower than wrk, and says so.

Usage: HOST PORT CONNECTIONS KEYS-FILE hot|spread ITEMS SECONDS PREFIX
"""

import asyncio
import math
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import cast

import msgspec
import uvloop

from bench.load import DRAIN_S, RESULT, Counts
from bench.scenarios import PRICE_MINOR

PHONE_NUMBERS = 10_000_000
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
CREATED, OK = 201, 200


class Sender:
    """What all connections share: which request is next, and what came of those before."""

    def __init__(self, *, keys: list[str], items: int, seconds: int, prefix: str, host: str) -> None:
        path = "/api/v1/recharges" if items == 1 else "/api/v1/recharges/batch"
        self._heads = [
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token {key}\r\n"
            "Content-Type: application/json\r\n"
            for key in keys
        ]
        self._items = items
        self._prefix = prefix
        self._until_s = time.monotonic() + seconds
        self.sent = self.good = self.good_in_time = 0
        self.others: Counter[str] = Counter()
        self.times_s: list[float] = []

    def next(self) -> bytes | None:
        """One more request, or None when the time is over."""
        if time.monotonic() > self._until_s:
            return None
        self.sent += 1
        head = random.choice(self._heads)
        if self._items == 1:
            head += f"Idempotency-Key: {self._prefix}{self.sent}\r\n"
            body = f"{{{self._sale()}}}"
        else:
            body = f'{{"items":[{",".join(map(self._item, range(self._items)))}]}}'
        return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    def count(self, *, status: int, body: bytes, took_s: float) -> None:
        self.times_s.append(took_s)
        if status != (CREATED if self._items == 1 else OK):
            self.others[str(status)] += 1
        elif self._items > 1 and b'"error":' in body:
            self.others["200 with errors"] += 1
        else:
            self.good += 1
            self.good_in_time += time.monotonic() <= self._until_s

    def counts(self) -> Counts:
        self.times_s.sort()
        return Counts(
            sent=self.sent,
            good=self.good,
            good_in_time=self.good_in_time,
            others=dict(self.others),
            p50_ms=_percentile_ms(self.times_s, 0.50),
            p99_ms=_percentile_ms(self.times_s, 0.99),
        )

    def _item(self, number: int) -> str:
        return f'{{"reference":"{self._prefix}{self.sent}-{number}",{self._sale()}}}'

    def _sale(self) -> str:
        return f'"phone_number":"0912{random.randrange(PHONE_NUMBERS):07d}","amount":{PRICE_MINOR}'


class Kept(asyncio.Protocol):
    """One connection. `ended` is done when it has nothing more to send, or broke."""

    def __init__(self, sender: Sender) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sender = sender
        self._received = b""
        self._begun_s = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(HEAD_END)
        if found and len(body) >= _length(head):
            self._received = b""
            took_s = time.monotonic() - self._begun_s
            self._sender.count(status=int(head[9:12]), body=body, took_s=took_s)
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self._sender.others["connection"] += 1
            self.ended.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None
        request = self._sender.next()
        self._begun_s = time.monotonic()
        if request is None:
            self.ended.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)


def _length(head: bytes) -> int:
    low = head.lower()
    begin = low.index(LENGTH) + len(LENGTH)
    return int(low[begin:].split(b"\r\n", 1)[0])


def _percentile_ms(times_s: list[float], part: float) -> float:
    """The time that this part of all did not exceed, of times in order."""
    return times_s[max(math.ceil(len(times_s) * part) - 1, 0)] * 1_000 if times_s else 0.0


async def _sell(sender: Sender, *, host: str, port: int, connections: int, seconds: int) -> None:
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: Kept(sender), host, port) for _ in range(connections)]
    await asyncio.wait([kept.ended for _, kept in opened], timeout=seconds + DRAIN_S)


def main(words: list[str]) -> None:
    host, port, connections, keys_file, spread, items, seconds, prefix = words
    keys = Path(keys_file).read_text(encoding="ascii").split()
    sender = Sender(
        keys=keys[:1] if spread == "hot" else keys,
        items=int(items),
        seconds=int(seconds),
        prefix=prefix,
        host=f"{host}:{port}",
    )
    work = _sell(sender, host=host, port=int(port), connections=int(connections), seconds=int(seconds))
    uvloop.run(work)
    print(RESULT + msgspec.json.encode(sender.counts()).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
