"""A sale on the wire: however its bytes come, it is sold once and answered in turn, or not sold at all.

A read is answered in its turn too.
"""

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.calls import V1, a_recharge, sold
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server
from topup.trips import Connection

TIMEOUT_S = 30
PRICE = 5_000
BALANCE = 1_000_000


@pytest.fixture
def seller(new_seller: NewSeller, api: Api) -> SellerAtHand:
    """One whose key the server remembers."""
    made = new_seller(available=BALANCE)
    sold(api(made))
    return made


@pytest.fixture
def wire(server: Server) -> Iterator[socket.socket]:
    url = urlsplit(server.url)
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=TIMEOUT_S) as connection:
        yield connection


def request(seller: SellerAtHand, reference: str, *more: str, version: str = "1.1") -> bytes:
    body = json.dumps(a_recharge(amount=PRICE)).encode()
    lines = [
        f"POST {V1}/recharges HTTP/{version}",
        "Host: shop",
        f"Authorization: Token {seller.key}",
        f"Idempotency-Key: {reference}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_answer(connection: socket.socket, left: bytearray) -> tuple[int, dict[str, str], Any]:  # JSON
    """The next answer; what came after it stays in `left`."""
    while b"\r\n\r\n" not in left:
        left += receive(connection)
    head, _, rest = bytes(left).partition(b"\r\n\r\n")
    status_line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    length = int(headers["content-length"])
    while len(rest) < length:
        rest += receive(connection)
    left[:] = rest[length:]
    return int(status_line.split()[1]), headers, json.loads(rest[:length])


def receive(connection: socket.socket) -> bytes:
    got = connection.recv(65_536)
    assert got, "the server closed the connection"
    return got


def available(client: httpx.Client) -> int:
    return int(client.get(f"{V1}/balance").json()["available"])


def test_byte_by_byte_is_one_sale(wire: socket.socket, seller: SellerAtHand, api: Api) -> None:
    before = available(api(seller))
    for byte in request(seller, "slowly"):
        wire.send(bytes([byte]))

    status, _, answer = read_answer(wire, bytearray())

    assert (status, answer["reference"]) == (201, "slowly")
    assert available(api(seller)) == before - PRICE


def test_many_in_one_piece_are_answered_in_their_order(wire: socket.socket, seller: SellerAtHand) -> None:
    references = [f"in-one-{place}" for place in range(5)]
    wire.sendall(b"".join(request(seller, each) for each in references))

    left = bytearray()
    answers = [read_answer(wire, left)[2] for _ in references]

    assert [each["reference"] for each in answers] == references
    assert [each["version"] for each in answers] == sorted(each["version"] for each in answers)


def test_a_sale_between_other_requests_keeps_its_turn(wire: socket.socket, seller: SellerAtHand) -> None:
    balance = f"GET {V1}/balance HTTP/1.1\r\nHost: shop\r\nAuthorization: Token {seller.key}\r\n\r\n".encode()
    wire.sendall(balance + request(seller, "between") + balance)

    left = bytearray()
    first, sale, last = (read_answer(wire, left)[2] for _ in range(3))

    assert sale["reference"] == "between"
    assert first["available"] - PRICE == last["available"] == sale["balance_after"]


def test_a_client_that_hangs_up_is_sold_to_and_told_when_it_comes_again(
    server: Server, seller: SellerAtHand, api: Api
) -> None:
    url = urlsplit(server.url)
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=TIMEOUT_S) as connection:
        connection.sendall(request(seller, "gone"))

    client = api(seller)
    answers = [
        client.post(f"{V1}/recharges", json=a_recharge(amount=PRICE), headers={"Idempotency-Key": "gone"})
        for _ in range(2)
    ]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("more", "version"), [(("Connection: close",), "1.1"), ((), "1.0")], ids=["close", "HTTP/1.0"]
)
def test_who_wants_no_other_answer_gets_none(
    wire: socket.socket, seller: SellerAtHand, more: tuple[str, ...], version: str
) -> None:
    wire.sendall(request(seller, f"last-{version}", *more, version=version))

    status, headers, _ = read_answer(wire, bytearray())

    assert (status, headers["connection"]) == (201, "close")
    assert wire.recv(1) == b""


def test_who_asks_first_is_told_to_go_on(wire: socket.socket, seller: SellerAtHand) -> None:
    head, _, body = request(seller, "asked", "Expect: 100-continue").partition(b"\r\n\r\n")
    wire.sendall(head + b"\r\n\r\n")
    assert wire.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.sendall(body)

    assert read_answer(wire, bytearray())[0] == 201


def test_a_key_that_changed_meanwhile_is_asked_about_anew(
    wire: socket.socket, seller: SellerAtHand, app: Connection
) -> None:
    app.execute("SELECT ledger.expire_keys_v1(%s)", [seller.id])
    wire.sendall(request(seller, "changed") + request(seller, "after"))

    left = bytearray()
    answers = [read_answer(wire, left) for _ in range(2)]

    assert [(status, body["reference"]) for status, _, body in answers] == [(201, "changed"), (201, "after")]


def reading(seller: SellerAtHand, *more: str, version: str = "1.1", body: bytes = b"") -> bytes:
    lines = [f"GET {V1}/balance HTTP/{version}", "Host: shop", f"Authorization: Token {seller.key}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_reads_in_one_piece_are_answered_in_their_order(wire: socket.socket, seller: SellerAtHand) -> None:
    wire.sendall(b"".join(reading(seller, f"Request-Id: read-{place}") for place in range(5)))

    left = bytearray()
    answers = [read_answer(wire, left) for _ in range(5)]

    assert [headers["request-id"] for _, headers, _ in answers] == [f"read-{place}" for place in range(5)]
    assert {body["available"] for _, _, body in answers} == {BALANCE - PRICE}


@pytest.mark.parametrize("size", [1, 5_000])
def test_a_read_with_a_body_is_answered_and_so_is_the_next_one(
    wire: socket.socket, seller: SellerAtHand, size: int
) -> None:
    wire.sendall(reading(seller, f"Content-Length: {size}", body=b"x" * size) + reading(seller))

    left = bytearray()
    answers = [read_answer(wire, left) for _ in range(2)]

    assert [status for status, _, _ in answers] == [200, 200]
    assert {body["available"] for _, _, body in answers} == {BALANCE - PRICE}


def test_who_hangs_up_on_a_read_takes_nobody_along(
    server: Server, wire: socket.socket, seller: SellerAtHand
) -> None:
    url = urlsplit(server.url)
    for _ in range(20):
        with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=TIMEOUT_S) as gone:
            gone.sendall(reading(seller))
    wire.sendall(reading(seller, "Connection: close"))

    status, headers, body = read_answer(wire, bytearray())

    assert (status, headers["connection"], body["available"]) == (200, "close", BALANCE - PRICE)
    assert wire.recv(1) == b""


def test_what_is_no_http_is_refused_and_hung_up_on(wire: socket.socket) -> None:
    wire.sendall(b"hello\r\n\r\n")

    assert wire.recv(65_536).startswith(b"HTTP/1.1 400 ")
    assert wire.recv(1) == b""
