"""What the actors of an order meet and do: a seller of their own each time, brought there by the product.

Owns no statement of the product's: what an actor does is one call of the domain, as an interface makes it.
"""

import asyncio
import uuid
from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from tests.interleavings.explorer import Act
from tests.ledger import wishes
from tests.support import posting
from topup import clock, ids, trips
from topup.credit import ask, decide
from topup.credit.adjust import Adjustment, Adjustments
from topup.credit.decide import Approval, Approvals
from topup.credit.lifecycle import State as CreditState
from topup.gateways.contract import Answer, Result
from topup.ledger import direct, door
from topup.ledger.families import F, Family, Posting, W
from topup.ledger.outcomes import Outcome
from topup.recharges import callbacks, errands, review
from topup.recharges.callbacks import Callback
from topup.recharges.errands import Candidate, Errand, Record
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import NEVER_US, Continue, Step, Verb
from topup.recharges.reverse import Reversal, Reversals
from topup.recharges.review import Resolutions, Verdict
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import SQL, Sales
from topup.recharges.settle import Settlement, Settlements
from topup.trips import Connection, Rows, Statement

ZONE = "UTC"
MEMBER, STAFF, ANOTHER = 11, 12, 13
"""Users: the seller's, and two of staff."""
PRICE = posting.PRICE


class World(NamedTuple):
    """The sellers that the actors are about, and the actors."""

    sellers: tuple[int, ...]
    acts: Sequence[Act]


class Held(Sales):
    """Sales while every operator is reached by a gateway that is not instant."""

    def reads(self) -> list[Statement]:
        return [(SQL["read_operators"].replace("o.gateway", "'simulator'"), ())]


def a_seller(connection: Connection, funds: int = 0) -> int:
    seller_id = posting.open_book(connection)
    if funds:
        _post(connection, wishes.an_adjustment(seller_id, funds), Adjustments())
    return seller_id


def a_request(connection: Connection, seller_id: int, amount: int) -> str:
    """A credit request that waits."""
    wish = ask.Ask(seller_id, ids.new(seller_id), amount, "", MEMBER)
    trips.run(connection, ask.steps(wish, now_us=clock.now_us()))
    return wish.id


def a_recharge(connection: Connection, seller_id: int) -> Recharge:
    """One that succeeded at once."""
    return _sold(connection, seller_id, Sales())


def a_processing_one(connection: Connection, seller_id: int) -> Errand:
    """A recharge that a worker has begun to submit."""
    sold = _sold(connection, seller_id, Held())
    found = Candidate(
        seller_id, sold.id, sold.created_at_us, Step.SUBMIT, sold.gateway, sold.phone_number
    )  # as the worker's look for candidates reads it
    now_us = clock.now_us()
    claimed = errands.claim([found], under=str(uuid.uuid4()), until_us=NEVER_US, now_us=now_us)
    _, rows = trips.run(connection, claimed)
    return errands.errand(rows[0])


def an_unknown_one(connection: Connection, seller_id: int) -> Errand:
    """A recharge of which the operator's answer was lost."""
    errand = a_processing_one(connection, seller_id)
    trips.run(connection, [errands.record([lost(errand)], now_us=clock.now_us())])
    return errand


def lost(errand: Errand) -> Record:
    """That nothing was answered to a submit."""
    answer = Answer(Result.UNKNOWN, code="no_answer")
    return Record(errand, Verb.SUBMIT, answer, clock.now_us(), Continue(Step.QUERY, NEVER_US))


def batch(*sales: Sale, family: Sales | None = None) -> Act:
    return lambda connection: _outcomes(direct.post(connection, sales, family or Sales(), zone=ZONE))


def passing_batch(*sales: Sale) -> Act:
    """A batch as a lane posts it: what somebody has is passed over, and waited for afterwards."""

    def sell(connection: Connection) -> object:
        postings = _passing(connection, sales)
        left = [place for place, found in enumerate(postings) if found is door.PASSED_OVER]
        if left:
            waited_for = direct.post(connection, [sales[place] for place in left], Sales(), zone=ZONE)
            postings = [
                waited_for[left.index(place)] if place in left else found
                for place, found in enumerate(postings)
            ]
        return _outcomes(postings)

    return sell


def approving(seller_id: int, request_id: str, *, by: int = STAFF, four_eyes_above: int = 0) -> Act:
    """An approval, kept as a proposal where another person must approve too, as the API has it."""
    wish, family = Approval(seller_id, request_id, by), Approvals(four_eyes_above=four_eyes_above)

    def approve(connection: Connection) -> object:
        found = _post(connection, wish, family)
        if found.outcome is not Outcome.PROPOSED or found.fact.proposed_by is not None:
            return found.outcome
        try:
            trips.run(connection, decide.propose(found.fact, by=by, now_us=clock.now_us()))
        except (psycopg.errors.UniqueViolation, psycopg.errors.SerializationFailure):
            connection.execute("ROLLBACK", prepare=False)
            return approve(connection)
        return Outcome.PROPOSED

    return approve


def rejecting(seller_id: int, request_id: str, *, by: int = ANOTHER) -> Act:
    """A rejection, as the API has it."""

    def reject(connection: Connection) -> object:
        found = wishes.request_of(connection, seller_id, request_id)
        objection = decide.objection(found, state=CreditState.REJECTED, by=by)
        if objection is not None:
            return objection
        try:
            trips.run(connection, decide.reject(found, by=by, reason="no", now_us=clock.now_us()))
        except psycopg.errors.SerializationFailure:
            connection.execute("ROLLBACK", prepare=False)
            return Outcome.ALREADY_DECIDED
        return Outcome.POSTED

    return reject


def adjusting(wish: Adjustment) -> Act:
    return lambda connection: _post(connection, wish, Adjustments()).outcome


def reversing(wish: Reversal) -> Act:
    return lambda connection: _post(connection, wish, Reversals()).outcome


def settling(errand: Errand, result: Result, *, verb: Verb = Verb.QUERY) -> Act:
    """What a worker posts once the operator has answered."""
    delivered = result is Result.DELIVERED
    wish = Settlement(
        seller_id=errand.seller_id,
        recharge_id=errand.recharge_id,
        to=State.SUCCEEDED if delivered else State.FAILED,
        cause=f"{verb}_{result}",
        failure=None if delivered else "refused",
        verb=verb,
        answer=Answer(result),
        begun_at_us=clock.now_us(),
    )
    return lambda connection: _post(connection, wish, Settlements()).outcome


def recording(record: Record) -> Act:
    """A worker that writes down an answer which settles nothing; whether it was still its own."""
    statement = errands.record([record], now_us=clock.now_us())
    return lambda connection: len(trips.run(connection, [statement])[0])


def deciding(recharge: Errand, verdict: Verdict) -> Act:
    """What a person of staff decides of an unknown recharge."""

    def decide_it(connection: Connection) -> object:
        ((row,),) = trips.run(connection, [(SQL["get"], (recharge.seller_id, recharge.recharge_id))])
        wish = review.resolution(Recharge(*row), verdict, evidence="a letter", by=STAFF)
        return _post(connection, wish, Resolutions()).outcome

    return decide_it


def calling_back(connection: Connection, errand: Errand, result: Result) -> Act:
    """The operator's own word of it, signed and kept, as it is followed up."""
    seller_id, reference = errand.seller_id, errand.order.reference
    body = f"{reference} {result}".encode()
    heard = Callback(
        seller_id=seller_id,
        id=ids.new(seller_id),
        operator=errand.operator,
        recharge_id=errand.recharge_id,
        reference=reference,
        signed=True,
        result=result,
        code=None,
        operator_reference=None,
        body=body,
        received_at_us=clock.now_us(),
    )
    trips.run(connection, [callbacks.keep(heard, gateway=errand.gateway, headers={})])
    return lambda own: asyncio.run(_followed_up(own, heard))


async def _followed_up(connection: Connection, heard: Callback) -> object:
    async def tell(statements: list[Statement]) -> Rows:
        return trips.run(connection, statements)

    async def post(wish: Settlement) -> Posting:
        return _post(connection, wish, Settlements())

    return await callbacks.follow_up(heard, ask=tell, post=post)


def _sold(connection: Connection, seller_id: int, family: Sales) -> Recharge:
    found = _post(connection, posting.a_sale(seller_id), family)
    assert isinstance(found.fact, Recharge), found
    return found.fact


def _post(connection: Connection, wish: W, family: Family[W, F]) -> Posting:
    (found,) = direct.post(connection, [wish], family, zone=ZONE)
    return found


def _passing(connection: Connection, sales: Sequence[Sale]) -> list[Posting]:
    """One attempt that waits for nobody. A reference that came meanwhile is as good as passed over."""
    steps = door.procedure(sales, Sales(), now=clock.now_us, zone=ZONE, careful=False, passing=True)
    try:
        return direct.carry_out(connection, steps)
    except psycopg.errors.UniqueViolation:
        connection.execute("ROLLBACK", prepare=False)
        return [door.PASSED_OVER] * len(sales)


def _outcomes(postings: Sequence[Posting]) -> tuple[Outcome, ...]:
    return tuple(each.outcome for each in postings)
