"""The proof of one book, movement by movement: everything worked out again from kinds and amounts. Pure.

Owns what can be wrong with a book and its journal, and how bad that is. It must never trust a sum or a
hash that is stored: each vector is made from the movements alone, each hash from the fields.
"""

from enum import StrEnum
from typing import Any, NamedTuple

from topup.ledger import chain
from topup.ledger.core import EFFECTS, Book, Vector

MAX_FAULTS = 20
"""Faults told per book; one is enough to distrust it."""
STRICT = 0
"""The minor limit under which no difference is minor."""

_EFFECTS = {str(kind): effect for kind, effect in EFFECTS.items()}


class Status(StrEnum):
    """What a proof comes to. A minor discrepancy can be mended from the journal, a critical one can't."""

    VERIFIED = "VERIFIED"
    MINOR_DISCREPANCY = "MINOR_DISCREPANCY"
    CRITICAL = "CRITICAL"


class Flaw(StrEnum):
    """What can be wrong with a journal row, or with a book beside its journal."""

    GAP = "gap"
    VECTOR = "vector"
    HASH = "hash"
    BOOK_SUMS = "book_sums"
    BOOK_SEQ = "book_seq"
    BOOK_HASH = "book_hash"


class Fault(NamedTuple):
    flaw: Flaw
    seq: int
    detail: str


class Mark(NamedTuple):
    """How far a journal was read: the sums after its last movement, that one's number and its hash."""

    sums: Vector
    seq: int
    head: bytes


BEGINNING = Mark(Vector(0, 0, 0, 0, 0), 0, chain.GENESIS)


class Report(NamedTuple):
    """What a book's journal proves.

    `current` is the book's available sum, `calculated` the journal's; `difference` is the largest
    absolute difference among the five sums. `mark` is where the journal ended.
    """

    seller_id: int
    currency: str
    version: int
    current: int
    calculated: int
    difference: int
    movements: int
    status: Status
    faults: tuple[Fault, ...]
    mark: Mark


class Proof:
    """Reads the journal of a book in order, then judges the book beside it."""

    def __init__(self, *, seller_id: int, currency: str, since: Mark = BEGINNING) -> None:
        """`since` is the mark of an earlier proof that found nothing wrong with the journal."""
        self._seller_id = seller_id
        self._currency = currency
        self._sums, self._seq, self._head = since
        self._movements = 0
        self._flaws: set[Flaw] = set()
        self._faults: list[Fault] = []

    def read(self, row: tuple[Any, ...]) -> None:
        """Take in the next row of `journal_of`."""
        seq, kind, amount, *stored, source_type, source_id, actor_type, actor_id, at_us, digest = row
        self._movements += 1
        if seq != self._seq + 1:
            self._fault(Flaw.GAP, seq, f"movement {self._seq + 1} should stand here")
        self._sums = _added(self._sums, kind, amount)
        if tuple(stored) != self._sums:
            self._fault(
                Flaw.VECTOR, seq, f"the sums after it are {tuple(self._sums)}, stored are {tuple(stored)}"
            )
        made = chain.link(
            seller_id=self._seller_id,
            currency=self._currency,
            seq=seq,
            kind=kind,
            amount=amount,
            vector=stored,
            source_type=source_type,
            source_id=source_id,
            actor_type=actor_type,
            actor_id=actor_id,
            created_at_us=at_us,
            previous=self._head,
        )
        if made != digest:
            self._fault(Flaw.HASH, seq, "its hash does not seal its fields to the movement before it")
        self._seq, self._head = seq, digest

    def report(self, book: Book, *, minor_limit: int) -> Report:
        """What all that was read says about the book. `minor_limit` is in the currency's minor unit."""
        difference = max(abs(ours - theirs) for ours, theirs in zip(book.vector, self._sums, strict=True))
        self._judge(book)
        return Report(
            seller_id=book.seller_id,
            currency=book.currency,
            version=book.seq,
            current=book.available,
            calculated=self._sums.available,
            difference=difference,
            movements=self._movements,
            status=status_of(self._flaws, difference=difference, minor_limit=minor_limit),
            faults=tuple(self._faults),
            mark=Mark(self._sums, self._seq, self._head),
        )

    def _judge(self, book: Book) -> None:
        if book.vector != self._sums:
            detail = f"the journal gives {tuple(self._sums)}, the book says {tuple(book.vector)}"
            self._fault(Flaw.BOOK_SUMS, book.seq, detail)
        if book.seq != self._seq:
            self._fault(Flaw.BOOK_SEQ, book.seq, f"the journal ends at movement {self._seq}")
        if book.head_hash != self._head:
            self._fault(Flaw.BOOK_HASH, book.seq, "the book's hash is not that of its last movement")

    def _fault(self, flaw: Flaw, seq: int, detail: str) -> None:
        self._flaws.add(flaw)
        if len(self._faults) < MAX_FAULTS:  # a journal of a million broken rows must not fill the memory
            self._faults.append(Fault(flaw, seq, detail))


def status_of(flaws: set[Flaw], *, difference: int, minor_limit: int) -> Status:
    """Minor is only a book whose sums alone are wrong, by less than the limit, beside a whole journal."""
    if not flaws:
        return Status.VERIFIED
    if flaws == {Flaw.BOOK_SUMS} and difference < minor_limit:
        return Status.MINOR_DISCREPANCY
    return Status.CRITICAL


def _added(sums: Vector, kind: str, amount: int) -> Vector:
    a, h, f, s, d = _EFFECTS[kind]
    return Vector(
        sums[0] + a * amount,
        sums[1] + h * amount,
        sums[2] + f * amount,
        sums[3] + s * amount,
        sums[4] + d * amount,
    )
