"""What a posting leaves in the log and the counts, after it was answered.

Owns the way from postings to lines of transactions.log. It must never take time from the lane: the
lines are made by the thread that writes them, out of values that no longer change.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from topup import clock
from topup.ledger.core import Kind
from topup.ledger.families import Posting, Wish
from topup.ledger.outcomes import Outcome
from topup.telemetry import context, redaction, security, transactions
from topup.telemetry.counts import COUNTS
from topup.telemetry.transactions import Event, Line

DECISIONS = {
    Kind.CREDIT: "approve",
    Kind.REVERSAL: "reverse",
    Kind.ADJUSTMENT: "adjust",
    Kind.DEDUCTION: "adjust",
}
"""Movements that a person decided, and what security.log calls that."""
_EVENTS = {Outcome.POSTED: Event.MOVEMENT.value, Outcome.REPLAYED: Event.REPLAY.value}
_PERSON = "user"

COUNTS.add_all("topup_postings_total", ((outcome.value, 0) for outcome in Outcome))


def tell(wishes: Sequence[Wish], postings: Sequence[Posting], request_ids: Sequence[str]) -> None:
    """Tell what came of these wishes. Each has a request's id beside it, or an empty text."""
    now_us = clock.now_us()
    outcomes = Counter([posting.outcome for posting in postings])
    COUNTS.add_all("topup_postings_total", ((outcome.value, count) for outcome, count in outcomes.items()))

    def lines() -> list[Line]:
        return [
            line(wish, posting, request_id, now_us)
            for wish, posting, request_id in zip(wishes, postings, request_ids, strict=True)
        ]

    transactions.write(lines, count=len(postings))


def tell_all(wishes: Sequence[Wish], postings: Sequence[Posting]) -> None:
    """The same for wishes of one request that went past the lanes, and who decided them."""
    tell(wishes, postings, [context.request_id()] * len(postings))
    _tell_decisions(postings)


def _tell_decisions(postings: Sequence[Posting]) -> None:
    """Tell security.log who decided, where a person did."""
    for posting in postings:
        movement = posting.movement
        if movement is None:
            continue
        command = movement.command
        decision = DECISIONS.get(command.kind)
        if decision is not None and command.actor_type == _PERSON:
            security.decided(
                decision=decision,
                seller_id=command.seller_id,
                object_id=command.source_id,
                by=command.actor_id,
                amount=command.amount,
            )


def line(wish: Any, posting: Posting, request_id: str, now_us: int) -> Line:  # a wish of any family
    """One posting as a line. Families differ in what their wishes have; each line has what there is."""
    movement = posting.movement
    number = getattr(wish, "phone_number", None)
    phone = redaction.phone(number) if number is not None else ""
    reference = _reference(wish)
    event = _EVENTS.get(posting.outcome, Event.REFUSAL.value)
    if movement is None:
        return Line(
            time=_written(now_us),
            event=event,
            outcome=posting.outcome.value,
            seller_id=wish.seller_id,
            amount=getattr(wish, "amount", 0),
            available=posting.available,
            version=getattr(posting.fact, "version", 0),
            id=_id(posting, wish),
            reference=reference,
            phone=phone,
            user_id=getattr(wish, "actor_id", 0) or getattr(wish, "by", 0),
            request_id=request_id,
        )
    command = movement.command
    return Line(
        _written(movement.created_at_us),
        event,
        posting.outcome.value,
        command.seller_id,
        command.kind.value,
        command.amount,
        command.currency,
        movement.after.available,
        movement.seq,
        command.source_id,
        reference,
        phone,
        command.actor_id,
        request_id,
    )


def _reference(wish: Any) -> str:  # a wish of any family
    reference = getattr(wish, "reference", None)
    if reference is None:
        return ""
    return redaction.text(reference if isinstance(reference, str) else reference.key)


def _id(posting: Posting, wish: Any) -> str:  # a wish of any family
    """The id of what was there before, of a replay or a sale whose commit was not heard; else the wish's."""
    found = posting.fact if isinstance(posting.fact, str) else getattr(posting.fact, "id", None)
    return str(found or getattr(wish, "id", ""))


@lru_cache(maxsize=64)
def _written(moment_us: int) -> str:
    """A batch shares its moment."""
    return clock.rfc3339(moment_us)
