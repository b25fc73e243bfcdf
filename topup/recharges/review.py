"""Review: staff decide what became of a recharge that its operator says nothing of.

Owns the family of these decisions, and the rule of four eyes: a failure above a limit is proposed by one
person and decided by another. A decision needs evidence, is made of unknown recharges only, and is one
settlement among others: whoever is first ends the recharge.
"""

from collections.abc import Hashable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from topup import sqlfiles
from topup.audit import log
from topup.audit.log import Act
from topup.ledger import references
from topup.ledger.core import Command, Movement
from topup.ledger.families import Posting, RareFamily
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.recharges.lifecycle import State, is_final
from topup.recharges.rules import Recharge
from topup.recharges.settle import Settlement, Settlements
from topup.trips import Row, Rows, Statement

SQL = sqlfiles.load(Path(__file__).with_name("review.sql"))
MAX_EVIDENCE = 2_000
"""Characters of what staff base a decision on."""
FAILURE = "decided_failed"
"""The reason that the seller sees of a failure that staff decided."""


class Verdict(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"


_STATES = {Verdict.DELIVERED: State.SUCCEEDED, Verdict.FAILED: State.FAILED}


class Proposal(NamedTuple):
    """The first half of a decision that two people take."""

    by: int
    at_us: int
    evidence: str


class Review(NamedTuple):
    """A recharge in the queue, with the way that it went and when nobody knew any more what became of it."""

    recharge: Recharge
    gateway: str
    unknown_since_us: int | None
    review_since_us: int
    attempts: int
    proposal: Proposal | None


class Resolution(NamedTuple):
    """The wish to decide. `confirms` is who proposed the same before, where two are needed."""

    settlement: Settlement
    confirms: int | None = None
    reference: Reference | None = None

    @property
    def seller_id(self) -> int:
        return self.settlement.seller_id


class Resolutions(RareFamily[Resolution]):
    """The family of decisions. The fact of a posting that was replayed is the recharge's id."""

    def __init__(self) -> None:
        self._settlements = Settlements()

    def key(self, wish: Resolution) -> Hashable:
        return wish.settlement.recharge_id

    def lookup(self, wishes: Sequence[Resolution]) -> list[Statement]:
        keys = (references.recall(wish.seller_id, wish.reference) for wish in wishes)
        return [*self._settlements.lookup([wish.settlement for wish in wishes]), *keys]

    def known(self, wishes: Sequence[Resolution], rows: Rows) -> dict[int, Posting]:
        states = {row[1]: State(row[4]) for row in rows[0]}
        settled = {}
        for place, wish in enumerate(wishes):
            outcome = objection(states.get(wish.settlement.recharge_id))
            refusal = None if outcome is None else Posting(outcome)
            posting = references.used(wish.reference, rows[1 + place]) or refusal
            if posting is not None:
                settled[place] = posting
        return settled

    def command(self, wish: Resolution, rows: Rows) -> Command:
        return self._settlements.command(wish.settlement, rows)

    def fact(self, wish: Resolution, movement: Movement, rows: Rows) -> Resolution:
        return wish._replace(settlement=self._settlements.fact(wish.settlement, movement, rows))

    def writes(self, facts: Sequence[tuple[Resolution, Movement]]) -> list[Statement]:
        statements = self._settlements.writes([(wish.settlement, movement) for wish, movement in facts])
        for wish, movement in facts:
            recharge_id = wish.settlement.recharge_id
            statements.append((SQL["conclude"], (wish.seller_id, recharge_id, wish.confirms)))
            statements.append(_noted(wish, movement))
            statements += references.remember(wish.seller_id, wish.reference, recharge_id)
        return statements


def objection(state: State | None) -> Outcome | None:
    """Why staff may not decide a recharge in this state (None: there is none), or None."""
    if state is None:
        return Outcome.NOT_FOUND
    if is_final(state):
        return Outcome.ALREADY_DECIDED
    return None if state is State.UNKNOWN else Outcome.NOT_OPEN


def needs_two(recharge: Recharge, verdict: Verdict, *, above_minor: int) -> bool:
    """Whether two people must say so. `above_minor` is REVIEW_FOUR_EYES_ABOVE: 0 never asks for two."""
    return verdict is Verdict.FAILED and 0 < above_minor < recharge.amount


def resolution(
    recharge: Recharge,
    verdict: Verdict,
    *,
    evidence: str,
    by: int,
    proposal: Proposal | None = None,
    reference: Reference | None = None,
) -> Resolution:
    """The wish of the staff user `by`, who confirms a proposal where one is given."""
    said = (
        evidence if proposal is None else f"{evidence}\n\nproposed by user {proposal.by}: {proposal.evidence}"
    )
    settlement = Settlement(
        seller_id=recharge.seller_id,
        recharge_id=recharge.id,
        to=_STATES[verdict],
        cause=f"decided_{verdict}",
        failure=FAILURE if verdict is Verdict.FAILED else None,
        actor_type="user",
        actor_id=by,
        evidence=said,
    )
    return Resolution(settlement, None if proposal is None else proposal.by, reference)


def ask_again(recharge: Recharge, *, by: int, now_us: int) -> Statement:
    """What makes the question about a recharge due now; answers whether there was one."""
    noted = _note(Act.OPERATOR_ASKED, recharge, by=by, at_us=now_us)
    return (SQL["ask_again"], (recharge.seller_id, recharge.id, now_us, *noted))


def propose(recharge: Recharge, *, evidence: str, by: int, now_us: int) -> Statement:
    """What proposes a failure; its row is the `Proposal` that stands, and whether it is this one."""
    told = {"amount": recharge.amount, "state": str(State.FAILED)}
    noted = _note(Act.FAILURE_PROPOSED, recharge, by=by, reason=evidence, after=told, at_us=now_us)
    return (SQL["propose"], (recharge.seller_id, recharge.id, by, evidence, now_us, *noted))


def withdraw(recharge: Recharge) -> Statement:
    """What takes the proposal of a recharge back, and answers whether there was one."""
    noted = _note(Act.PROPOSAL_WITHDRAWN, recharge)
    return (SQL["withdraw"], (recharge.seller_id, recharge.id, *noted))


def read_proposal(*, seller_id: int, recharge_id: str) -> Statement:
    """What reads the `Proposal` of a recharge."""
    return (SQL["get_proposal"], (seller_id, recharge_id))


def of_row(row: Row) -> Review:
    """A row of `list_reviews`."""
    proposal = None if row[5] is None else Proposal(*row[5:8])
    return Review(Recharge(*row[8:]), row[1], row[2], row[3], row[4], proposal)


def _note(act: Act, recharge: Recharge, **told: Any) -> Sequence[object]:  # as `log.note` takes it
    """The values that a statement above hands to the audit log with what it does."""
    _, values = log.note(
        act, subject_type="recharge", subject_id=recharge.id, seller_id=recharge.seller_id, **told
    )
    return values


def _noted(wish: Resolution, movement: Movement) -> Statement:
    settlement = wish.settlement
    return log.note(
        Act.RECHARGE_DECIDED,
        subject_type="recharge",
        subject_id=settlement.recharge_id,
        seller_id=wish.seller_id,
        by=settlement.actor_id,
        reason=settlement.evidence,
        before={"state": str(State.UNKNOWN)},
        after={"state": str(settlement.to), "version": movement.seq},
        at_us=movement.created_at_us,
    )
