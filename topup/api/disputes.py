"""`/disputes`: sellers say that a recharge did not arrive, staff answer with a reversal or a refusal."""

import psycopg
from litestar import Response, Router, get, post

from topup import clock, ids
from topup.api import bodies, engine, errors, guards, pages, recharges, schemas
from topup.api.bodies import ApiRequest, KeyHeader
from topup.api.errors import Problem
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.schemas import DecisionIn, DisputeIn, DisputeOut, RefusalIn
from topup.ledger import references
from topup.ledger.families import Posting
from topup.ledger.outcomes import DONE, Outcome
from topup.ledger.references import Reference
from topup.recharges import disputes
from topup.recharges.disputes import SQL, Dispute, State
from topup.recharges.reverse import Reversal, Reversals
from topup.recharges.rules import Recharge
from topup.sellers.roles import Deed
from topup.telemetry import security

REPLAYED = {"Idempotent-Replayed": "true"}


@post(
    "/recharges/{recharge_id:str}/disputes",
    guards=[guards.seller, guards.may(Deed.DISPUTE)],
    summary="Open a dispute",
)
async def open_dispute(
    request: ApiRequest, recharge_id: str, data: DisputeIn, idempotency_key: KeyHeader = None
) -> Response[DisputeOut]:
    """Say that a recharge which succeeded did not arrive. One dispute of a recharge is open at a time."""
    found = await recharges.find(request, recharge_id)
    key = bodies.optional_key(request, idempotency_key)
    asked = {"recharge_id": found.id, "reason": data.reason}
    reference = Reference("dispute", key, asked) if key else None
    earlier = await _opened_before(request, found, reference)
    if earlier is not None:
        return earlier
    await _object(request, found)
    wish = Dispute(
        seller_id=found.seller_id,
        id=ids.new(found.seller_id),
        recharge_id=found.id,
        state=State.OPEN,
        reason=data.reason,
        opened_by=request.user.user_id,
        opened_at_us=clock.now_us(),
    )
    try:
        await engine.of(request).run(disputes.opening(wish, reference))
    except psycopg.errors.SerializationFailure:
        await _object(request, await recharges.find(request, found.id))
        raise Problem(*errors.OUTCOMES[Outcome.OVERLOADED]) from None
    except psycopg.errors.UniqueViolation:
        earlier = await _opened_before(request, found, reference)
        assert earlier is not None
        return earlier
    return Response(schemas.dispute(wish), status_code=201)


async def _opened_before(
    request: ApiRequest, found: Recharge, reference: Reference | None
) -> Response[DisputeOut] | None:
    """The answer to a key that opened a dispute before. Raises Problem where it asked for another."""
    if reference is None:
        return None
    rows = await engine.of(request).read(*references.recall(found.seller_id, reference))
    posting = references.used(reference, rows)
    if posting is None:
        return None
    if posting.outcome is Outcome.REFERENCE_MISMATCH:
        raise errors.mismatch(posting.differing)
    made = await _find(request, posting.fact)
    return Response(schemas.dispute(made), status_code=201, headers=REPLAYED)


async def _object(request: ApiRequest, found: Recharge) -> None:
    """Raise Problem where no dispute of this recharge can be opened."""
    reading = disputes.read_open(seller_id=found.seller_id, recharge_id=found.id)
    (rows,) = await engine.of(request).run([reading])
    open_now = Dispute(*rows[0]) if rows else None
    outcome = disputes.objection(found, open_now)
    if open_now is not None and outcome is Outcome.NOT_OPEN:
        advice = "A dispute of it is open already; wait for its answer."
        raise Problem(errors.Code.NOT_OPEN, advice, dispute_id=open_now.id)
    if outcome is not None:
        raise Problem(errors.Code.NOT_REVERSIBLE, "Only a recharge that succeeded can be disputed.")


@get("/disputes", guards=[guards.anybody], summary="List disputes")
async def list_disputes(
    request: ApiRequest,
    status: State | None = None,
    seller_id: int | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[DisputeOut]:
    """Newest first. A seller sees its own; staff see all, or those of `seller_id`."""
    part = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    whose = guards.whose(request.user, seller_id)
    parameters = (whose, part.above, part.below, status, part.fetch)
    rows = await engine.of(request).read(part.order(SQL["list_disputes"]), parameters)
    return part.page([Dispute(*row) for row in rows], schemas.dispute)


@get("/disputes/{dispute_id:str}", guards=[guards.anybody], summary="Read a dispute")
async def read_dispute(request: ApiRequest, dispute_id: str) -> DisputeOut:
    return schemas.dispute(await _find(request, dispute_id))


@post(
    "/disputes/{dispute_id:str}/reverse",
    guards=[guards.staff, guards.may(Deed.REVERSE)],
    status_code=200,
    summary="Answer a dispute with a reversal",
)
async def reverse_disputed(
    request: ApiRequest, dispute_id: str, data: DecisionIn, idempotency_key: KeyHeader = None
) -> Response[DisputeOut]:
    """Give the price back and close the dispute, in one transaction, once."""
    found = await _find(request, dispute_id)
    key = bodies.optional_key(request, idempotency_key)
    asked = {"dispute_id": found.id, "reason": data.reason}
    wish = Reversal(
        seller_id=found.seller_id,
        recharge_id=found.recharge_id,
        reason=data.reason,
        by=request.user.user_id,
        reference=Reference("reverse_dispute", key, asked) if key else None,
        dispute_id=found.id,
    )
    posting = await engine.of(request).post(wish, Reversals())
    if posting.outcome not in DONE:
        raise errors.refusal(posting, amount=0, currency=engine.of(request).config.default_currency)
    headers = REPLAYED if posting.outcome is Outcome.REPLAYED else {}
    return Response(schemas.dispute(await _find(request, found.id)), headers=headers)


@post(
    "/disputes/{dispute_id:str}/refuse",
    guards=[guards.staff, guards.may(Deed.DECIDE_REVIEW)],
    status_code=200,
    summary="Refuse a dispute",
)
async def refuse_dispute(request: ApiRequest, dispute_id: str, data: RefusalIn) -> DisputeOut:
    """Answer with the operator's evidence that the recharge arrived; no money moves."""
    found = await _find(request, dispute_id)
    by = request.user.user_id
    step = disputes.refusing(found, reason=data.reason, evidence=data.evidence, by=by, now_us=clock.now_us())
    try:
        await engine.of(request).run(step)
    except psycopg.errors.SerializationFailure:
        refusal = Posting(Outcome.ALREADY_DECIDED)
        raise errors.refusal(refusal, amount=0, currency="") from None
    security.decided(decision="refuse_dispute", seller_id=found.seller_id, object_id=found.id, by=by)
    return schemas.dispute(await _find(request, found.id))


async def _find(request: ApiRequest, dispute_id: str) -> Dispute:
    """A dispute that the caller may see. Its id carries its seller."""
    if pages.is_uuid(dispute_id):
        seller_id = ids.seller_of(dispute_id)
        if request.user.is_staff or request.user.seller_id == seller_id:
            rows = await engine.of(request).read(*disputes.read(seller_id=seller_id, dispute_id=dispute_id))
            if rows:
                return Dispute(*rows[0])
    raise errors.not_found("dispute")


router = Router(
    path="/",
    tags=["disputes"],
    route_handlers=[open_dispute, list_disputes, read_dispute, reverse_disputed, refuse_dispute],
)
