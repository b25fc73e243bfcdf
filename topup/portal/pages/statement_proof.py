"""The proof that a statement's book is in the newest seal: what of it people are told, and the proof itself.

Owns what a person reads of it. It must never make a seal nor judge a proof: `reconciliation/seals` does.
Every form of a statement carries `text`, which docs/verify_seal.py finds in it.
"""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from topup import clock
from topup.reconciliation.seals import document, keeping

FILE_NAME = "proof.json"


class Proof(NamedTuple):
    """What the book held when it was sealed, and by whom that was signed."""

    sealed_at_us: int
    version: int
    available: int
    held: int
    root: str
    public_key: str
    text: str
    """JSON in one line."""


def read(*, seller_id: int, currency: str) -> Proof | None:
    """None before the first seal that has the book."""
    found = keeping.inclusion(settings.CONFIG, seller_id=seller_id, currency=currency)
    if found is None:
        return None
    book = document.read_leaf(found.leaf.encode("ascii"))
    return Proof(
        sealed_at_us=clock.to_us(datetime.fromisoformat(found.head.made_at)),
        version=book.version,
        available=book.available,
        held=book.held,
        root=found.head.root,
        public_key=found.head.public_key,
        text=document.proof(found),
    )
