"""A connection to PostgreSQL that one task keeps: opened when it is needed, and anew once it has broken.

Owns how long opening may take, and that closing never fails. What is asked on it, and for how long, is the
keeper's; who shares connections has a pool (`database.pool`).
"""

import asyncio
import contextlib

import psycopg

from topup.trips import AsyncConnection, Connect

CONNECT_S = 2.0
"""How long a connection may take to open: as long as on a busy machine."""


class KeptConnection:
    """For one loop, and one task at a time."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: AsyncConnection | None = None

    @property
    def is_open(self) -> bool:
        return self._connection is not None and not self._connection.closed

    async def get(self) -> AsyncConnection:
        """The connection. Raises what opening it raises, and TimeoutError."""
        connection = self._connection
        if connection is None or connection.closed:
            async with asyncio.timeout(CONNECT_S):
                connection = self._connection = await self._connect()
        return connection

    async def close(self) -> None:
        """Let go of it; the next one is a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await connection.close()
