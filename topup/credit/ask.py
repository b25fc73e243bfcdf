"""Asking for credit: a request that staff will decide. It moves no money."""

from typing import NamedTuple

from topup.credit.decide import SQL
from topup.ledger import references
from topup.ledger.door import BEGIN, COMMIT
from topup.ledger.references import Reference
from topup.trips import Step


class Ask(NamedTuple):
    """The wish for credit of `amount` minor units; `by` is the seller's member who asks."""

    seller_id: int
    id: str
    amount: int
    note: str
    by: int
    reference: Reference | None = None
    currency: str = "IRR"


def steps(wish: Ask, *, now_us: int) -> Step:
    """One transaction that writes the request; it raises 23505 where its key was used before."""
    values = (wish.id, wish.amount, wish.currency, wish.note, wish.by, now_us)
    asked = (SQL["ask"], (wish.seller_id, *values))
    return [BEGIN, asked, *references.remember(wish.seller_id, wish.reference, wish.id), COMMIT]
