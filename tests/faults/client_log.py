"""What clients asked for and what they were answered, kept on the disk as it happened.

Owns the form of the log: one JSON object a line, `invoke` before the first byte of a request leaves, then
`ok`, `refused` or `unknown`. The order of the lines is the order of the events, for one process writes them
all. A line is on the disk before anything that follows from it. It imports nothing of the product.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

What = Literal["invoke", "ok", "refused", "unknown"]
Deed = Literal["recharge", "approval"]


class Entry(NamedTuple):
    """One line. `key` is the idempotency key of a recharge, the request's id of an approval; `answer` is
    what the server said of the thing, or the reason of a refusal or of not knowing."""

    what: What
    deed: Deed
    seller: int
    key: str
    amount: int
    phone: str
    answer: dict[str, Any]  # a JSON object


class ClientLog:
    """Many clients of one loop write; those that wait for the disk at one time share one fsync."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lines: list[bytes] = []
        self._noted = self._kept = 0
        self._turn = asyncio.Lock()

    def note(self, entry: Entry) -> None:
        """Put an event into its place in the order; `keep` brings it to the disk."""
        self._lines.append(json.dumps(entry).encode() + b"\n")
        self._noted += 1

    async def keep(self) -> None:
        """Return once everything that was noted so far is on the disk."""
        wanted = self._noted
        async with self._turn:
            if self._kept >= wanted:
                return
            lines, self._lines, upto = self._lines, [], self._noted
            await asyncio.to_thread(self._write, b"".join(lines))
            self._kept = upto

    def _write(self, text: bytes) -> None:
        self._file.write(text)
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._write(b"".join(self._lines))
        self._file.close()


def read(path: Path) -> Iterator[Entry]:
    """The lines in their order. A last line that a crash cut off never had an effect."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield Entry(*json.loads(line))
