"""Round trips: several statements sent to PostgreSQL at once, answered at once.

Owns how a step of statements meets a connection, asynchronous or not. A step is one pipeline: the
first error ends it, and is raised.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psycopg

Row = tuple[Any, ...]  # what PostgreSQL answered; its reader knows the shape
Rows = list[list[Row]]
Statement = tuple[str, Sequence[object]]
Step = list[Statement]
Connection = psycopg.Connection[Row]
AsyncConnection = psycopg.AsyncConnection[Row]
Connect = Callable[[], Awaitable[AsyncConnection]]


def run(connection: Connection, step: Step) -> Rows:
    """The rows of each statement, in order; none for one that answers none."""
    cursors = []
    with connection.pipeline():
        for statement, parameters in step:
            cursor = psycopg.RawCursor(connection)
            cursor.execute(statement, parameters, prepare=False, binary=True)
            cursors.append(cursor)
    return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


async def run_async(connection: AsyncConnection, step: Step) -> Rows:
    """The same, without blocking the loop."""
    cursors = []
    async with connection.pipeline():
        for statement, parameters in step:
            cursor = psycopg.AsyncRawCursor(connection)
            await cursor.execute(statement, parameters, prepare=False, binary=True)
            cursors.append(cursor)
    return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]
