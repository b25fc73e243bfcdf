"""How much a browser may send to a page: Django would keep any amount on the disk before it asked anybody.

Owns the limit of a body that is Django's. What a file may be is for the page that takes it; the API has a
limit of its own.
"""

from topup.api.shapes import Application, Message, Receive, Scope, Send

MAX_BODY_BYTES = 9 * 1024 * 1024
"""A settlement file of 8 MB, which is the most that any form takes, and the form around it."""
TOO_LARGE = (
    "This is too large: a file may have 8 MB. Go back and choose a smaller one.\n"
    "این فایل بزرگ است: حداکثر ۸ مگابایت. بازگردید و فایل کوچک‌تری انتخاب کنید.\n"
)


def bounded(app: Application) -> Application:
    """The application, spared bodies of more than MAX_BODY_BYTES."""

    async def spared(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _announced(scope) > MAX_BODY_BYTES:
            await _refuse(send)
        else:
            await app(scope, _counted(receive), send)

    return spared


def _announced(scope: Scope) -> int:
    written = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(written) if written.isdigit() else 0


def _counted(receive: Receive) -> Receive:
    """The same messages; who sends more than was announced, or announces nothing, has left."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return message if taken <= MAX_BODY_BYTES else {"type": "http.disconnect"}

    return counted


async def _refuse(send: Send) -> None:
    body = TOO_LARGE.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
