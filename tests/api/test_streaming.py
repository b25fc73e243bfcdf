"""Streams are few, are leased, and end: a client that reads no more keeps nothing and nobody."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.loop import in_a_loop
from topup.api.errors import Code, Problem
from topup.api.streaming import MAX_OPEN, MAX_OPEN_PER_USER, CutOff, Desk, Streamed

SOON_S = 0.01


class Impatient(Streamed):
    stall_s = SOON_S


async def numbers(ended: list[str]) -> AsyncGenerator[bytes, None]:
    try:
        while True:
            yield b"1"
    finally:
        ended.append("closed")


async def never(*_: Any) -> Any:  # a client that neither reads nor hangs up
    await asyncio.Event().wait()


@in_a_loop
async def test_a_client_that_takes_nothing_is_given_up() -> None:
    ended: list[str] = []
    pieces = numbers(ended)
    await anext(pieces)

    with pytest.raises(ExceptionGroup) as told:
        await Impatient(iterator=pieces).send_body(never, never)

    assert told.group_contains(TimeoutError)
    assert ended == ["closed"]


@in_a_loop
async def test_a_client_that_hangs_up_closes_the_source() -> None:
    ended: list[str] = []
    hung_up = asyncio.Event()

    async def send(_: Any) -> None:
        hung_up.set()
        await asyncio.sleep(0)

    async def receive() -> Any:  # a message
        await hung_up.wait()
        return {"type": "http.disconnect"}

    await Streamed(iterator=numbers(ended)).send_body(send, receive)

    assert ended == ["closed"]


def test_a_user_has_a_few_places_and_all_have_a_few_more() -> None:
    desk, users = Desk(), range(MAX_OPEN // MAX_OPEN_PER_USER)

    with ExitStack() as stack:
        for user in users:
            for _ in range(MAX_OPEN_PER_USER):
                stack.enter_context(desk.place(user))
            assert refusal(desk, user) is Code.RATE_LIMITED
        assert refusal(desk, MAX_OPEN) is Code.OVERLOADED

    assert refusal(desk, 0) is None


def test_a_lease_that_ended_is_anothers_place() -> None:
    desk = Desk(lease_s=0)

    with ExitStack() as stack:
        places = [stack.enter_context(desk.place(1)) for _ in range(MAX_OPEN + 1)]
        for place in places:
            with pytest.raises(CutOff):
                desk.hold(place)


def refusal(desk: Desk, user_id: int) -> Code | None:
    try:
        with desk.place(user_id) as place:
            desk.hold(place)
    except Problem as problem:
        return problem.code
    return None
