"""Who sends too much, too slowly or without an end is cut off, and costs nobody else anything.

Elsewhere: bodies (tests/api/test_bad_input.py, tests/pure/test_uploads.py), pages (tests/api/test_pages.py),
exports (tests/portal/test_recharges.py, tests/api/test_statement.py), spreadsheets that unpack without an end
(tests/pure/test_bulk_file.py).
"""

import gzip
import socket
import time
import zlib
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.calls import V1, problem
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server
from topup.site.wire import BODY_TIMEOUT_S

PATIENCE_S = 60
"""Longer than BODY_TIMEOUT_S by what a busy machine may need."""
BOMB_BYTES = 5_000_000


def connected(server: Server) -> socket.socket:
    there = urlsplit(server.url)
    made = socket.create_connection((there.hostname or "", there.port or 0))
    made.settimeout(PATIENCE_S)
    return made


def begun(server: Server, path: str, *headers: str, body: bytes = b"{") -> socket.socket:
    """A request of which a byte has come, and a hundred are to."""
    there = connected(server)
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 101", *headers, "", ""]
    there.sendall("\r\n".join(lines).encode() + body)
    return there


def to_the_end(there: socket.socket) -> bytes:
    """What is answered until the connection is closed."""
    said = b""
    with there:
        while part := there.recv(65_536):
            said += part
    return said


def sale(seller: SellerAtHand) -> tuple[str, ...]:
    return (f"Authorization: Token {seller.key}", "Content-Type: application/json", "Idempotency-Key: slow")


def test_who_stops_in_the_middle_of_a_body_is_cut_off_and_sells_nothing(
    server: Server, api: Api, new_seller: NewSeller
) -> None:
    seller = new_seller(available=10_000)
    api(seller).get(f"{V1}/balance").raise_for_status()  # the key is remembered: the front takes it
    began_s = time.monotonic()
    slow = [
        begun(server, path, *sale(seller))
        for path in (f"{V1}/recharges", f"{V1}/credit-requests", "/account/login/", "/api/callbacks/mci")
    ]

    answers = [to_the_end(each) for each in slow]

    assert time.monotonic() - began_s >= BODY_TIMEOUT_S
    assert not any(b" 20" in answer.split(b"\r\n")[0] for answer in answers)
    assert api(seller).get(f"{V1}/balance").json()["available"] == 10_000


def test_a_body_in_pieces_arrives(server: Server, api: Api, new_seller: NewSeller) -> None:
    seller = new_seller(available=10_000)
    whole = b'{"phone_number": "09121234567", "amount": 10000}'.ljust(101)

    there = begun(server, f"{V1}/recharges", *sale(seller), "Connection: close", body=whole[:1])
    for place in range(1, len(whole)):
        there.sendall(whole[place : place + 1])

    assert to_the_end(there).startswith(b"HTTP/1.1 201")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_a_body_is_never_unpacked(api: Api, new_seller: NewSeller, encoding: str) -> None:
    pack = zlib.compress if encoding == "deflate" else gzip.compress
    bomb = pack(b'{"a": "' + b"0" * BOMB_BYTES + b'"}')
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json", "Idempotency-Key": "bomb"}

    answer = api(new_seller()).post(f"{V1}/recharges", content=bomb, headers=headers)

    assert len(bomb) < 100_000
    problem(answer, 400, "malformed_json")


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "99999999999999999999", "5, 6"])
def test_a_length_that_is_none_is_refused(server: Server, length: str) -> None:
    with connected(server) as there:
        request = f"POST {V1}/recharges HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
        there.sendall(request.encode() + b"{}")
        answer = there.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 4")


def test_two_lengths_are_no_way_to_hide_a_second_request(server: Server) -> None:
    """What a proxy takes for the body of one request must not be another request for the server."""
    hidden = b"GET /api/health/ HTTP/1.1\r\nHost: a\r\n\r\n"
    head = f"POST {V1}/tokens HTTP/1.1\r\nHost: a\r\nContent-Length: {len(hidden)}\r\n"
    there = connected(server)
    there.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode() + hidden)
    there.shutdown(socket.SHUT_WR)

    assert to_the_end(there).count(b"HTTP/1.1 ") == 1


def test_a_header_without_end_is_refused(server: Server) -> None:
    with connected(server) as there:
        there.sendall(b"GET /api/health/ HTTP/1.1\r\nHost: a\r\n")
        try:
            for _ in range(64):
                there.sendall(b"X-More: " + b"x" * 65_536 + b"\r\n")
            answer = there.recv(65_536)
        except OSError:  # it was closed while we were sending
            answer = b""

    assert not answer.startswith(b"HTTP/1.1 2")
    assert httpx.get(f"{server.url}/api/health/").status_code == 200
