"""Breaks: clients that hang up and servers that are told to stop leave each key with one effect or none."""

import json
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import httpx
import pytest

from tests.conftest import NewSeller
from tests.journeys.shops import (
    AT_ONCE,
    SALE,
    TIMEOUT_S,
    Answer,
    Order,
    by_threads,
    orders,
    sums_of,
    whole,
)
from tests.support.posting import references_of
from tests.support.server import Server
from topup.trips import Connection

PRICE = 5_000
SETTLE_S = 20
QUIET_S = 1.5
"""Without a sale for so long, no more come, even on a busy machine."""
WAITING = "SELECT pid FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"


def send(order: Order, *, part: float = 1.0) -> socket.socket:
    """Send this part of a request and wait for nothing."""
    url = httpx.URL(order.url)
    body = json.dumps({"phone_number": order.phone_number, "amount": order.amount})
    request = (
        f"POST {SALE} HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: Token {order.key}\r\n"
        f"Idempotency-Key: {order.reference}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    connection = socket.create_connection((url.host, url.port or 80))
    connection.sendall(request[: int(len(request) * part)])
    return connection


def hang_up(order: Order, *, after: float = 1.0) -> None:
    """Send this part of a request and close the connection without waiting for the answer."""
    send(order, part=after).close()


def settled(app: Connection, seller_id: int) -> int:
    """How many movements there are once no more come."""
    before, until = -1, time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        now = sums_of(app, seller_id).movements
        if now == before:
            return now
        before = now
        time.sleep(QUIET_S)
    raise AssertionError("the sales do not end")


@pytest.mark.parametrize("after", [1.0, 0.98, 0.5])
def test_clients_that_hang_up_leave_one_effect_at_most(
    app: Connection, new_seller: NewSeller, on: Server, after: float
) -> None:
    seller = new_seller(available=100 * PRICE)
    wanted = orders(on, seller, 60, amount=PRICE)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda order: hang_up(order, after=after), wanted))

    settled(app, seller.id)
    done = references_of(app, seller.id)
    assert len(done) == len(set(done))
    assert after == 1.0 or not done  # half a request is none
    assert whole(app, seller.id) == (100 - len(done)) * PRICE


def test_a_retry_after_hanging_up_gives_one_stable_answer(
    app: Connection, new_seller: NewSeller, on: Server
) -> None:
    seller = new_seller(available=100 * PRICE)
    wanted = orders(on, seller, 60, amount=PRICE)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(hang_up, wanted))

    first, second = by_threads(wanted), by_threads(wanted)

    assert {answer.status for answer in first} == {201}
    assert [answer.body for answer in first] == [answer.body for answer in second]
    assert all(answer.replayed for answer in second)
    assert whole(app, seller.id) == 40 * PRICE


def test_what_was_begun_is_carried_through_although_its_client_hung_up(
    app: Connection, owner: Connection, new_seller: NewSeller, on: Server
) -> None:
    seller = new_seller(available=100 * PRICE)
    by_threads(orders(on, seller, AT_ONCE, amount=PRICE))  # each worker remembers the key
    wanted = orders(on, seller, 30, amount=PRICE)

    with owner.transaction():  # while its book is locked, everything waits, for less than a second
        owner.execute("SELECT FROM ledger.book WHERE seller_id = %s FOR UPDATE", [seller.id])
        connections = [send(order) for order in wanted]
        wait_until_one_waits(app)
        for connection in connections:
            connection.close()

    begun, until = {order.reference for order in wanted}, time.monotonic() + SETTLE_S
    while not begun <= set(references_of(app, seller.id)):
        assert time.monotonic() < until, "what was begun is not carried through"
        time.sleep(0.05)
    assert whole(app, seller.id) == (100 - AT_ONCE - len(wanted)) * PRICE


def wait_until_one_waits(app: Connection) -> None:
    """Until a sale has come as far as to its book, which somebody else has."""
    until = time.monotonic() + SETTLE_S
    while not app.execute(WAITING).fetchone():
        assert time.monotonic() < until, "nobody waits for the book"
        time.sleep(0.01)


class Sent(NamedTuple):
    """An order and its answer; None where the connection broke, False where there was none to be had."""

    order: Order
    answer: Answer | None
    connected: bool


def sending(wanted: list[Order], out: list[Sent]) -> None:
    """Send orders one after another until the server takes no more."""
    with httpx.Client(timeout=TIMEOUT_S) as client:
        for order in wanted:
            try:
                out.append(Sent(order, Answer.of(order, client.post(**order.request())), connected=True))
            except httpx.ConnectError:
                out.append(Sent(order, None, connected=False))
                return
            except httpx.TransportError:
                out.append(Sent(order, None, connected=True))


def stop_under_load(server: Server, seller: Any, number: int) -> list[Sent]:  # anybody with a key
    """Sixteen clients sell while the server gets this signal; what became of each order."""
    sent: list[Sent] = []
    with ThreadPoolExecutor(16) as pool:
        for _ in range(16):
            pool.submit(sending, orders(server, seller, 400, amount=1), sent)
        while len(sent) < 200:
            time.sleep(0.01)
        server.process.send_signal(number)
    server.process.wait(timeout=40)
    return sent


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_is_told_to_stop_keeps_every_promise(
    app: Connection, new_seller: NewSeller, server: Server, serve: Callable[..., Server], workers: str
) -> None:
    seller = new_seller(available=100_000)

    sent = stop_under_load(serve(API_WORKERS=workers), seller, signal.SIGTERM)

    answered = {each.order.reference for each in sent if each.answer and each.answer.status == 201}
    assert {each.answer.status for each in sent if each.answer} <= {201, 503}
    assert answered <= set(references_of(app, seller.id))
    unanswered = [
        each.order._replace(url=server.url) for each in sent if each.order.reference not in answered
    ]
    assert {answer.status for answer in by_threads(unanswered)} <= {201}
    assert whole(app, seller.id) == 100_000 - len(sent)


def test_a_server_that_is_told_to_stop_drops_no_request_that_it_took(
    new_seller: NewSeller, serve: Callable[..., Server], app: Connection
) -> None:
    seller = new_seller(available=100_000)

    sent = stop_under_load(serve(), seller, signal.SIGTERM)

    done = set(references_of(app, seller.id))
    lost = [each.order.reference for each in sent if each.answer is None and each.connected]
    assert not done & set(lost)  # whatever was done was also answered
