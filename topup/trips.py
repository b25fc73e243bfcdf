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


async def run_async(connection: AsyncConnection, step: Step, *, prepared: bool = False) -> Rows:
    """The same, without blocking the loop. `prepared`: PostgreSQL keeps the plans with the connection."""
    if len(step) == 1:  # a pipeline of one only costs
        cursors = [await _sent(connection, step[0], prepared=prepared)]
    else:
        async with connection.pipeline():
            cursors = [await _sent(connection, statement, prepared=prepared) for statement in step]
    return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]


async def _sent(
    connection: AsyncConnection, statement: Statement, *, prepared: bool
) -> psycopg.AsyncRawCursor[Row]:
    cursor = psycopg.AsyncRawCursor(connection)
    await cursor.execute(*statement, prepare=prepared, binary=True)
    return cursor
