"""A small ASGI application that answers late and says when its life begins and ends."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]  # ASGI's own shape
ANSWER_AFTER_S = 3.0
print("application loaded", flush=True)  # noqa: T201  # the test reads it


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "lifespan":
        for moment in ("startup", "shutdown"):
            await receive()
            print(f"application {moment}", flush=True)  # noqa: T201  # the test reads it
            await send({"type": f"lifespan.{moment}.complete"})
        return
    if scope["path"] == "/slow":
        print("application asked", flush=True)  # noqa: T201  # the test reads it
        await asyncio.sleep(ANSWER_AFTER_S)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"answered"})
