"""The Python generator keeps a rate whoever answers, and does the brief's mix.

An answer is charged from when its request was due. The other end of most of these tests is a server that
answers as it is told to.
"""

import random
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from bench import load
from bench.crowd.tally import WEIGHTS
from bench.load import Counts, Load
from bench.requests import Mix, Request, drawn
from bench.scenarios import PRICE_MINOR, Scenario, Spread, What
from tests.conftest import NewSeller
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup.trips import Connection

ENOUGH = 1_000_000 * PRICE_MINOR
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}"
PIECES = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
PAUSE_S = 0.25
SECONDS = 1


@contextmanager
def answering(answer: bytes, *, pause_s: float = 0.0) -> Iterator[str]:
    """A server that answers everything the same, after a pause; its URL."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65_536):
                time.sleep(pause_s)
                self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def send(url: str, keys: Path, *, per_second: float, connections: int) -> Counts:
    keys.write_text("key\n", encoding="ascii")
    scenario = Scenario(connections=connections, sellers=1)
    order = Load(url=url, scenario=scenario, seconds=SECONDS, keys=keys, prefix="x", per_second=per_second)
    return load.run(order, program=None)[0]


@pytest.mark.parametrize("answer", [CREATED, PIECES])
def test_what_is_due_is_sent_and_answered(tmp_path: Path, answer: bytes) -> None:
    with answering(answer) as url:
        counts = send(url, tmp_path / "keys", per_second=50, connections=8)

    assert (counts.sent, counts.good, counts.sold, counts.dropped) == (50, 50, 50, 0)


def test_who_waits_for_a_connection_is_charged_the_waiting(tmp_path: Path) -> None:
    with answering(CREATED, pause_s=PAUSE_S) as url:
        counts = send(url, tmp_path / "keys", per_second=20, connections=1)

    # The n-th answer comes after n pauses at the least, and was due long before. A closed loop would call
    # each of them PAUSE_S.
    assert counts.good >= 4
    assert counts.max_ms >= (counts.good * PAUSE_S - counts.good / 20) * 1_000


def test_what_never_found_a_connection_is_dropped(tmp_path: Path) -> None:
    with answering(CREATED, pause_s=PAUSE_S) as url:
        counts = send(url, tmp_path / "keys", per_second=100, connections=1)

    assert counts.unsent == 100 - counts.sent > 0
    assert counts.dropped == 100 - counts.good


def test_what_was_refused_is_dropped(tmp_path: Path) -> None:
    with answering(REFUSED) as url:
        counts = send(url, tmp_path / "keys", per_second=50, connections=8)

    assert counts.others == {"503": 50}
    assert (counts.good, counts.sold, counts.dropped) == (0, 0, 50)


def test_the_mix_is_the_briefs() -> None:
    tasks = Counter(_task(request) for request in requests(20_000))

    for task, weight in WEIGHTS.items():
        assert tasks[task] / 200 == pytest.approx(weight, abs=1.5), task


def test_some_sales_are_sent_again_under_their_key_and_sell_nothing_more() -> None:
    again = [r for r in requests(2_000) if _task(r) == "sell" and r.then is not None]
    assert again
    for request in again:
        second = request.then(b"") if request.then else None
        assert second is not None
        assert (second.data, second.sold) == (request.data, 0)


def test_a_credit_request_is_approved_by_staff() -> None:
    asked = next(r for r in requests(2_000) if _task(r) == "credit")
    assert asked.then is not None
    decision = asked.then(b'{"id":"the-id","amount":1}')

    assert decision is not None
    assert decision.data.startswith(b"POST /api/v1/credit-requests/the-id/approve ")
    assert b"Authorization: Token staff\r\n" in decision.data


def test_the_mix_sells_what_it_counts(
    server: Server, new_seller: NewSeller, staff: StaffAtHand, app: Connection, tmp_path: Path
) -> None:
    sellers = [new_seller(available=ENOUGH) for _ in range(3)]
    keys = tmp_path / "keys"
    keys.write_text("".join(f"{seller.key}\n" for seller in sellers), encoding="ascii")
    scenario = Scenario(connections=4, sellers=3, what=What.MIX)
    order = Load(
        url=server.url, scenario=scenario, seconds=SECONDS, keys=keys, prefix="mix-", staff_key=staff.key
    )

    counts, _ = load.run(order, program=load.wrk())

    row = app.execute(
        "SELECT count(*) FROM recharges.recharge WHERE seller_id = ANY (%s)", [[each.id for each in sellers]]
    ).fetchone()
    assert counts.others == {}
    assert row == (counts.sold,)
    assert 0 < counts.sold < counts.good


def test_by_zipf_the_second_is_asked_half_as_often_as_the_first() -> None:
    lines = list(islice(drawn(["a", "b", "c", "d"], Spread.ZIPF, random.Random(1)), 30_000))
    counted = Counter(lines)

    assert counted["b"] / counted["a"] == pytest.approx(1 / 2, rel=0.1)
    assert counted["d"] / counted["a"] == pytest.approx(1 / 4, rel=0.1)


def requests(count: int) -> list[Request]:
    draw = random.Random(1)
    keys = drawn(["one", "two"], Spread.EVEN, draw)
    mix = Mix(keys=keys, staff_key="staff", prefix="x-", host="h", draw=draw)
    return [mix.next() for _ in range(count)]


def _task(request: Request) -> str:
    path = request.data.split(b" ", 2)
    if path[0] == b"POST":
        return "sell" if path[1] == b"/api/v1/recharges" else "credit"
    return path[1].decode().removeprefix("/api/v1/").partition("?")[0].replace("-", "_")
