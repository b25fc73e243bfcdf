"""The slow application, which takes its time to begin its life and says when that begins."""

import time
from collections.abc import Awaitable, Callable

from tests.embedded import slow_app
from tests.embedded.slow_app import Message

BEGUN_AFTER_S = 3.0


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "lifespan":
        print("loading", flush=True)  # noqa: T201  # the test reads it
        time.sleep(BEGUN_AFTER_S)  # noqa: ASYNC251  # nothing else may go on meanwhile
    await slow_app.application(scope, receive, send)
