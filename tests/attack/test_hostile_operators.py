"""An operator's server that means no good costs us nothing but its own order: the answer counts as unknown.

Callbacks that are forged, replayed or contradict: tests/recharges/test_callbacks.py. Files with another
amount: tests/reconciliation/settlement. What may be asked at all: tests/webhooks/test_outbound.py.
"""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.gateways.conftest import IMPATIENT_S, MakeGateway, a_configuration, an_answer, config, http_json
from tests.gateways.orders import order
from tests.support.loop import in_a_loop
from topup.gateways.contract import MAX_CODE, MAX_EVIDENCE, MAX_OPERATOR_REFERENCE, Answer, Result, kept

__all__ = ["config", "http_json"]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DELIVERED = b'{"status": "delivered"}'
Part = tuple[bytes, float]
"""Some bytes, and how long the server waits after them."""


def once(*parts: bytes) -> Callable[[], Iterator[Part]]:
    return lambda: iter([(b"".join(parts), 0.0)])


def without_end(begin: bytes, part: bytes, every_s: float) -> Callable[[], Iterator[Part]]:
    def say() -> Iterator[Part]:
        yield begin, 0.0
        while True:
            yield part, every_s

    return say


LONG = str(10**8).encode()
ANSWERS: dict[str, Callable[[], Iterator[Part]]] = {
    "a body without end": without_end(HEAD + b"Content-Length: " + LONG + b"\r\n\r\n", b" " * 65_536, 0),
    "a byte now and then": without_end(HEAD + b"Content-Length: " + LONG + b"\r\n\r\n", b" ", 0.05),
    "headers without end": without_end(HEAD, b"X-More: " + b"x" * 1_000 + b"\r\n", 0),
    "answers that are none, without end": without_end(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.01),
    "chunks without end": without_end(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.01),
    "a chunk of any size": once(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"f" * 40, b"\r\n"),
    "packed": once(HEAD, b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", gzip.compress(DELIVERED)),
    "packed a thousandfold": once(
        HEAD, b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", gzip.compress(b" " * 10**7 + DELIVERED)
    ),
    "nested without end": once(HEAD, b"Connection: close\r\n\r\n", b'{"status":' * 5_000),
    "a page": once(HEAD, b"Connection: close\r\n\r\n", b"<script>alert(1)</script>"),
    "no HTTP": once(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "less than it said": once(HEAD, b"Content-Length: 1000\r\n\r\n", DELIVERED[:-1]),
    "two lengths": once(HEAD, b"Content-Length: 23\r\nContent-Length: 5\r\n\r\n", DELIVERED),
    "a number of any size": once(HEAD, b"Connection: close\r\n\r\n", b'{"status": ' + b"9" * 5_000 + b"}"),
    "another's words": once(HEAD, b"Connection: close\r\n\r\n", b'{"status": "DELIVERED "}'),
    "both": once(HEAD, b"Connection: close\r\n\r\n", b'{"status": ["delivered", "refused"]}'),
}  # fmt: skip


@contextmanager
def saying(parts: Callable[[], Iterator[Part]]) -> Iterator[str]:
    """The address of a server that says this to whoever asks first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=_answer, args=(listener, parts))
        server.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.join()


def _answer(listener: socket.socket, parts: Callable[[], Iterator[Part]]) -> None:
    asking, _ = listener.accept()
    with asking, contextlib.suppress(OSError):  # they had heard enough
        asking.recv(65_536)
        for said, wait_s in parts():
            asking.sendall(said)
            time.sleep(wait_s)


@pytest.mark.parametrize("what", ANSWERS)
@in_a_loop
async def test_it_counts_as_unknown_and_ends_in_time(http_json: MakeGateway, what: str) -> None:
    with saying(ANSWERS[what]) as url:
        gateway = http_json({"submit": {"url": url, "answer": an_answer()}, "timeout_s": IMPATIENT_S})
        answer = await gateway.submit(order())
        await gateway.close()

    assert answer.result is Result.UNKNOWN
    assert len(answer.evidence) <= MAX_EVIDENCE


def test_what_is_kept_of_an_answer_is_bounded_and_can_be_written_down() -> None:
    hostile = "\0\ud800" + "x" * 10_000

    noted = kept(Answer(Result.REFUSED, hostile, hostile, hostile))

    assert len(noted.code or "") <= MAX_CODE
    assert len(noted.operator_reference or "") <= MAX_OPERATOR_REFERENCE
    assert len(noted.evidence) <= MAX_EVIDENCE
    assert "\0" not in str(noted)
    assert noted.evidence.encode()


def test_a_callback_that_is_nested_without_end_says_nothing(http_json: MakeGateway) -> None:
    gateway = http_json(a_configuration("http://127.0.0.1"))

    for body in (
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b'{"result": "delivered", "reference": ' + b"9" * 100_000,
    ):
        notice = gateway.parse_callback(headers={}, body=body)
        assert (notice.answer.result, notice.signed) == (Result.UNKNOWN, False)
