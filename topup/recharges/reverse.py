"""Reversing a recharge: the price goes back to what is available, once.

Owns the family of reversals. With the money it writes the recharge's event, closes the recharge's open
dispute, and leaves an errand where an operator is to be told.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from topup import ids
from topup.audit import log
from topup.audit.log import Act
from topup.ledger import references
from topup.ledger.core import Command, Kind, Movement
from topup.ledger.families import Posting, RareFamily
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.recharges import disputes
from topup.recharges.disputes import Dispute
from topup.recharges.lifecycle import State, may_become
from topup.recharges.rules import Recharge
from topup.recharges.sell import SQL
from topup.trips import Row, Rows, Statement

READS = 3
"""Statements of the look-up of one wish: its recharge, its key, and the recharge's open dispute."""
CAUSE = "reversed"


class Reversal(NamedTuple):
    """The wish to undo a recharge that succeeded. `by` is the staff user who says so, and why.

    `dispute_id` names the dispute that it answers, if any. `met` is the open dispute of the recharge,
    named or not, which the reversal closes.
    """

    seller_id: int
    recharge_id: str
    reason: str
    by: int
    reference: Reference | None = None
    dispute_id: str | None = None
    met: Dispute | None = None


class Reversals(RareFamily[Reversal]):
    """The family of reversals. The fact of a posting is the recharge's id."""

    def key(self, wish: Reversal) -> Hashable:
        return wish.recharge_id

    def lookup(self, wishes: Sequence[Reversal]) -> list[Statement]:
        return [
            statement
            for wish in wishes
            for statement in (
                read(wish.seller_id, wish.recharge_id),
                references.recall(wish.seller_id, wish.reference),
                disputes.read_open(seller_id=wish.seller_id, recharge_id=wish.recharge_id),
            )
        ]

    def known(self, wishes: Sequence[Reversal], rows: Rows) -> dict[int, Posting]:
        settled = {}
        for place, wish in enumerate(wishes):
            recharge, used, open_now = rows[READS * place : READS * (place + 1)]
            posting = references.used(wish.reference, used) or _settled(wish, recharge, open_now)
            if posting is not None:
                settled[place] = posting
        return settled

    def command(self, wish: Reversal, rows: Rows) -> Command:
        (recharge,) = [Recharge(*row) for part in rows[::READS] for row in part if row[1] == wish.recharge_id]
        return Command(
            seller_id=wish.seller_id,
            kind=Kind.REVERSAL,
            amount=recharge.amount,
            source_type="recharge",
            source_id=recharge.id,
            actor_type="user",
            actor_id=wish.by,
            currency=recharge.currency,
        )

    def fact(self, wish: Reversal, movement: Movement, rows: Rows) -> Reversal:
        met = [Dispute(*row) for part in rows[2::READS] for row in part if row[2] == wish.recharge_id]
        return wish._replace(met=met[0] if met else None)

    def writes(self, facts: Sequence[tuple[Reversal, Movement]]) -> list[Statement]:
        statements: list[Statement] = []
        for wish, movement in facts:
            seller_id, at_us = wish.seller_id, movement.created_at_us
            values = (wish.recharge_id, movement.seq, at_us, wish.reason)
            statements.append((SQL["reverse"], (seller_id, *values)))
            statements.append(_event(wish, at_us=at_us))
            statements.append((disputes.SQL["undeliver"], (seller_id, wish.recharge_id, at_us)))
            statements += disputes.reversing(
                wish.met,
                seller_id=seller_id,
                recharge_id=wish.recharge_id,
                reason=wish.reason,
                by=wish.by,
                now_us=at_us,
            )
            statements.append(_noted(wish, movement))
            statements += references.remember(seller_id, wish.reference, wish.recharge_id)
        return statements


def _noted(wish: Reversal, movement: Movement) -> Statement:
    return log.note(
        Act.RECHARGE_REVERSED,
        subject_type="recharge",
        subject_id=wish.recharge_id,
        seller_id=wish.seller_id,
        by=wish.by,
        reason=wish.reason,
        after={"amount": movement.command.amount, "version": movement.seq},
        at_us=movement.created_at_us,
    )


def read(seller_id: int, recharge_id: str) -> Statement:
    """What reads a `Recharge`."""
    return (SQL["get"], (seller_id, recharge_id))


def _event(wish: Reversal, *, at_us: int) -> Statement:
    states = (State.SUCCEEDED.value, State.REVERSED.value)
    values = (wish.recharge_id, ids.new(wish.seller_id), *states, CAUSE, "user", wish.by, wish.reason, at_us)
    return (disputes.SQL["tell_transition"], (wish.seller_id, *values))


def _settled(wish: Reversal, rows: Sequence[Row], open_now: Sequence[Row]) -> Posting | None:
    if not rows:
        return Posting(Outcome.NOT_FOUND)
    if wish.dispute_id is not None and wish.dispute_id not in {row[1] for row in open_now}:
        return Posting(Outcome.ALREADY_DECIDED)
    if not may_become(State(Recharge(*rows[0]).state), State.REVERSED):
        return Posting(Outcome.NOT_REVERSIBLE)
    return None
