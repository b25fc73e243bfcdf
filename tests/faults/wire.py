"""One kept HTTP connection of a client, as small as can be: a hundred share two cores with the server.

Owns the bytes of a request and of its answer. Whatever keeps an answer from arriving whole is `Unanswered`:
then nobody knows what became of the request. It imports nothing of the product.
"""

import asyncio
import json
from typing import Any, NamedTuple

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
HEAD_MAX_BYTES = 65_536


class Unanswered(Exception):
    """The request may have had its effect, or not."""


class Answer(NamedTuple):
    status: int
    head: bytes
    body: Any  # JSON of any shape

    def header(self, name: str) -> str:
        """The value of a header; empty where there is none."""
        for line in self.head.lower().split(b"\r\n"):
            if line.startswith(name.lower().encode() + b":"):
                return line.partition(b":")[2].strip().decode()
        return ""


class Wire:
    """Opens its connection when it is needed, and again after it broke. One request at a time."""

    def __init__(self, port: int, *, key: str, patience_s: float) -> None:
        self.port = port
        self._key = key
        self._patience_s = patience_s
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: object = None, *, reference: str = "") -> Answer:
        """The answer. Raises Unanswered; the next request then begins on a new connection."""
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._ask(_request(self._key, method, path, body, reference))
        except (OSError, EOFError, TimeoutError, ValueError) as error:  # ValueError: no HTTP, no JSON
            self.close()
            raise Unanswered(f"{type(error).__name__} {error}") from error
        except BaseException:
            self.close()
            raise

    async def _ask(self, request: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=HEAD_MAX_BYTES)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        head = await reader.readuntil(HEAD_END)
        lower = head.lower()
        at = lower.index(LENGTH) + len(LENGTH)
        body = await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
        if b"connection: close" in lower:
            self.close()
        return Answer(int(head[9:12]), head, json.loads(body) if body else None)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _request(key: str, method: str, path: str, body: object, reference: str) -> bytes:
    text = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if key:
        lines.append(f"Authorization: Token {key}")
    if reference:
        lines.append(f"Idempotency-Key: {reference}")
    lines += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
    return "\r\n".join(lines).encode() + HEAD_END + text
