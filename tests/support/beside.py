"""A listener beside the test: in a thread, with a loop of its own, gone at the end."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

START_TIMEOUT_S = 20

Carry = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Listen = Callable[[Carry], Awaitable[asyncio.Server]]


@contextmanager
def listening(carry: Carry, listen: Listen) -> Iterator[None]:
    """Carry each connection that comes in where `listen` listens."""
    loop, begun = asyncio.new_event_loop(), threading.Event()
    thread = threading.Thread(target=_run, args=(loop, carry, listen, begun))
    thread.start()
    try:
        assert begun.wait(START_TIMEOUT_S), "nobody listens"
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, carry: Carry, listen: Listen, begun: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(listen(carry))
    loop.call_soon(begun.set)
    loop.run_forever()
    server.close()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
