"""Deciding a credit request from a page: approval through the door, rejection without money.

A request is decided once, whoever else is at it: the state is compared and set in the database.
"""

import psycopg

from topup import clock, trips
from topup.console import moving
from topup.credit import decide
from topup.credit.decide import Approval, Approvals, CreditRequest
from topup.credit.lifecycle import State
from topup.ledger.cures import Cure, cure
from topup.ledger.outcomes import Outcome
from topup.telemetry import security
from topup.trips import Connection


def approve(*, seller_id: int, request_id: str, by: int) -> Outcome:
    """Credit what the request asks for. `by` is the staff user."""
    return moving.move(
        wish=Approval(seller_id=seller_id, request_id=request_id, by=by), family=Approvals()
    ).outcome


def reject(*, seller_id: int, request_id: str, by: int, reason: str) -> Outcome:
    """Decide against it. POSTED here means that the decision stands; no money moves."""
    own = moving.own_connection()
    try:
        return _reject(own, seller_id=seller_id, request_id=request_id, by=by, reason=reason)
    except psycopg.Error as error:
        outcome = _came_of(error, lost=own.closed)
        if outcome is None:
            raise
        return outcome
    finally:
        moving.drop_if_lost(own)


def _reject(own: Connection, *, seller_id: int, request_id: str, by: int, reason: str) -> Outcome:
    (rows,) = trips.run(own, [decide.read(seller_id, request_id)])
    if not rows:
        return Outcome.NOT_FOUND
    request = CreditRequest(*rows[0])
    outcome = decide.objection(request, state=State.REJECTED, by=by)
    if outcome is not None:
        return outcome
    decision = decide.without_money(
        request, state=State.REJECTED, by=by, reason=reason, now_us=clock.now_us()
    )
    trips.run(own, [decision])
    security.decided(decision="reject", seller_id=seller_id, object_id=request_id, by=by)
    return Outcome.POSTED


def _came_of(error: psycopg.Error, *, lost: bool) -> Outcome | None:
    """What an error of the database means for a rejection; None for one that nobody expects."""
    if isinstance(error, psycopg.errors.SerializationFailure):
        return Outcome.ALREADY_DECIDED
    remedy = cure(error)
    if lost or remedy is Cure.RECONNECT:
        return Outcome.DATABASE_UNAVAILABLE
    return Outcome.OVERLOADED if remedy in (Cure.AGAIN, Cure.WAIT_LESS) else None
