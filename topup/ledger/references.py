"""Idempotency keys of money movements other than recharges: one effect each, kept for ever. Pure.

A recharge's row keeps its own key; everything rarer shares one table, written in the transaction of
the effect.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from topup.ledger.door import SQL
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.trips import Row, Statement


class Reference(NamedTuple):
    """A key, the operation that it was used for, and the fields that the caller asked for."""

    operation: str
    key: str
    request: Mapping[str, Any]  # JSON values


def recall(seller_id: int, reference: Reference | None) -> Statement:
    """What asks whether a key was used; without a key, the same question of one that nobody can use."""
    operation, key = (reference.operation, reference.key) if reference else ("", "")
    return (SQL["recall"], (seller_id, operation, key))


def remember(seller_id: int, reference: Reference | None, object_id: str) -> list[Statement]:
    """What keeps a key beside its effect; nothing where there is none."""
    if reference is None:
        return []
    values = (reference.operation, reference.key, object_id, Jsonb(dict(reference.request)))
    return [(SQL["remember"], (seller_id, *values))]


def used(reference: Reference | None, rows: Sequence[Row]) -> Posting | None:
    """What a key that was used before is answered with, from the rows of `recall`.

    The posting's fact is the id of the object that the key made.
    """
    if reference is None or not rows:
        return None
    object_id, then = rows[0]
    fields = {*reference.request, *then}
    differing = tuple(sorted(name for name in fields if reference.request.get(name) != then.get(name)))
    return Posting(
        Outcome.REFERENCE_MISMATCH if differing else Outcome.REPLAYED, fact=object_id, differing=differing
    )
