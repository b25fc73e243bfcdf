"""Facts beside their movements: whether they say what the journal says, and what of them a seal keeps. Pure.

A fact is a recharge, a credit request or an adjustment. Owns what each kind of movement makes of its fact.
The journal proves itself (`topup/ledger/proof.py`) and is believed here; what a fact alone knows (a number, a
reason, a key) only a seal can hold it to.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

import msgspec

from topup.ledger.core import EFFECTS, MOVES, Kind


class Flaw(StrEnum):
    """What can be wrong beside a book and its journal."""

    FACT_MISSING = "fact_missing"
    FACT_DIFFERS = "fact_differs"
    MOVEMENT_MISSING = "movement_missing"
    STATE = "state"
    BOOK_TIME = "book_time"
    WARNING = "warning"
    REBUILD = "rebuild"
    KEY = "key"
    NO_BOOK = "no_book"
    MOVES = "moves"
    SEAL_BOOK = "seal_book"
    SEAL_CUT = "seal_cut"
    SEAL_HASH = "seal_hash"
    SEAL_SUMS = "seal_sums"
    SEAL_FACTS = "seal_facts"


class Found(NamedTuple):
    """Something wrong: its flaw, the table and the id or number where, and what was expected."""

    flaw: str
    where: str
    seq: int
    detail: str


class Movement(NamedTuple):
    """A row of `window`."""

    seq: int
    kind: str
    amount: int
    currency: str
    source_type: str
    source_id: str
    actor_id: int
    created_at_us: int
    available: int
    held: int
    funded: int
    sold: int
    adjusted: int


class Recharge(NamedTuple):
    """A row of `recharges_of`."""

    id: str
    amount: int
    currency: str
    actor_id: int
    created_at_us: int
    updated_at_us: int
    state: str
    hold_seq: int | None
    settle_seq: int | None
    reverse_seq: int | None
    phone_number: int
    operator: str
    operator_explicit: bool
    reference: str
    failure_code: str | None
    reversal_reason: str | None


class Request(NamedTuple):
    """A row of `requests_of`."""

    id: str
    amount: int
    currency: str
    requested_by: int
    decided_by: int | None
    credit_seq: int | None
    created_at_us: int
    decided_at_us: int | None
    state: str
    note: str
    reason: str
    bank_reference: str


class Adjustment(NamedTuple):
    """A row of `adjustments_of`."""

    id: str
    amount: int
    currency: str
    seq: int
    actor_id: int
    created_at_us: int
    reason: str


class Key(NamedTuple):
    """A row of `keys_of`."""

    operation: str
    reference: str
    object_id: str
    request: str
    made: bool


class Sealed(NamedTuple):
    """What a seal says of one book: its version and sums then, its hash, the digest of its facts."""

    seller_id: int
    currency: str
    version: int
    available: int
    held: int
    funded: int
    sold: int
    adjusted: int
    hash: bytes
    facts: bytes


Fact = Recharge | Request | Adjustment

TABLES = {
    "recharge": "recharges.recharge",
    "credit_request": "credit.credit_request",
    "adjustment": "ledger.adjustment",
}
OPEN = ("accepted", "processing", "unknown")
# What a column that names a movement may name.
KINDS_OF = {
    "hold_seq": {Kind.HOLD},
    "settle_seq": {Kind.RECHARGE, Kind.CAPTURE, Kind.RELEASE},
    "reverse_seq": {Kind.REVERSAL},
    "credit_seq": {Kind.CREDIT},
    "seq": {Kind.ADJUSTMENT, Kind.DEDUCTION},
}
# What is settled about a fact by a movement of each kind, and no other movement changes.
SEALED: dict[str, tuple[str, ...]] = {
    Kind.RECHARGE: ("phone_number", "operator", "operator_explicit", "reference"),
    Kind.HOLD: ("phone_number", "operator", "operator_explicit", "reference"),
    Kind.CAPTURE: ("failure_code",),
    Kind.RELEASE: ("failure_code",),
    Kind.REVERSAL: ("reversal_reason",),
    Kind.CREDIT: ("requested_by", "created_at_us", "note", "reason", "bank_reference"),
    Kind.ADJUSTMENT: ("reason",),
    Kind.DEDUCTION: ("reason",),
}
# The operations whose key is written no later than the movement.
SEALED_KEYS: dict[str, tuple[str, ...]] = {
    Kind.CREDIT: ("approve", "ask"),
    Kind.ADJUSTMENT: ("adjust",),
    Kind.DEDUCTION: ("adjust",),
    Kind.REVERSAL: ("reverse",),
}


def judge(movement: Movement, fact: Fact | None) -> Iterator[Found]:
    """Where a movement's fact does not say what the movement says."""
    where = f"{TABLES[movement.source_type]} {movement.source_id}"
    if fact is None:
        yield Found(Flaw.FACT_MISSING, where, movement.seq, f"there is none for this {movement.kind}")
        return
    for column, wanted in _wanted(movement, fact).items():
        found = getattr(fact, column)
        if found != wanted:
            detail = f"{column} is {found}, and movement {movement.seq} makes it {wanted}"
            yield Found(Flaw.FACT_DIFFERS, where, movement.seq, detail)


def _wanted(movement: Movement, fact: Fact) -> dict[str, object]:
    """What the columns of a fact must say after a movement that belongs to it."""
    seq, at_us = movement.seq, movement.created_at_us
    common: dict[str, object] = {"amount": movement.amount, "currency": movement.currency}
    if isinstance(fact, Recharge):
        return common | _wanted_of_recharge(movement, fact)
    if isinstance(fact, Request):
        decided = {"decided_by": movement.actor_id, "decided_at_us": at_us}
        return common | decided | {"credit_seq": seq, "state": "approved"}
    signed = movement.amount * EFFECTS[Kind(movement.kind)].available
    return common | {
        "amount": signed, "seq": seq, "actor_id": movement.actor_id, "created_at_us": at_us
    }  # fmt: skip


def _wanted_of_recharge(movement: Movement, fact: Recharge) -> dict[str, object]:
    seq, at_us, kind = movement.seq, movement.created_at_us, movement.kind
    sold: dict[str, object] = {"actor_id": movement.actor_id, "created_at_us": at_us}
    if kind == Kind.HOLD:
        may_be = fact.settle_seq is not None or fact.state in OPEN
        return sold | {"hold_seq": seq, "state": fact.state if may_be else " or ".join(OPEN)}
    if kind == Kind.REVERSAL:
        return {"reverse_seq": seq, "state": "reversed", "updated_at_us": at_us}
    ended: dict[str, object] = {"settle_seq": seq}
    if kind == Kind.RELEASE:
        return ended | {"state": "failed", "updated_at_us": at_us}
    if fact.reverse_seq is None:
        ended |= {"state": "succeeded", "updated_at_us": at_us}
    return ended if kind == Kind.CAPTURE else sold | ended | {"hold_seq": None}


def warnings(movement: Movement, warned: tuple[int, int] | None) -> Iterator[Found]:
    """Where a low balance that was kept, a threshold and what was available, is not this movement's."""
    if warned is None:
        return
    threshold, available = warned
    before = movement.available - EFFECTS[Kind(movement.kind)].available * movement.amount
    if available != movement.available or not available < threshold <= before:
        detail = (
            f"it says {available} under {threshold}; the movement went from {before} to {movement.available}"
        )
        yield Found(Flaw.WARNING, f"ledger.low_balance {movement.seq}", movement.seq, detail)


def belongs(
    *, table: str, fact_id: str, named: Mapping[str, int | None], movements: Mapping[int, tuple[str, str]]
) -> Iterator[Found]:
    """Where a fact names a movement that is not its own. `movements` are kind and source by number."""
    for column, seq in named.items():
        if seq is None:
            continue
        kind, source_id = movements.get(seq, ("", ""))
        if source_id != fact_id or kind not in KINDS_OF[column]:
            detail = f"{column} names movement {seq}, which is {kind or 'none'} of {source_id or 'nothing'}"
            yield Found(Flaw.MOVEMENT_MISSING, f"{table} {fact_id}", seq, detail)


def open_state(*, fact_id: str, state: str, settle_seq: int | None, told: str | None) -> Iterator[Found]:
    """Where a recharge that is not settled is in another state than its last event told."""
    if settle_seq is None and state != (told or "accepted"):
        detail = f"state is {state}, and its last event made it {told or 'accepted'}"
        yield Found(Flaw.STATE, f"recharges.recharge {fact_id}", 0, detail)


def moves_differ(rows: Sequence[tuple[str, str, str]]) -> Iterator[Found]:
    """Where the table of accounts by kind, which views read, is not that of the rules."""
    found = {kind: accounts for kind, *accounts in rows}
    for kind, accounts in MOVES.items():
        if found.get(kind) != [str(each) for each in accounts]:
            detail = f"{kind} moves {found.get(kind)}, and should move {[str(each) for each in accounts]}"
            yield Found(Flaw.MOVES, f"ledger.move {kind}", 0, detail)


def digest(
    previous: bytes, movement: Movement, fact: Fact | None, *, threshold: int | None, keys: Sequence[Key]
) -> bytes:
    """What a seal keeps of the facts up to a movement: chained, as the movements themselves are.

    SHA-256 over the digest before it and a JSON array: number, source, the columns of `SEALED`, the
    threshold of a low balance, and the keys of `SEALED_KEYS`, each as operation, reference and request.
    """
    columns = [getattr(fact, column, None) for column in SEALED[movement.kind]]
    kept = [
        [key.operation, key.reference, key.request]
        for key in keys
        if key.operation in SEALED_KEYS.get(movement.kind, ())
    ]
    row = [movement.seq, movement.source_type, movement.source_id, columns, threshold, sorted(kept)]
    return sha256(previous + msgspec.json.encode(row)).digest()
