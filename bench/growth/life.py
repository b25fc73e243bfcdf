"""The past of a seller, written out: an adjustment that funds it, then recharges, chained by our own hash.

Owns the lines that COPY takes for the journal, the recharges and the books. Pure. The rules are not asked
row by row, because a seller with enough funds and no limits is refused nothing; the proof of the books
afterwards says whether that was done right.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

from bench.scenarios import FUNDS_MINOR, PRICE_MINOR
from topup import ids
from topup.ledger import chain

CURRENCY = "IRR"
OPERATOR = "mci"
FIRST_NUMBER = 989_120_000_000
NUMBERS = 10_000_000
REASON = "bench"
NULL = "\\N"

COPY_JOURNAL = """
COPY ledger.journal (seller_id, currency, seq, kind, amount, available, held, funded, sold, adjusted,
                     source_type, source_id, actor_type, actor_id, created_at_us, hash) FROM STDIN"""
COPY_RECHARGES = """
COPY recharges.recharge (seller_id, id, reference, phone_number, operator, operator_explicit, amount,
                         currency, settle_seq, actor_id, created_at_us, updated_at_us, state) FROM STDIN"""
COPY_ADJUSTMENTS = """
COPY ledger.adjustment (seller_id, id, amount, seq, actor_id, created_at_us, currency, reason) FROM STDIN"""
COPY_BOOKS = """
COPY ledger.book (seller_id, currency, available, held, funded, sold, adjusted, seq, head_hash, moved_at_us)
FROM STDIN"""


class Who(NamedTuple):
    """A seller and the user who acts for it."""

    seller_id: int
    user_id: int


class Piece(NamedTuple):
    """Lines for COPY."""

    journal: str
    recharges: str


class Past:
    """A book on its way, movement by movement. Everything it was funded with came by one adjustment."""

    __slots__ = ("funding_id", "head", "moved_at_us", "opened_at_us", "seq", "sold", "who")

    def __init__(self, who: Who) -> None:
        self.who = who
        self.seq = self.sold = self.moved_at_us = self.opened_at_us = 0
        self.head = chain.GENESIS
        self.funding_id = ""

    def fund(self, at_us: int) -> str:
        """The journal's line of the first movement."""
        self.opened_at_us = at_us
        self.funding_id = ids.compose(moment_us=at_us, tail=0, seller_id=self.who.seller_id)
        return self._move("adjustment", FUNDS_MINOR, "adjustment", self.funding_id, at_us)

    def sell(self, at_us: int, *, place: int, number: int) -> tuple[str, str]:
        """The journal's line of a sale, and the recharge's. `place` makes its id and reference its own."""
        seller_id, user_id = self.who
        identifier = ids.compose(moment_us=at_us, tail=place, seller_id=seller_id)
        self.sold += PRICE_MINOR
        journal = self._move("recharge", PRICE_MINOR, "recharge", identifier, at_us)
        recharge = (
            f"{seller_id}\t{identifier}\torder-{place:010d}\t{number}\t{OPERATOR}\tf\t{PRICE_MINOR}\t{CURRENCY}"
            f"\t{self.seq}\t{user_id}\t{at_us}\t{at_us}\tsucceeded\n"
        )
        return journal, recharge

    def book(self) -> str:
        left, seller_id = FUNDS_MINOR - self.sold, self.who.seller_id
        vector = f"{left}\t0\t0\t{self.sold}\t{FUNDS_MINOR}"
        return f"{seller_id}\t{CURRENCY}\t{vector}\t{self.seq}\t\\\\x{self.head.hex()}\t{self.moved_at_us}\n"

    def adjustment(self) -> str:
        seller_id, user_id = self.who
        fact = f"{seller_id}\t{self.funding_id}\t{FUNDS_MINOR}\t1\t{user_id}\t{self.opened_at_us}"
        return f"{fact}\t{CURRENCY}\t{REASON}\n"

    def _move(self, kind: str, amount: int, source_type: str, source_id: str, at_us: int) -> str:
        seller_id, user_id = self.who
        self.seq += 1
        self.moved_at_us = at_us
        left, sold = FUNDS_MINOR - self.sold, self.sold
        self.head = chain.link(
            seller_id=seller_id,
            currency=CURRENCY,
            seq=self.seq,
            kind=kind,
            amount=amount,
            vector=(left, 0, 0, sold, FUNDS_MINOR),
            source_type=source_type,
            source_id=source_id,
            actor_type="user",
            actor_id=user_id,
            created_at_us=at_us,
            previous=self.head,
        )
        return (
            f"{seller_id}\t{CURRENCY}\t{self.seq}\t{kind}\t{amount}\t{left}\t0\t0\t{sold}\t{FUNDS_MINOR}"
            f"\t{source_type}\t{source_id}\tuser\t{user_id}\t{at_us}\t\\\\x{self.head.hex()}\n"
        )


def sales(pasts: Sequence[Past], *, places: range, from_us: int, step_us: int, draw: random.Random) -> Piece:
    """One sale after another, seller by seller in turn, as a live system mixes them."""
    journal, recharges = [], []
    for place in places:
        number = FIRST_NUMBER + int(draw.random() * NUMBERS)
        at_us = from_us + place * step_us
        moved, sold = pasts[place % len(pasts)].sell(at_us, place=place, number=number)
        journal.append(moved)
        recharges.append(sold)
    return Piece("".join(journal), "".join(recharges))
