"""Disputes: a seller says that a recharge did not arrive, and staff answer once.

Owns what a dispute is, what opens and refuses one, and how it is shown. It must never move money: an
answer that gives the price back is a reversal (`reverse.py`), which closes the dispute in its own
transaction.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from topup import clock, sqlfiles
from topup.audit import log
from topup.audit.log import Act
from topup.ledger import references
from topup.ledger.door import BEGIN, COMMIT
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.recharges import lifecycle
from topup.recharges.rules import Recharge
from topup.trips import Statement, Step
from topup.webhooks import outbox
from topup.webhooks.events import Type

SQL = sqlfiles.load(Path(__file__).with_name("disputes.sql"))
MAX_REASON = 500
"""Characters of why one is opened, and of how it is answered."""
MAX_EVIDENCE = 2_000
"""Characters of the operator's evidence that a seller is shown."""


class State(StrEnum):
    OPEN = "open"
    REVERSED = "reversed"
    REFUSED = "refused"


TOLD: dict[State, Type] = {
    State.OPEN: Type.DISPUTE_OPENED,
    State.REVERSED: Type.DISPUTE_REVERSED,
    State.REFUSED: Type.DISPUTE_REFUSED,
}
"""The event that each state is announced by."""


class Dispute(NamedTuple):
    """A dispute as it stands. `opened_by` is the seller's member, `answered_by` the staff user."""

    seller_id: int
    id: str
    recharge_id: str
    state: str
    reason: str
    opened_by: int
    opened_at_us: int
    answer: str | None = None
    evidence: str | None = None
    answered_by: int | None = None
    answered_at_us: int | None = None


def read(*, seller_id: int, dispute_id: str) -> Statement:
    """What reads a `Dispute`."""
    return (SQL["get_dispute"], (seller_id, dispute_id))


def read_open(*, seller_id: int, recharge_id: str) -> Statement:
    """What reads the open `Dispute` of a recharge; there is one at the most."""
    return (SQL["get_open_dispute"], (seller_id, recharge_id))


def objection(recharge: Recharge, open_now: Dispute | None) -> Outcome | None:
    """Why no dispute of this recharge can be opened, or None."""
    if recharge.state != lifecycle.State.SUCCEEDED:
        return Outcome.NOT_REVERSIBLE
    return None if open_now is None else Outcome.NOT_OPEN


def opening(dispute: Dispute, reference: Reference | None) -> Step:
    """One transaction that opens it. It raises 40001 where the recharge is no longer as it was read, and
    23505 where the key was used before."""
    seller_id = dispute.seller_id
    values = (dispute.id, dispute.recharge_id, dispute.reason, dispute.opened_by, dispute.opened_at_us)
    return [
        BEGIN,
        (SQL["open_dispute"], (seller_id, *values)),
        *references.remember(seller_id, reference, dispute.id),
        telling(dispute),
        COMMIT,
    ]


def refusing(dispute: Dispute, *, reason: str, evidence: str, by: int, now_us: int) -> Step:
    """One transaction that refuses an open dispute. It raises 40001 where it is answered by now."""
    answered = dispute._replace(
        state=State.REFUSED, answer=reason, evidence=evidence, answered_by=by, answered_at_us=now_us
    )
    values = (dispute.id, reason, evidence, by, now_us)
    refused = (SQL["refuse_dispute"], (dispute.seller_id, *values))
    noted = log.note(
        Act.DISPUTE_REFUSED,
        subject_type="dispute",
        subject_id=dispute.id,
        seller_id=dispute.seller_id,
        by=by,
        reason=reason,
        after={"recharge": dispute.recharge_id, "evidence": evidence},
        at_us=now_us,
    )
    return [BEGIN, refused, telling(answered), noted, COMMIT]


def reversing(
    open_now: Dispute | None, *, seller_id: int, recharge_id: str, reason: str, by: int, now_us: int
) -> list[Statement]:
    """What closes the dispute that a reversal met, in the reversal's transaction."""
    seen = None if open_now is None else open_now.id
    closing = (SQL["reverse_dispute"], (seller_id, recharge_id, seen, reason, by, now_us))
    if open_now is None:
        return [closing]
    answered = open_now._replace(state=State.REVERSED, answer=reason, answered_by=by, answered_at_us=now_us)
    return [closing, telling(answered)]


def telling(dispute: Dispute) -> Statement:
    """What tells the seller's endpoints of the state that the dispute has come to."""
    at_us = dispute.answered_at_us or dispute.opened_at_us
    type_ = TOLD[State(dispute.state)]
    return outbox.telling(
        seller_id=dispute.seller_id, type_=type_, about=dispute.id, at_us=at_us, shown=shown(dispute)
    )


def shown(dispute: Dispute) -> dict[str, Any]:  # a JSON object
    """The object of the API, which is also what an event carries."""
    opened = {"type": "opened", "by": dispute.opened_by, "at": clock.rfc3339(dispute.opened_at_us)}
    answered_at = None if dispute.answered_at_us is None else clock.rfc3339(dispute.answered_at_us)
    answered = {"type": str(dispute.state), "by": dispute.answered_by, "at": answered_at}
    return {
        "id": dispute.id,
        "seller_id": dispute.seller_id,
        "recharge_id": dispute.recharge_id,
        "status": str(dispute.state),
        "reason": dispute.reason,
        "answer": dispute.answer,
        "evidence": dispute.evidence,
        "opened_by": dispute.opened_by,
        "opened_at": clock.rfc3339(dispute.opened_at_us),
        "answered_by": dispute.answered_by,
        "answered_at": answered_at,
        "events": [opened] if answered_at is None else [opened, answered],
    }
