"""The synchronous shell of the door: Django, commands, and whatever runs in a thread.

Owns one transaction on one connection; it must never hold that connection over anything but the
door's statements.
"""

from collections.abc import Sequence

import psycopg

from topup import clock, trips
from topup.ledger import door, telling
from topup.ledger.cures import MAX_ATTEMPTS, Cure, cure
from topup.ledger.door import Procedure
from topup.ledger.families import F, Family, Posting, W
from topup.ledger.outcomes import Outcome
from topup.trips import Connection


def post(connection: Connection, wishes: Sequence[W], family: Family[W, F], *, zone: str) -> list[Posting]:
    """Move money for these wishes, all in one transaction; returns a posting each, in order.

    The connection must be in autocommit mode and outside a transaction. An error that no cure is
    known for is raised, and nothing was written.
    """
    if connection.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE:
        raise RuntimeError("money moves in a transaction of its own: call this outside any other")
    postings = _posted(connection, wishes, family, zone=zone)
    telling.tell_all(wishes, postings)
    return postings


def _posted(connection: Connection, wishes: Sequence[W], family: Family[W, F], *, zone: str) -> list[Posting]:
    careful = False
    for _ in range(MAX_ATTEMPTS):
        try:
            return _attempt(connection, wishes, family, zone=zone, careful=careful)
        except psycopg.Error as error:
            remedy = cure(error)
            if connection.closed or remedy is Cure.RECONNECT:
                return [Posting(Outcome.DATABASE_UNAVAILABLE)] * len(wishes)
            if remedy is Cure.ALONE:
                raise
            if remedy is Cure.WAIT_LESS:
                break
            careful = careful or remedy is Cure.LOOK_UP
    return [Posting(Outcome.OVERLOADED)] * len(wishes)


def _attempt(
    connection: Connection,
    wishes: Sequence[W],
    family: Family[W, F],
    *,
    zone: str,
    careful: bool,
) -> list[Posting]:
    try:
        return carry_out(
            connection, door.procedure(wishes, family, now=clock.now_us, zone=zone, careful=careful)
        )
    except BaseException:
        if not connection.closed:
            connection.execute("ROLLBACK", prepare=False)
        raise


def carry_out(connection: Connection, steps: Procedure) -> list[Posting]:
    """Take the steps of a procedure. Raises what the database raised; its transaction is then still open."""
    try:
        step = next(steps)
        while True:
            step = steps.send(trips.run(connection, step))
    except StopIteration as done:
        postings: list[Posting] = done.value
        return postings
