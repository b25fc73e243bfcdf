"""`/credit-requests`: sellers ask, staff decide; and `/adjustments` by staff."""

import psycopg
from litestar import Response, Router, get, post

from topup import clock, ids
from topup.api import bodies, engine, errors, guards, pages, schemas
from topup.api.bodies import ApiRequest, KeyHeader
from topup.api.errors import Problem
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.schemas import (
    AdjustmentIn,
    AdjustmentOut,
    CreditRequestIn,
    CreditRequestOut,
    DecisionIn,
)
from topup.credit import adjust, ask, decide
from topup.credit.adjust import Adjusted, Adjustment, Adjustments
from topup.credit.decide import SQL, Approval, Approvals, CreditRequest
from topup.credit.lifecycle import State
from topup.ledger import references
from topup.ledger.outcomes import DONE, Outcome
from topup.ledger.references import Reference
from topup.sellers.roles import Deed
from topup.telemetry import security
from topup.trips import Step

DECISIONS = {State.REJECTED: "reject", State.CANCELLED: "cancel"}
REPLAYED = {"Idempotent-Replayed": "true"}


@post("/", guards=[guards.seller, guards.may(Deed.ASK_CREDIT)], summary="Ask for credit")
async def ask_for_credit(
    request: ApiRequest, data: CreditRequestIn, idempotency_key: KeyHeader = None
) -> Response[CreditRequestOut]:
    """Ask for credit; staff decide. With an Idempotency-Key a retry asks only once."""
    return await asked(request, data, bodies.optional_key(request, idempotency_key))


async def asked(request: ApiRequest, data: CreditRequestIn, key: str | None) -> Response[CreditRequestOut]:
    """The answer to a wish for credit. Raises Problem."""
    caller = request.user
    request_id = ids.new(caller.seller_id)
    wish = ask.Ask(
        seller_id=caller.seller_id,
        id=request_id,
        amount=data.amount,
        note=data.note,
        by=caller.user_id,
        bank_reference=ask.tidy(data.bank_reference),
    )
    reference = Reference("ask", key, ask.asked_for(wish)) if key else None
    wish = wish._replace(reference=reference)
    try:
        await engine.of(request).run(ask.steps(wish, now_us=clock.now_us()))
    except psycopg.errors.UniqueViolation:
        assert reference is not None
        return await _asked_before(request, reference)
    return Response(schemas.credit_request(await _find(request, request_id)), status_code=201)


async def _asked_before(request: ApiRequest, reference: Reference) -> Response[CreditRequestOut]:
    rows = await engine.of(request).read(*references.recall(request.user.seller_id, reference))
    posting = references.used(reference, rows)
    assert posting is not None
    if posting.outcome is Outcome.REFERENCE_MISMATCH:
        raise errors.mismatch(posting.differing)
    found = await _find(request, posting.fact)
    return Response(schemas.credit_request(found), status_code=201, headers=REPLAYED)


@get("/", guards=[guards.anybody], summary="List credit requests")
async def list_requests(
    request: ApiRequest,
    status: State | None = None,
    seller_id: int | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[CreditRequestOut]:
    wanted = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    whose = guards.whose(request.user, seller_id)
    rows = await engine.of(request).read(
        wanted.order(SQL["list"]), (whose, wanted.above, wanted.below, status, wanted.fetch)
    )
    return wanted.page([CreditRequest(*row) for row in rows], schemas.credit_request)


@get("/{request_id:str}", guards=[guards.anybody], summary="Read a credit request")
async def read_request(request: ApiRequest, request_id: str) -> CreditRequestOut:
    return schemas.credit_request(await _find(request, request_id))


@post(
    "/{request_id:str}/approve",
    guards=[guards.staff, guards.may(Deed.DECIDE_CREDIT)],
    status_code=200,
    summary="Approve, once",
)
async def approve(
    request: ApiRequest, request_id: str, idempotency_key: KeyHeader = None
) -> Response[CreditRequestOut]:
    """Credit the seller with what it asked for. Never one's own request, never twice.

    Above CREDIT_FOUR_EYES_ABOVE the first approval is answered 202 and kept as a proposal; the approval of
    a second person credits.
    """
    return await approved(request, request_id, bodies.optional_key(request, idempotency_key))


async def approved(request: ApiRequest, request_id: str, key: str | None) -> Response[CreditRequestOut]:
    """The answer to an approval. Raises Problem."""
    found = await _find(request, request_id)
    reference = Reference("approve", key, {"request_id": found.id}) if key else None
    wish = Approval(found.seller_id, found.id, request.user.user_id, reference)
    own = engine.of(request)
    posting = await own.post(wish, Approvals(four_eyes_above=own.config.credit_four_eyes_above))
    if posting.outcome is Outcome.PROPOSED:
        return await _proposed(request, posting.fact, key)
    if posting.outcome not in DONE:
        raise errors.refusal(posting, amount=found.amount, currency=found.currency)
    headers = REPLAYED if posting.outcome is Outcome.REPLAYED else {}
    return Response(schemas.credit_request(await _find(request, found.id)), headers=headers)


async def _proposed(request: ApiRequest, found: CreditRequest, key: str | None) -> Response[CreditRequestOut]:
    """The first of two approvals, kept; where somebody was faster, this is the second."""
    if found.proposed_by is None:
        try:
            step = decide.propose(found, by=request.user.user_id, now_us=clock.now_us())
            await engine.of(request).run(step)
        except (psycopg.errors.UniqueViolation, psycopg.errors.SerializationFailure):
            return await approved(request, found.id, key)
    return Response(schemas.credit_request(await _find(request, found.id)), status_code=202)


@post(
    "/{request_id:str}/reject",
    guards=[guards.staff, guards.may(Deed.DECIDE_CREDIT)],
    status_code=200,
    summary="Reject, once",
)
async def reject(request: ApiRequest, request_id: str, data: DecisionIn) -> CreditRequestOut:
    return await rejected(request, request_id, data.reason)


async def rejected(request: ApiRequest, request_id: str, reason: str) -> CreditRequestOut:
    """The request, rejected. Raises Problem."""
    return await _decide(request, await _find(request, request_id), State.REJECTED, reason)


@post(
    "/{request_id:str}/cancel",
    guards=[guards.seller, guards.may(Deed.ASK_CREDIT)],
    status_code=200,
    summary="Cancel while pending",
)
async def cancel(request: ApiRequest, request_id: str) -> CreditRequestOut:
    return await _decide(request, await _find(request, request_id), State.CANCELLED, "")


async def _decide(request: ApiRequest, found: CreditRequest, state: State, reason: str) -> CreditRequestOut:
    """A decision that moves no money; the database refuses it where another was first."""
    by = request.user.user_id
    outcome = decide.objection(found, state=state, by=by)
    if outcome is None:
        try:
            await engine.of(request).run(_step(found, state, by, reason))
        except psycopg.errors.SerializationFailure:
            outcome = Outcome.ALREADY_DECIDED
    if outcome is not None:
        code, advice = errors.OUTCOMES[outcome]
        raise Problem(code, advice)
    security.decided(decision=DECISIONS[state], seller_id=found.seller_id, object_id=found.id, by=by)
    return schemas.credit_request(await _find(request, found.id))


def _step(found: CreditRequest, state: State, by: int, reason: str) -> Step:
    """What writes a decision; those of staff are in the audit log too."""
    now_us = clock.now_us()
    if state is State.REJECTED:
        return decide.reject(found, by=by, reason=reason, now_us=now_us)
    return [decide.without_money(found, state=state, by=by, reason=reason, now_us=now_us)]


async def _find(request: ApiRequest, request_id: str) -> CreditRequest:
    """A request that the caller may see. Its id carries its seller."""
    if pages.is_uuid(request_id):
        seller_id = ids.seller_of(request_id)
        if request.user.is_staff or request.user.seller_id == seller_id:
            rows = await engine.of(request).read(*decide.read(seller_id, request_id))
            if rows:
                return CreditRequest(*rows[0])
    raise errors.not_found("credit request")


@post(
    "/adjustments",
    guards=[guards.staff, guards.may(Deed.ADJUST)],
    tags=["credit"],
    summary="Adjust a balance",
)
async def adjust_balance(
    request: ApiRequest, data: AdjustmentIn, idempotency_key: KeyHeader = None
) -> Response[AdjustmentOut]:
    """Correct a balance, up or down, with a reason; never below zero."""
    if data.amount == 0:
        raise errors.invalid("amount", "must not be 0")
    own = engine.of(request)
    key = bodies.optional_key(request, idempotency_key)
    asked = {"amount": data.amount, "reason": data.reason}
    reference = Reference("adjust", key, asked) if key else None
    if not 1 <= data.seller_id <= ids.MAX_SELLER_ID:
        raise errors.not_found("seller")
    wish = Adjustment(
        data.seller_id, ids.new(data.seller_id), data.amount, data.reason, request.user.user_id, reference
    )
    posting = await own.post(wish, Adjustments())
    if posting.outcome not in DONE:
        raise errors.refusal(posting, amount=abs(data.amount), currency=own.config.default_currency)
    replayed = posting.outcome is Outcome.REPLAYED
    adjustment_id = posting.fact if replayed else wish.id
    (row,) = await own.read(*adjust.read(data.seller_id, adjustment_id))
    return Response(schemas.adjustment(Adjusted(*row)), status_code=201, headers=REPLAYED if replayed else {})


router = Router(
    path="/credit-requests",
    tags=["credit"],
    route_handlers=[ask_for_credit, list_requests, read_request, approve, reject, cancel],
)
