"""What happened to a recharge, in order, and when somebody looks at it next.

Owns how the first event follows from the recharge's own row, where no other is stored for it. It must
never write.
"""

from pathlib import Path
from typing import NamedTuple

from topup import ids, sqlfiles
from topup.recharges.lifecycle import State, is_final
from topup.recharges.pursuit import NEVER_US
from topup.recharges.rules import Recharge
from topup.trips import Rows, Statement

SQL = sqlfiles.load(Path(__file__).with_name("timeline.sql"))
SOLD = "sold"
"""The cause of the first event."""


class Event(NamedTuple):
    """A transition; the first has no state before it. `cause` is a word, `evidence` what stood behind it."""

    id: str
    at_us: int
    actor_type: str
    actor_id: int
    from_state: str | None
    to_state: str
    cause: str
    evidence: str


class Attempt(NamedTuple):
    """A word with an operator. `result` is None while nobody knows what came of it."""

    nr: int
    verb: str
    gateway: str
    reference: str
    result: str | None
    code: str | None
    operator_reference: str | None
    begun_at_us: int
    answered_at_us: int | None
    evidence: str


class Life(NamedTuple):
    """`next_check_at_us` is None where nobody looks by himself: it is final, or in review."""

    next_check_at_us: int | None
    in_review: bool
    events: list[Event]
    attempts: list[Attempt]


def reads(*, seller_id: int, recharge_id: str) -> list[Statement]:
    """What reads a `Life`."""
    names = ("read_origin", "read_errand", "read_events", "read_attempts")
    return [(SQL[name], (seller_id, recharge_id)) for name in names]


def life(recharge: Recharge, rows: Rows) -> Life:
    """The life of a recharge that was found, from the rows of `reads`."""
    origin, errand, events, attempts = rows
    ((actor_id, held),) = origin
    due_at_us, in_review = errand[0] if errand else (NEVER_US, False)
    waits = not is_final(State(recharge.state)) and due_at_us < NEVER_US
    return Life(
        next_check_at_us=due_at_us if waits else None,
        in_review=in_review,
        events=[_first(recharge, actor_id=actor_id, held=held), *(Event(*row) for row in events)],
        attempts=[Attempt(*row) for row in attempts],
    )


def _first(recharge: Recharge, *, actor_id: int, held: bool) -> Event:
    """The event that the sale was: its id is that of the movement which took the price."""
    at_us = recharge.created_at_us
    return Event(
        id=ids.compose(moment_us=at_us, tail=recharge.version, seller_id=recharge.seller_id),
        at_us=at_us,
        actor_type="user",
        actor_id=actor_id,
        from_state=None,
        to_state=State.ACCEPTED if held else State.SUCCEEDED,
        cause=SOLD,
        evidence="",
    )
