"""Adjusting a balance: a correction by staff with a reason, up or down, never below zero.

Owns the family of adjustments.
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from topup.audit import log
from topup.audit.log import Act
from topup.credit.decide import SQL
from topup.ledger import references
from topup.ledger.core import Command, Kind, Movement
from topup.ledger.families import Posting, RareFamily
from topup.ledger.references import Reference
from topup.trips import Rows, Statement


class Adjustment(NamedTuple):
    """The wish to add `amount` (minor units, signed, not 0) to what is available. `by` is staff."""

    seller_id: int
    id: str
    amount: int
    reason: str
    by: int
    reference: Reference | None = None
    currency: str = "IRR"


class Adjusted(NamedTuple):
    """An adjustment as it stands; `version` is the number of its movement."""

    seller_id: int
    id: str
    amount: int
    currency: str
    reason: str
    by: int
    version: int
    created_at_us: int
    balance_after: int


class Adjustments(RareFamily[Adjustment]):
    """The family of adjustments. The fact of a posting is the adjustment's id."""

    def key(self, wish: Adjustment) -> Hashable:
        return (wish.seller_id, wish.reference.key) if wish.reference else None

    def lookup(self, wishes: Sequence[Adjustment]) -> list[Statement]:
        return [references.recall(wish.seller_id, wish.reference) for wish in wishes]

    def known(self, wishes: Sequence[Adjustment], rows: Rows) -> dict[int, Posting]:
        answers = ((place, references.used(wish.reference, rows[place])) for place, wish in enumerate(wishes))
        return {place: posting for place, posting in answers if posting is not None}

    def command(self, wish: Adjustment, rows: Rows) -> Command:
        return Command(
            seller_id=wish.seller_id,
            kind=Kind.ADJUSTMENT if wish.amount > 0 else Kind.DEDUCTION,
            amount=abs(wish.amount),
            source_type="adjustment",
            source_id=wish.id,
            actor_type="user",
            actor_id=wish.by,
            currency=wish.currency,
        )

    def writes(self, facts: Sequence[tuple[Adjustment, Movement]]) -> list[Statement]:
        statements: list[Statement] = []
        for wish, movement in facts:
            values = (wish.amount, movement.seq, wish.by, movement.created_at_us, wish.currency, wish.reason)
            statements.append((SQL["adjust"], (wish.seller_id, wish.id, *values)))
            statements.append(_noted(wish, movement))
            statements += references.remember(wish.seller_id, wish.reference, wish.id)
        return statements


def _noted(wish: Adjustment, movement: Movement) -> Statement:
    available = movement.after.available
    return log.note(
        Act.BALANCE_ADJUSTED,
        subject_type="adjustment",
        subject_id=wish.id,
        seller_id=wish.seller_id,
        by=wish.by,
        reason=wish.reason,
        before={"available": available - wish.amount},
        after={"available": available},
        at_us=movement.created_at_us,
    )


def read(seller_id: int, adjustment_id: str) -> Statement:
    """What reads an `Adjusted`."""
    return (SQL["get_adjustment"], (seller_id, adjustment_id))
