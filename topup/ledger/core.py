"""The rules of money, as pure functions: `decide(book, commands, …) → (book', movements, verdicts)`.

Owns what a book and a movement are and when a movement is allowed. It must never do I/O, read a
clock or know who calls. PostgreSQL holds the same invariants a second time (`schema.sql`).

Shapes: every amount is an int in the minor unit of the book's currency; a moment is microseconds
since 1970 UTC (`…_us`).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from topup.ledger import chain
from topup.ledger.outcomes import Outcome
from topup.money import MAX_MINOR

NEVER = date(1970, 1, 1)
"""The day of the last sale of a book that has sold nothing."""


class Account(StrEnum):
    """The five accounts of a book. `available + held + sold = funded + adjusted`, always."""

    FUNDED = "funded"
    AVAILABLE = "available"
    HELD = "held"
    SOLD = "sold"
    ADJUSTED = "adjusted"


class Kind(StrEnum):
    """Why money moves. Each kind has its accounts in `MOVES`."""

    CREDIT = "credit"
    RECHARGE = "recharge"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REVERSAL = "reversal"
    ADJUSTMENT = "adjustment"
    DEDUCTION = "deduction"
    """An adjustment downwards; the API calls both an adjustment."""


MOVES: dict[Kind, tuple[Account, Account]] = {
    Kind.CREDIT: (Account.FUNDED, Account.AVAILABLE),
    Kind.RECHARGE: (Account.AVAILABLE, Account.SOLD),
    Kind.HOLD: (Account.AVAILABLE, Account.HELD),
    Kind.CAPTURE: (Account.HELD, Account.SOLD),
    Kind.RELEASE: (Account.HELD, Account.AVAILABLE),
    Kind.REVERSAL: (Account.SOLD, Account.AVAILABLE),
    Kind.ADJUSTMENT: (Account.ADJUSTED, Account.AVAILABLE),
    Kind.DEDUCTION: (Account.AVAILABLE, Account.ADJUSTED),
}


class Vector(NamedTuple):
    """The five sums of a book after a movement, in minor units."""

    available: int
    held: int
    funded: int
    sold: int
    adjusted: int


# `funded` and `adjusted` are where money comes from: they grow when they give.
_SOURCES = frozenset({Account.FUNDED, Account.ADJUSTED})
_SPENDING = frozenset({Kind.RECHARGE, Kind.HOLD})
_ONE_DAY = timedelta(days=1)


def _effect(giver: Account, taker: Account) -> Vector:
    """What moving one unit adds to each of the five sums."""

    def change(account: Account) -> int:
        gained = (account is taker) - (account is giver)
        return -gained if account in _SOURCES else gained

    return Vector(*(change(Account(name)) for name in Vector._fields))


EFFECTS = {kind: _effect(*accounts) for kind, accounts in MOVES.items()}


class Book(NamedTuple):
    """A seller's money row as it was read under its lock.

    `seq` numbers the last movement; 0 and `chain.GENESIS` before the first. `spent_today` counts
    on the day `spent_on` and is meaningless on another. A limit of None is no limit; a duplicate
    window of None is the installation's own. The seller is told when what is available goes under
    `low_balance_threshold`, unless that is None.
    """

    seller_id: int
    currency: str
    active: bool
    key_epoch: int
    daily_limit: int | None
    per_recharge_max: int | None
    duplicate_window_s: int | None
    available: int
    held: int
    funded: int
    sold: int
    adjusted: int
    seq: int
    head_hash: bytes
    moved_at_us: int
    spent_on: date
    spent_today: int
    low_balance_threshold: int | None = None

    @property
    def vector(self) -> Vector:
        return Vector(self.available, self.held, self.funded, self.sold, self.adjusted)


class Command(NamedTuple):
    """A wish to move money.

    `source_type`/`source_id` name the fact it belongs to (a UUID's 36 characters), `actor_type`/
    `actor_id` who caused it. `key_epoch` is the book's epoch when a seller's key was checked, or
    None where no seller's key is involved.
    """

    seller_id: int
    kind: Kind
    amount: int
    source_type: str
    source_id: str
    actor_type: str
    actor_id: int
    key_epoch: int | None = None
    currency: str = "IRR"


class Movement(NamedTuple):
    """One journal row: the command, its number in the book, the vector after it and its hash."""

    command: Command
    seq: int
    after: Vector
    created_at_us: int
    hash: bytes


class Verdict(NamedTuple):
    """What came of one command: a movement where `outcome` is POSTED, else why not.

    `available` is the balance that the command met; `limit` and `remaining` belong to the
    refusals by a limit.
    """

    outcome: Outcome
    movement: Movement | None = None
    available: int = 0
    limit: int | None = None
    remaining: int | None = None


def decide(
    book: Book, commands: Sequence[Command], *, now_us: int, today: date
) -> tuple[Book, list[Verdict]]:
    """Apply commands to a book, in order; each is judged against what those before it left.

    Returns the book after them and one verdict per command, in order. Nothing is raised for a
    refusal. A movement's time never goes back within a book, whatever the clock does.
    """
    if today < book.spent_on:
        today = _day_begun(book, today)
    verdicts = []
    for command in commands:
        refusal = _refusal(book, command, today)
        if refusal is not None:
            verdicts.append(refusal)
            continue
        after = _moved(book, command)
        if not _fits(after):
            verdicts.append(Verdict(Outcome.BALANCE_TOO_LARGE, available=book.available))
            continue
        assert min(after[:4]) >= 0, (book, command)
        met = book.available
        book, movement = _write(book, command, after, now_us, today)
        verdicts.append(Verdict(Outcome.POSTED, movement, met))
    return book, verdicts


def _day_begun(book: Book, today: date) -> date:
    """The day that spending counts on where the clock says an earlier one than the book.

    Around midnight a clock may be set back, and those of two machines differ: the day that was begun goes
    on, or its limit could be spent again and again. A book that is further ahead met a clock that was wrong.
    """
    return book.spent_on if book.spent_on - today == _ONE_DAY else today


def goes_under(movement: Movement, threshold: int) -> bool:
    """Whether this movement took what is available under a threshold, from there or above."""
    command, available = movement.command, movement.after.available
    return available < threshold <= available - EFFECTS[command.kind].available * command.amount


def _refusal(book: Book, command: Command, today: date) -> Verdict | None:
    """Why this command may not move this book, or None."""
    kind, amount = command.kind, command.amount
    assert 0 < amount <= MAX_MINOR, command
    giver = MOVES[kind][0]
    if kind in _SPENDING:
        refusal = _standing(book, command, today)
        if refusal is not None:
            return refusal
    if giver is Account.AVAILABLE and amount > book.available:
        return Verdict(Outcome.INSUFFICIENT_BALANCE, available=book.available)
    if giver is Account.HELD and amount > book.held:
        return Verdict(Outcome.INSUFFICIENT_BALANCE, available=book.available)
    if giver is Account.SOLD and amount > book.sold:
        return Verdict(Outcome.NOT_REVERSIBLE, available=book.available)
    return None


def _standing(book: Book, command: Command, today: date) -> Verdict | None:
    """Why a seller in this standing may not spend this amount today, or None."""
    met = book.available
    if command.key_epoch is not None and command.key_epoch != book.key_epoch:
        return Verdict(Outcome.STALE_KEY, available=met)
    if not book.active:
        return Verdict(Outcome.SELLER_SUSPENDED, available=met)
    most = book.per_recharge_max
    if most is not None and command.amount > most:
        return Verdict(Outcome.PER_RECHARGE_MAX_EXCEEDED, available=met, limit=most, remaining=most)
    if book.daily_limit is not None:
        left = book.daily_limit - (book.spent_today if book.spent_on == today else 0)
        if command.amount > left:
            return Verdict(
                Outcome.DAILY_LIMIT_EXCEEDED, available=met, limit=book.daily_limit, remaining=max(left, 0)
            )
    return None


def _moved(book: Book, command: Command) -> Vector:
    a, h, f, s, d = EFFECTS[command.kind]
    amount = command.amount
    return Vector(
        book.available + a * amount,
        book.held + h * amount,
        book.funded + f * amount,
        book.sold + s * amount,
        book.adjusted + d * amount,
    )


def _fits(after: Vector) -> bool:
    """Whether PostgreSQL's bigint can hold these sums and both sides of the accounting equation."""
    return (
        max(after) <= MAX_MINOR
        and after.adjusted >= -MAX_MINOR
        and after.funded + after.adjusted <= MAX_MINOR
    )


def _write(book: Book, command: Command, after: Vector, now_us: int, today: date) -> tuple[Book, Movement]:
    seq = book.seq + 1
    at_us = max(now_us, book.moved_at_us)
    digest = chain.link(
        seller_id=book.seller_id,
        currency=book.currency,
        seq=seq,
        kind=command.kind,
        amount=command.amount,
        vector=after,
        source_type=command.source_type,
        source_id=command.source_id,
        actor_type=command.actor_type,
        actor_id=command.actor_id,
        created_at_us=at_us,
        previous=book.head_hash,
    )
    spent_on, spent_today = book.spent_on, book.spent_today
    if command.kind in _SPENDING:
        spent_today = min(command.amount + (spent_today if spent_on == today else 0), MAX_MINOR)
        spent_on = today
    moved = Book(
        book.seller_id, book.currency, book.active, book.key_epoch, book.daily_limit, book.per_recharge_max,
        book.duplicate_window_s, *after, seq, digest, at_us, spent_on, spent_today,
        book.low_balance_threshold,
    )  # fmt: skip
    return moved, Movement(command, seq, after, at_us, digest)
