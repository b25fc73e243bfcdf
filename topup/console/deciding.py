"""Deciding a credit request from a page: approval through the door, rejection without money.

A request is decided once, whoever else is at it: the state is compared and set in the database. Above
CREDIT_FOUR_EYES_ABOVE the first approval is kept as a proposal.
"""

import psycopg
from django.conf import settings

from topup import clock, trips
from topup.credit import decide
from topup.credit.decide import Approval, Approvals, CreditRequest
from topup.credit.lifecycle import State
from topup.ledger import on_django
from topup.ledger.cures import Cure, cure
from topup.ledger.outcomes import Outcome
from topup.telemetry import security
from topup.trips import Connection, Step

ATTEMPTS = 3
"""Of approving: a request is proposed and decided once each, so somebody is faster twice at most."""


def approve(*, seller_id: int, request_id: str, by: int) -> Outcome:
    """Credit what the request asks for, or propose it to a second person. `by` is the staff user."""
    wish = Approval(seller_id=seller_id, request_id=request_id, by=by)
    family = Approvals(four_eyes_above=settings.CONFIG.credit_four_eyes_above)
    outcome = Outcome.OVERLOADED
    for _ in range(ATTEMPTS):
        posting = on_django.move(wish=wish, family=family)
        outcome = posting.outcome
        if outcome is not Outcome.PROPOSED or posting.fact.proposed_by is not None:
            return outcome
        step = decide.propose(posting.fact, by=by, now_us=clock.now_us())
        failed = _run(step, somebody_was_faster=Outcome.ALREADY_DECIDED)
        if failed is not Outcome.ALREADY_DECIDED:
            return failed or Outcome.PROPOSED
    return outcome


def reject(*, seller_id: int, request_id: str, by: int, reason: str) -> Outcome:
    """Decide against it. POSTED here means that the decision stands; no money moves."""
    own = on_django.own_connection()
    try:
        (rows,) = trips.run(own, [decide.read(seller_id, request_id)])
    except psycopg.Error as error:
        return _came_of(error, own)
    finally:
        on_django.drop_if_lost(own)
    if not rows:
        return Outcome.NOT_FOUND
    request = CreditRequest(*rows[0])
    outcome = decide.objection(request, state=State.REJECTED, by=by)
    if outcome is not None:
        return outcome
    step = decide.reject(request, by=by, reason=reason, now_us=clock.now_us())
    failed = _run(step, somebody_was_faster=Outcome.ALREADY_DECIDED)
    if failed is None:
        security.decided(decision="reject", seller_id=seller_id, object_id=request_id, by=by)
    return failed or Outcome.POSTED


def look(*, seller_id: int, request_id: str, by: int) -> None:
    """Keep that staff have opened a request that waits; the seller is told when they first did."""
    step = [decide.look(seller_id=seller_id, request_id=request_id, by=by, now_us=clock.now_us())]
    _run(step, somebody_was_faster=Outcome.ALREADY_DECIDED)


def _run(step: Step, *, somebody_was_faster: Outcome) -> Outcome | None:
    """Run one transaction without money; None where it stands, else what an error of the database means."""
    own = on_django.own_connection()
    try:
        trips.run(own, step)
    except (psycopg.errors.SerializationFailure, psycopg.errors.UniqueViolation):
        _roll_back(own)
        return somebody_was_faster
    except psycopg.Error as error:
        return _came_of(error, own)
    finally:
        on_django.drop_if_lost(own)
    return None


def _came_of(error: psycopg.Error, own: Connection) -> Outcome:
    """What an error of the database means for a decision. One that nobody expects is raised again."""
    _roll_back(own)
    remedy = cure(error)
    if own.closed or remedy is Cure.RECONNECT:
        return Outcome.DATABASE_UNAVAILABLE
    if remedy in (Cure.AGAIN, Cure.WAIT_LESS):
        return Outcome.OVERLOADED
    raise error


def _roll_back(own: Connection) -> None:
    if not own.closed:
        own.execute("ROLLBACK", prepare=False)
