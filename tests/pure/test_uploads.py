"""A body for a page has a limit, whether it says how long it is or not; what is within it arrives whole."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from topup.site.uploads import MAX_BODY_BYTES, bounded

PIECE = 64 * 1024


class Reader:
    """An application that reads all it is given, as Django does."""

    def __init__(self) -> None:
        self.taken: int | None = None
        self.whole = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # ASGI's own shapes
        self.taken = 0
        while True:
            message = await receive()
            self.whole = message["type"] == "http.request" and not message.get("more_body")
            if message["type"] == "http.disconnect" or self.whole:
                self.taken += len(message.get("body", b""))
                return
            self.taken += len(message["body"])


def given(length: int, *, announced: bool) -> tuple[Reader, list[Any]]:
    """What the application took of a body, and what was answered without it."""
    reader, answers = Reader(), []
    pieces = _pieces(length)

    async def receive() -> Any:  # ASGI's message
        return next(pieces)

    async def send(message: Any) -> None:
        answers.append(message)

    headers = [(b"content-length", str(length).encode())] if announced else []

    async def asked() -> None:
        await bounded(reader)({"type": "http", "headers": headers}, receive, send)

    asyncio.run(asked())
    return reader, answers


def _pieces(length: int) -> Iterator[dict[str, Any]]:
    for at in range(0, length, PIECE):
        more = at + PIECE < length
        yield {"type": "http.request", "body": bytes(min(PIECE, length - at)), "more_body": more}


@pytest.mark.parametrize("announced", [True, False])
def test_the_largest_body_arrives_whole(*, announced: bool) -> None:
    reader, answers = given(MAX_BODY_BYTES, announced=announced)

    assert (reader.taken, reader.whole) == (MAX_BODY_BYTES, True)
    assert answers == []


def test_a_larger_one_that_says_so_is_refused_unread() -> None:
    reader, answers = given(MAX_BODY_BYTES + 1, announced=True)

    assert reader.taken is None
    assert answers[0]["status"] == 413


def test_a_larger_one_that_says_nothing_is_cut_off() -> None:
    reader, _answers = given(2 * MAX_BODY_BYTES, announced=False)

    assert (reader.taken, reader.whole) == (MAX_BODY_BYTES, False)
