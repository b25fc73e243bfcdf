"""Reversing a recharge: the price goes back to what is available, once.

Owns the family of reversals.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from topup.ledger import references
from topup.ledger.core import Command, Kind, Movement
from topup.ledger.families import Posting, RareFamily
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.recharges.lifecycle import State, may_become
from topup.recharges.rules import Recharge
from topup.recharges.sell import SQL
from topup.trips import Row, Rows, Statement


class Reversal(NamedTuple):
    """The wish to undo a recharge that succeeded. `by` is the staff user who says so, and why."""

    seller_id: int
    recharge_id: str
    reason: str
    by: int
    reference: Reference | None = None


class Reversals(RareFamily[Reversal]):
    """The family of reversals. The fact of a posting is the recharge's id."""

    def key(self, wish: Reversal) -> Hashable:
        return wish.recharge_id

    def lookup(self, wishes: Sequence[Reversal]) -> list[Statement]:
        """Two statements a wish: its recharge, and its key."""
        return [
            statement
            for wish in wishes
            for statement in (
                read(wish.seller_id, wish.recharge_id),
                references.recall(wish.seller_id, wish.reference),
            )
        ]

    def known(self, wishes: Sequence[Reversal], rows: Rows) -> dict[int, Posting]:
        settled = {}
        for place, wish in enumerate(wishes):
            posting = references.used(wish.reference, rows[2 * place + 1]) or _settled(rows[2 * place])
            if posting is not None:
                settled[place] = posting
        return settled

    def command(self, wish: Reversal, rows: Rows) -> Command:
        (recharge,) = [Recharge(*row) for part in rows[::2] for row in part if row[1] == wish.recharge_id]
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

    def writes(self, facts: Sequence[tuple[Reversal, Movement]]) -> list[Statement]:
        statements: list[Statement] = []
        for wish, movement in facts:
            values = (wish.recharge_id, movement.seq, movement.created_at_us, wish.reason)
            statements.append((SQL["reverse"], (wish.seller_id, *values)))
            statements += references.remember(wish.seller_id, wish.reference, wish.recharge_id)
        return statements


def read(seller_id: int, recharge_id: str) -> Statement:
    """What reads a `Recharge`."""
    return (SQL["get"], (seller_id, recharge_id))


def _settled(rows: Sequence[Row]) -> Posting | None:
    if not rows:
        return Posting(Outcome.NOT_FOUND)
    if not may_become(State(Recharge(*rows[0]).state), State.REVERSED):
        return Posting(Outcome.NOT_REVERSIBLE)
    return None
