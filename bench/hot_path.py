"""What a sale weighs in Python: calls, memory while it is under way, and what stays behind. Counts, no times.

Owns batches of sales through the front, from a request's headers and body to the bytes of its answer, on a
real database, in a process that does nothing else: `python -m bench.hot_path KEY`, in the environment of an
installation, prints the weights as JSON.
"""

import asyncio
import gc
import os
import sys
import tracemalloc
from collections.abc import Awaitable, Callable
from itertools import count
from types import FrameType
from typing import TYPE_CHECKING

import django
import msgspec

from bench import processes
from bench.scenarios import SETTINGS
from tests.support.installation import Installation

if TYPE_CHECKING:
    from topup.api.front import Front
    from topup.api.shapes import Application, Message, Scope

LIMIT_S = 120
SALES = 512
"""At once: as many as a batch holds, so that each shares its transaction with as many as can be."""
WARM_UPS = 3
SOLD = 1 + SALES * (2 * WARM_UPS + 3)
"""What one weighing sells: the first one alone, warm-ups, and what is counted."""
REST_S = 0.05
"""The poster still holds a batch when its last answer is out; the loop's next turns end that."""
CREATED = 201
ADDRESS = "127.0.0.1"
PATH = "/api/v1/recharges"
BODY = b'{"phone_number":"09121234567","amount":5000}'
_references = count(1)


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """For each sale: functions called (of Python and of C), bytes at the highest point of a batch, and blocks
    of memory that were still there after it."""

    calls: float
    peak_bytes: float
    kept_blocks: float


def of(installation: Installation, key: str) -> Weight:
    """Weigh a sale with this API key. The seller must have funds for a few thousand."""
    finished = processes.run(
        [sys.executable, "-m", "bench.hot_path", key],
        limit_s=LIMIT_S,
        env=installation.environment(**SETTINGS),
        directory=installation.home,
    )
    return msgspec.json.decode(finished.output.splitlines()[-1], type=Weight)


async def weigh(key: str, *, prefix: str) -> Weight:
    """Weigh a sale with this API key, in this process, which Django is set up in."""
    from topup.site import asgi  # noqa: PLC0415  # its models need Django set up

    await asgi.engine.open()
    try:
        await _introduce(asgi.application, key, f"{prefix}first")

        async def work() -> None:
            await _sell(asgi.front, key, prefix)

        for _ in range(WARM_UPS):
            await work()
        return Weight(
            calls=round(await _calls(work) / SALES, 2),
            peak_bytes=round(await _peak_bytes(work) / SALES, 1),
            kept_blocks=round(await _kept_blocks(work) / SALES, 3),
        )
    finally:
        await asgi.engine.close()


async def _calls(work: Callable[[], Awaitable[None]]) -> int:
    """Functions that were called meanwhile, by Python's own hook for profilers."""
    called = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal called
        called += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        await work()
    finally:
        sys.setprofile(None)
    return called


async def _peak_bytes(work: Callable[[], Awaitable[None]]) -> int:
    """Bytes at the highest point, above what there was before."""
    tracemalloc.start()
    try:
        await work()  # what is kept from the first one on is no part of the next one's
        await asyncio.sleep(REST_S)
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        await work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


async def _kept_blocks(work: Callable[[], Awaitable[None]]) -> int:
    """Blocks that are there afterwards and were not before: the least of a few looks."""
    found = []
    for _ in range(WARM_UPS):
        before = await _blocks()
        await work()
        found.append(await _blocks() - before)
    return min(found)


async def _blocks() -> int:
    """Blocks of memory in use once the poster has let go of the last batch, and the log has written it."""
    from topup.telemetry import logs  # noqa: PLC0415  # Django is set up by now

    await asyncio.sleep(REST_S)
    await asyncio.to_thread(logs.flush)
    await asyncio.sleep(REST_S)
    gc.collect()
    return sys.getallocatedblocks()


async def _sell(front: "Front", key: str, prefix: str) -> None:
    """SALES at once, offered to the front as they come; each must be taken and answered with 201."""
    from topup.api.on_the_wire import Answer, Request  # noqa: PLC0415  # see above

    answered: list[Answer | None] = []
    over = asyncio.get_running_loop().create_future()

    def finish(answer: Answer | None) -> None:
        answered.append(answer)
        if len(answered) == SALES:
            over.set_result(None)

    for _ in range(SALES):
        headers = _headers(key, f"{prefix}{next(_references)}")
        assert front.take(Request(headers, BODY, ADDRESS), finish), "the front took no plain sale"
    await over
    assert {answer.status if answer else None for answer in answered} == {CREATED}, answered


async def _introduce(app: "Application", key: str, reference: str) -> None:
    """One sale through the application, after which the process knows the key."""
    answered: list[Message] = []

    async def receive() -> "Message":
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: "Message") -> None:
        answered.append(message)

    await app(_scope(key, reference), receive, send)
    assert answered[0]["status"] == CREATED, answered


def _headers(key: str, reference: str) -> list[tuple[bytes, bytes]]:
    headers = {
        "host": ADDRESS,
        "authorization": f"Token {key}",
        "content-type": "application/json",
        "idempotency-key": reference,
        "content-length": str(len(BODY)),
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _scope(key: str, reference: str) -> "Scope":
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": _headers(key, reference),
        "client": (ADDRESS, 1),
        "server": (ADDRESS, 1),
        "state": {},
        "extensions": {},
    }


def main(key: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "topup.site.settings"
    django.setup()
    print(msgspec.json.encode(asyncio.run(weigh(key, prefix="weight-"))).decode())


if __name__ == "__main__":
    main(sys.argv[1])
