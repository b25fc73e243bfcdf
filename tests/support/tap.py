"""A way to PostgreSQL on which a test hears what passes, and may cut in at an exact moment.

Owns the moments: a named function on its way to the database, or the answer to it once the database
has committed.
"""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from tests.support.beside import listening
from tests.support.installation import Installation
from tests.support.proxy import CHUNK_BYTES, SOCKET_NAME
from topup.config import APP_ROLE, EMBEDDED_DATABASE

IDLE = b"Z\x00\x00\x00\x05I"
"""The server is ready and in no transaction: what was asked before is committed, or rolled back."""


class Moment(NamedTuple):
    """When the test cuts in: as a call of `function` passes, or, `committed`, as its answer does. Then
    `happens` is called, once; what passes goes no further, unless it `goes_on`."""

    function: str
    committed: bool
    happens: Callable[[], None]
    goes_on: bool = False


class Tap:
    """Its connections end where `moment` says; without one they pass everything on."""

    def __init__(self, installation: Installation, directory: Path) -> None:
        self._real = installation.config.socket_dir / SOCKET_NAME
        self.directory = directory
        self.moment: Moment | None = None
        self.cut = threading.Event()

    @property
    def database_url(self) -> str:
        return f"postgresql://{APP_ROLE}@/{EMBEDDED_DATABASE}?host={quote(str(self.directory), safe='')}"

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(self._real)
        called = asyncio.Event()
        await asyncio.gather(
            self._to_the_server(reader, server_writer, called),
            self._to_the_client(server_reader, writer, called),
        )

    async def _to_the_server(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, called: asyncio.Event
    ) -> None:
        before = b""
        with contextlib.suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                moment = self.moment
                if moment is not None and moment.function.encode() in before + chunk:
                    if not moment.committed:
                        self._cut_in(moment)
                        if not moment.goes_on:
                            break
                    called.set()
                before = chunk[-len(moment.function) :] if moment is not None else b""
                sink.write(chunk)
                await sink.drain()
        sink.close()

    async def _to_the_client(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, called: asyncio.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                moment = self.moment
                if called.is_set() and moment is not None and moment.committed:
                    if whole := chunk.endswith(IDLE):
                        self._cut_in(moment)
                    if whole and not moment.goes_on:
                        break
                    if not moment.goes_on:
                        continue  # part of an answer that is never to arrive
                sink.write(chunk)
                await sink.drain()
        sink.close()

    def _cut_in(self, moment: Moment) -> None:
        if not self.cut.is_set():
            self.cut.set()
            moment.happens()


@contextmanager
def tapped(installation: Installation) -> Iterator[Tap]:
    """A tap beside the database's own socket."""
    with tempfile.TemporaryDirectory(prefix="tap-", dir="/tmp") as directory:
        tap = Tap(installation, Path(directory))
        with listening(tap.carry, partial(asyncio.start_unix_server, path=Path(directory) / SOCKET_NAME)):
            yield tap
