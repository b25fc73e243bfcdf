"""A way to PostgreSQL that breaks at the worst moment: after a COMMIT, before its answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg

from topup import database
from topup.config import Config
from topup.trips import AsyncConnection, Connect

SOCKET_NAME = ".s.PGSQL.5432"
COMMITTED = b"COMMIT\x00"
CHUNK_BYTES = 65_536


@contextlib.asynccontextmanager
async def losing_the_first_commit(config: Config, directory: Path) -> AsyncIterator[Connect]:
    """Connections through `directory`; the first of them to commit is cut before it hears so."""
    cut: list[bool] = []

    async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                if answers and not cut and COMMITTED in chunk:
                    cut.append(True)
                    break
                sink.write(chunk)
                await sink.drain()
        sink.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(config.socket_dir / SOCKET_NAME)
        await asyncio.gather(
            pass_on(reader, server_writer, answers=False), pass_on(server_reader, writer, answers=True)
        )

    async def connect() -> AsyncConnection:
        through = {**database.parameters(config), "host": str(directory)}
        return await psycopg.AsyncConnection.connect(**through, autocommit=True)

    async with await asyncio.start_unix_server(carry, directory / SOCKET_NAME):
        yield connect
        assert cut, "no commit was lost"
