"""The load generator in Python: `python -m bench.client`, a process of its own, told by an `Order` in JSON.

Owns a small HTTP/1.1 client on one epoll: kept connections, one request at a time on each. It keeps a
closed loop (each connection asks again when it is answered: what sell.lua does, and slower), or an open
one: requests are due at a fixed rate whoever has answered, one that finds no free connection waits, and
its time runs from when it was due. What it counted it prints as one line.
"""

import gc
import math
import random
import select
import socket
import sys
import time
from collections import Counter, deque
from pathlib import Path

import msgspec

from bench.load import DRAIN_S, RESULT, Counts, Order
from bench.requests import Beforehand, Mix, Reads, Request, Sales, Source, drawn
from bench.scenarios import READS, Spread, What

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
LAST_PIECE = b"0\r\n\r\n"
CLOSING = b"connection: close"
READ_BYTES = 262_144
TICK_S = 0.001
"""The longest rest while requests are due at a rate, the shortest that epoll knows: what is due meanwhile is
sent together, that much late, and times show it."""
REST_S = 0.05
SETTLE_S = 0.5
"""The server accepts what was just opened, before the first request is due."""
SEND_LIMIT_S = 10.0
MAX_AT_ONCE = 64
"""Requests sent before answers are heard again, however many are due."""
BROKEN = "connection"


class Wire:
    """One kept connection, and the request that is on it."""

    __slots__ = ("due_s", "received", "request", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(0)  # never waits
        self.request: Request | None = None
        self.received = b""
        self.due_s = 0.0


class Generator:
    """All connections of a load, and what came of it."""

    def __init__(self, order: Order, source: Source) -> None:
        self._order, self._source = order, source
        self._address = (order.host, order.port)
        self._epoll = select.epoll()
        self._wires: dict[int, Wire] = {}
        self._free: deque[Wire] = deque()
        self._begun_s = self._until_s = 0.0
        self._sent = self._good = self._in_time = self._sold = 0
        self._others: Counter[str] = Counter()
        self._times_s: list[float] = []
        self._lags_s: list[float] = []

    def run(self) -> Counts:
        for _ in range(self._order.connections):
            self._open()
        time.sleep(SETTLE_S)
        self._begun_s = time.perf_counter()
        self._until_s = self._begun_s + self._order.seconds
        step = self._step_open if self._order.per_second else self._step_closed
        while step(time.perf_counter()):
            pass
        return self._counted()

    def _step_closed(self, now_s: float) -> bool:
        """Let every free connection ask, then hear answers; whether there is more to come."""
        if now_s < self._until_s:
            while self._free:
                self._ask(self._free.popleft(), self._source.next(), time.perf_counter())
        self._hear(REST_S)
        return self._goes_on(now_s)

    def _step_open(self, now_s: float) -> bool:
        """Send what is due, then hear answers until the next is."""
        rate, end_s = self._order.per_second, min(now_s, self._until_s)
        due = int((end_s - self._begun_s) * rate)
        for _ in range(min(due - self._sent, len(self._free), MAX_AT_ONCE)):
            due_s = self._begun_s + self._sent / rate
            self._lags_s.append(time.perf_counter() - due_s)
            self._ask(self._free.popleft(), self._source.next(), due_s)
        self._hear(0 if self._sent < due and self._free else TICK_S)
        return self._goes_on(now_s) or (self._sent < due and now_s < self._until_s + DRAIN_S)

    def _goes_on(self, now_s: float) -> bool:
        under_way = len(self._free) < len(self._wires)
        return now_s < self._until_s or (under_way and now_s < self._until_s + DRAIN_S)

    def _open(self) -> None:
        wire = Wire(self._address)
        self._wires[wire.socket.fileno()] = wire
        self._epoll.register(wire.socket.fileno(), select.EPOLLIN)
        self._free.append(wire)

    def _ask(self, wire: Wire, request: Request, due_s: float) -> None:
        wire.request, wire.due_s, wire.received = request, due_s, b""
        self._sent += 1
        try:
            sent = wire.socket.send(request.data)
            if sent < len(request.data):  # a large batch: the rest at leisure
                wire.socket.settimeout(SEND_LIMIT_S)
                wire.socket.sendall(request.data[sent:])
                wire.socket.settimeout(0)
        except OSError:
            self._break(wire)

    def _hear(self, rest_s: float) -> None:
        for descriptor, _ in self._epoll.poll(rest_s):
            wire = self._wires.get(descriptor)
            if wire is None:
                continue
            try:
                received = wire.socket.recv(READ_BYTES)
            except OSError:
                received = b""
            if not received:
                self._break(wire)
                continue
            wire.received = wire.received + received if wire.received else received
            head, found, body = wire.received.partition(HEAD_END)
            if found and _whole(head, body):
                self._answered(wire, head, body)

    def _answered(self, wire: Wire, head: bytes, body: bytes) -> None:
        request, now_s = wire.request, time.perf_counter()
        assert request is not None, head
        wire.request = None
        self._times_s.append(now_s - wire.due_s)
        failure = request.failure(int(head[9:12]), body)
        if failure is None:
            self._good += 1
            self._in_time += now_s <= self._until_s
            self._sold += request.sold
        else:
            self._others[failure] += 1
        if CLOSING in head.lower():
            self._replace(wire)
            return
        follower = request.then(body) if request.then is not None and failure is None else None
        if follower is not None:
            self._ask(wire, follower, now_s)
        else:
            self._free.append(wire)

    def _break(self, wire: Wire) -> None:
        """A connection ended by the server: with a request on it, that one is lost."""
        if wire.request is not None:
            self._others[BROKEN] += 1
        elif wire in self._free:
            self._free.remove(wire)
        self._replace(wire)

    def _replace(self, wire: Wire) -> None:
        self._epoll.unregister(wire.socket.fileno())
        del self._wires[wire.socket.fileno()]
        wire.socket.close()
        self._open()

    def _counted(self) -> Counts:
        self._times_s.sort()
        self._lags_s.sort()
        return Counts(
            sent=self._sent,
            good=self._good,
            good_in_time=self._in_time,
            sold=self._sold,
            others=dict(self._others),
            p50_ms=_percentile_ms(self._times_s, 0.50),
            p99_ms=_percentile_ms(self._times_s, 0.99),
            p999_ms=_percentile_ms(self._times_s, 0.999),
            max_ms=_percentile_ms(self._times_s, 1.0),
            lag_p99_ms=_percentile_ms(self._lags_s, 0.99),
            unsent=self._unsent(),
        )

    def _unsent(self) -> int:
        """Requests that were due, and never found a free connection."""
        return max(int(self._order.seconds * self._order.per_second) - self._sent, 0)


def _whole(head: bytes, body: bytes) -> bool:
    """Whether a body is there to its end: as long as its head says, or its last piece has come."""
    low = head.lower()
    begin = low.find(LENGTH)
    if begin < 0:
        return body.endswith(LAST_PIECE)
    return len(body) >= int(low[begin + len(LENGTH) :].split(b"\r\n", 1)[0])


def _percentile_ms(times_s: list[float], part: float) -> float:
    """The time that this part of all did not exceed, of times in order."""
    return times_s[max(math.ceil(len(times_s) * part) - 1, 0)] * 1_000 if times_s else 0.0


def _source(order: Order) -> Source:
    draw = random.Random(order.prefix)
    lines = Path(order.keys).read_text(encoding="ascii").splitlines()
    host, spread = f"{order.host}:{order.port}", Spread(order.spread)
    chosen = drawn(lines, spread, draw)
    if order.what in READS:
        return Reads(lines=chosen, host=host)
    if order.what == What.MIX:
        return Mix(keys=chosen, staff_key=order.staff_key, prefix=order.prefix, host=host, draw=draw)
    return Sales(keys=chosen, items=order.items, prefix=order.prefix, host=host, draw=draw)


def main(words: list[str]) -> None:
    gc.disable()  # nothing here makes cycles, and a pause would show as the server's
    order = msgspec.json.decode(words[0], type=Order)
    source = _source(order)
    if order.per_second:
        source = Beforehand(source, count=math.ceil(order.per_second * order.seconds))
    counts = Generator(order, source).run()
    print(RESULT + msgspec.json.encode(counts).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
