"""Settling a recharge whose price is held: captured where it was delivered, released where it was not.

Owns the family of settlements. Whoever learnt what became of a recharge (a query, a callback, a file,
staff) wishes one; the first ends it, the same answer again changes nothing, and another one is told
as a contradiction, which overwrites nothing.
"""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from topup import ids, sqlfiles
from topup.gateways.contract import Answer
from topup.ledger import literals
from topup.ledger.core import Command, Kind, Movement
from topup.ledger.families import Posting, RareFamily
from topup.ledger.outcomes import Outcome
from topup.recharges.lifecycle import OF_A_SETTLEMENT, State, is_final, may_become
from topup.recharges.pursuit import Verb
from topup.trips import Row, Rows, Statement

SQL = sqlfiles.load(Path(__file__).with_name("settle.sql"))


class Open(NamedTuple):
    """What a settlement reads of its recharge."""

    seller_id: int
    id: str
    amount: int
    currency: str
    state: State
    operator: str


class Settlement(NamedTuple):
    """The wish to end a recharge in the state `to`. `cause` is a word for what ended it, `failure` why
    it failed; `verb` and `answer` are what an operator was asked and said, if that was it. `met` is the
    recharge as it was when this was decided."""

    seller_id: int
    recharge_id: str
    to: State
    cause: str
    failure: str | None = None
    actor_type: Literal["system", "user"] = "system"
    actor_id: int = 0
    verb: Verb | None = None
    answer: Answer | None = None
    begun_at_us: int = 0
    evidence: str = ""
    met: Open | None = None


class Settlements(RareFamily[Settlement]):
    """The family of settlements. The fact of a posting is the settlement with what it met, also of one
    that moved nothing because the recharge had ended before."""

    def key(self, wish: Settlement) -> Hashable:
        return wish.recharge_id

    def lookup(self, wishes: Sequence[Settlement]) -> list[Statement]:
        sellers = literals.numbers({wish.seller_id for wish in wishes})
        pairs = (literals.numbers(w.seller_id for w in wishes), literals.words(w.recharge_id for w in wishes))
        return [(SQL["read"], (sellers, *pairs))]

    def known(self, wishes: Sequence[Settlement], rows: Rows) -> dict[int, Posting]:
        met = _met(rows[0])
        answers = ((place, _ended(wish, met.get(wish.recharge_id))) for place, wish in enumerate(wishes))
        return {place: posting for place, posting in answers if posting is not None}

    def command(self, wish: Settlement, rows: Rows) -> Command:
        met = _met(rows[0])[wish.recharge_id]
        return Command(
            seller_id=wish.seller_id,
            kind=Kind(OF_A_SETTLEMENT[wish.to]),
            amount=met.amount,
            source_type="recharge",
            source_id=wish.recharge_id,
            actor_type=wish.actor_type,
            actor_id=wish.actor_id,
            currency=met.currency,
        )

    def fact(self, wish: Settlement, movement: Movement, rows: Rows) -> Settlement:
        return wish._replace(met=_met(rows[0])[wish.recharge_id])

    def writes(self, facts: Sequence[tuple[Settlement, Movement]]) -> list[Statement]:
        wishes = [wish for wish, _ in facts]
        answers = [wish.answer for wish in wishes]
        numbers, words, texts = literals.numbers, literals.words, literals.nullable_texts
        arrays = (
            numbers(w.seller_id for w in wishes),
            words(w.recharge_id for w in wishes),
            words(w.met.state for w in wishes if w.met is not None),
            words(w.to for w in wishes),
            numbers(movement.seq for _, movement in facts),
            texts(w.failure for w in wishes),
            numbers(movement.created_at_us for _, movement in facts),
            words(ids.new(w.seller_id) for w in wishes),
            texts(w.cause for w in wishes),
            words(w.actor_type for w in wishes),
            numbers(w.actor_id for w in wishes),
            texts(w.verb for w in wishes),
            texts(answer.result if answer else None for answer in answers),
            numbers(w.begun_at_us or movement.created_at_us for w, movement in facts),
            texts(answer.operator_reference if answer else None for answer in answers),
            texts(
                answer.evidence if answer else w.evidence for answer, w in zip(answers, wishes, strict=True)
            ),
        )
        return [(SQL["settle"], (wishes[0].seller_id, *arrays))]


def contradiction(wish: Settlement, posting: Posting) -> str | None:
    """The kind of case that this settlement opens because another one ended the recharge otherwise."""
    if posting.outcome is not Outcome.ALREADY_DECIDED:
        return None
    return "late_success" if wish.to is State.SUCCEEDED else "late_failure"


def _met(rows: Sequence[Row]) -> dict[str, Open]:
    return {row[1]: Open(*row)._replace(state=State(row[4])) for row in rows}


def _ended(wish: Settlement, met: Open | None) -> Posting | None:
    """Why this settlement moves nothing, or None."""
    if met is None:
        return Posting(Outcome.NOT_FOUND)
    if may_become(met.state, wish.to):
        return None
    if not is_final(met.state):
        return Posting(Outcome.NOT_OPEN, fact=wish._replace(met=met))
    # A reversed one was delivered, and is given back: both answers agree with our books.
    agrees = met.state in (wish.to, State.REVERSED)
    return Posting(Outcome.REPLAYED if agrees else Outcome.ALREADY_DECIDED, fact=wish._replace(met=met))
