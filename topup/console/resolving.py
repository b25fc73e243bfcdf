"""Deciding a recharge, a dispute or a case from a page: through the door, on Django's own connection.

Owns the way from a view to the domain's steps. What may be decided, and by how many people, is
`recharges/review.py`'s to say.
"""

import psycopg
from django.conf import settings

from topup import clock, ids, trips
from topup.ledger import on_django
from topup.ledger.cures import Cure, cure
from topup.ledger.outcomes import Outcome
from topup.recharges import cases, disputes, review
from topup.recharges import reverse as reversing
from topup.recharges.disputes import Dispute
from topup.recharges.lifecycle import State
from topup.recharges.reverse import Reversal, Reversals
from topup.recharges.review import Proposal, Resolutions, Verdict
from topup.recharges.rules import Recharge
from topup.telemetry import security
from topup.trips import Rows, Step

PROPOSED = "proposed"
"""What is answered where a second person must say the same."""


def query_again(*, recharge_id: str, by: int) -> Outcome:
    """Make the question about an unknown recharge due now."""
    found = _find(recharge_id)
    if isinstance(found, Outcome):
        return found
    asked = _run([review.ask_again(found, by=by, now_us=clock.now_us())])
    if isinstance(asked, Outcome):
        return asked
    if asked[0][0][0]:
        _tell("query_again", recharge_id, by=by)
        return Outcome.POSTED
    return review.objection(State(found.state)) or Outcome.NOT_OPEN


def resolve(*, recharge_id: str, verdict: Verdict, evidence: str, by: int) -> Outcome | str:
    """Decide an unknown recharge; PROPOSED where somebody else must say the same."""
    found = _find(recharge_id)
    if isinstance(found, Outcome):
        return found
    proposal: Proposal | None = None
    two = review.needs_two(found, verdict, above_minor=settings.CONFIG.review_four_eyes_above)
    if two and found.state == State.UNKNOWN:
        standing = _run([review.propose(found, evidence=evidence, by=by, now_us=clock.now_us())])
        if isinstance(standing, Outcome):
            return standing
        if not standing[0]:
            return Outcome.ALREADY_DECIDED
        ((*proposed, made),) = standing[0]
        proposal = Proposal(*proposed)
        if made:
            _tell(f"propose_{verdict}", recharge_id, by=by)
        if proposal.by == by:
            return PROPOSED if made else Outcome.OWN_REQUEST
    wish = review.resolution(found, verdict, evidence=evidence, by=by, proposal=proposal)
    outcome = on_django.move(wish=wish, family=Resolutions()).outcome
    if outcome is Outcome.POSTED:
        _tell(f"mark_{verdict}", recharge_id, by=by)
    return outcome


def withdraw(*, recharge_id: str, by: int) -> Outcome:
    """Take back what waits for a second person."""
    found = _find(recharge_id)
    if isinstance(found, Outcome):
        return found
    answer = _run([review.withdraw(found)])
    if isinstance(answer, Outcome):
        return answer
    if not answer[0][0][0]:
        return Outcome.NOT_FOUND
    _tell("withdraw", recharge_id, by=by)
    return Outcome.POSTED


def reverse(*, recharge_id: str, reason: str, by: int) -> Outcome:
    """Give the price of a recharge back, without a dispute or with one that is open."""
    wish = Reversal(ids.seller_of(recharge_id), recharge_id, reason, by)
    outcome = on_django.move(wish=wish, family=Reversals()).outcome
    if outcome is Outcome.POSTED:
        _tell("reverse", recharge_id, by=by)
    return outcome


def close_case(*, case_id: str, resolution: str, by: int) -> Outcome:
    """Close a case with what was found out; no money moves."""
    seller_id, now_us = ids.seller_of(case_id), clock.now_us()
    closing = cases.close(seller_id=seller_id, case_id=case_id, by=by, resolution=resolution, now_us=now_us)
    closed = _run([closing])
    if isinstance(closed, Outcome):
        return closed
    if not closed[0][0][0]:
        return Outcome.ALREADY_DECIDED
    _tell("close_case", case_id, by=by)
    return Outcome.POSTED


def reverse_dispute(*, dispute_id: str, reason: str, by: int) -> Outcome:
    """Answer a dispute with a reversal: the price goes back and the dispute is closed, at once."""
    found = _find_dispute(dispute_id)
    if isinstance(found, Outcome):
        return found
    wish = Reversal(found.seller_id, found.recharge_id, reason, by, dispute_id=found.id)
    return on_django.move(wish=wish, family=Reversals()).outcome


def refuse_dispute(*, dispute_id: str, reason: str, evidence: str, by: int) -> Outcome:
    """Answer a dispute with the operator's evidence; no money moves."""
    found = _find_dispute(dispute_id)
    if isinstance(found, Outcome):
        return found
    step = disputes.refusing(found, reason=reason, evidence=evidence, by=by, now_us=clock.now_us())
    answer = _run(step)
    if isinstance(answer, Outcome):
        return answer
    _tell("refuse_dispute", dispute_id, by=by)
    return Outcome.POSTED


def _find(recharge_id: str) -> Recharge | Outcome:
    rows = _run([reversing.read(ids.seller_of(recharge_id), recharge_id)])
    if isinstance(rows, Outcome):
        return rows
    return Recharge(*rows[0][0]) if rows[0] else Outcome.NOT_FOUND


def _find_dispute(dispute_id: str) -> Dispute | Outcome:
    rows = _run([disputes.read(seller_id=ids.seller_of(dispute_id), dispute_id=dispute_id)])
    if isinstance(rows, Outcome):
        return rows
    return Dispute(*rows[0][0]) if rows[0] else Outcome.NOT_FOUND


def _run(step: Step) -> Rows | Outcome:
    """The rows of a step, or what its error means; an error that nobody expects is raised."""
    own = on_django.own_connection()
    try:
        return trips.run(own, step)
    except psycopg.Error as error:
        if not own.closed:
            own.execute("ROLLBACK", prepare=False)
        if isinstance(error, psycopg.errors.SerializationFailure):
            return Outcome.ALREADY_DECIDED
        remedy = cure(error)
        if own.closed or remedy is Cure.RECONNECT:
            return Outcome.DATABASE_UNAVAILABLE
        if remedy in (Cure.AGAIN, Cure.WAIT_LESS):
            return Outcome.OVERLOADED
        raise
    finally:
        on_django.drop_if_lost(own)


def _tell(decision: str, object_id: str, *, by: int) -> None:
    security.decided(decision=decision, seller_id=ids.seller_of(object_id), object_id=object_id, by=by)
