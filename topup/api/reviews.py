"""`/reviews`, and what staff do with a recharge of which its operator says nothing."""

from litestar import Response, Router, delete, get, post

from topup import clock
from topup.api import bodies, engine, errors, guards, pages, recharges, schemas
from topup.api.bodies import ApiRequest, KeyHeader
from topup.api.errors import Problem
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.schemas import RechargeLifeOut, ResolutionIn, ReviewOut
from topup.ledger.outcomes import DONE, Outcome
from topup.ledger.references import Reference
from topup.recharges import review
from topup.recharges.lifecycle import State
from topup.recharges.review import Proposal, Resolutions, Verdict
from topup.recharges.rules import Recharge
from topup.sellers.roles import Deed
from topup.telemetry import security

REPLAYED = {"Idempotent-Replayed": "true"}
ACCEPTED = 202


@get("/reviews", guards=[guards.staff], summary="List recharges that wait for a decision")
async def list_reviews(
    request: ApiRequest,
    operator: str | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[ReviewOut]:
    """Recharges that stayed unknown for so long that staff decide; newest first, of all sellers."""
    part = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    parameters = (part.above, part.below, operator, part.fetch)
    rows = await engine.of(request).read(part.order(review.SQL["list_reviews"]), parameters)
    return part.page([review.of_row(row) for row in rows], schemas.reviewed)


@post(
    "/recharges/{recharge_id:str}/query",
    guards=[guards.staff, guards.may(Deed.QUERY)],
    status_code=ACCEPTED,
    summary="Ask the operator again, now",
)
async def query_again(request: ApiRequest, recharge_id: str) -> RechargeLifeOut:
    """Make the question about an unknown recharge due now; a worker asks it in a moment."""
    found = await recharges.find(request, recharge_id)
    ask = review.ask_again(found, by=request.user.user_id, now_us=clock.now_us())
    (((hastened,),),) = await engine.of(request).run([ask])
    if not hastened:
        found = await recharges.find(request, recharge_id)
        raise _problem(review.objection(State(found.state)) or Outcome.NOT_OPEN)
    return await recharges.life_of(request, found.id)


@post(
    "/recharges/{recharge_id:str}/resolve",
    guards=[guards.staff, guards.may(Deed.DECIDE_REVIEW)],
    status_code=200,
    summary="Decide what became of an unknown recharge",
)
async def resolve(
    request: ApiRequest, recharge_id: str, data: ResolutionIn, idempotency_key: KeyHeader = None
) -> Response[RechargeLifeOut]:
    """Mark it delivered or failed, with evidence. A failure above the limit of four eyes is answered 202
    and waits for a second person to say the same."""
    found = await recharges.find(request, recharge_id)
    key = bodies.optional_key(request, idempotency_key)
    asked = {"recharge_id": found.id, "outcome": str(data.outcome), "evidence": data.evidence}
    reference = Reference("resolve", key, asked) if key else None
    proposal = await _proposal_before(request, found, data)
    if proposal is not None and proposal.by == request.user.user_id:
        return Response(await recharges.life_of(request, found.id), status_code=ACCEPTED)
    wish = review.resolution(
        found,
        data.outcome,
        evidence=data.evidence,
        by=request.user.user_id,
        proposal=proposal,
        reference=reference,
    )
    posting = await engine.of(request).post(wish, Resolutions())
    if posting.outcome not in DONE:
        raise errors.refusal(posting, amount=found.amount, currency=found.currency)
    if posting.outcome is Outcome.POSTED:
        _tell(found, f"mark_{data.outcome}", by=request.user.user_id)
    headers = REPLAYED if posting.outcome is Outcome.REPLAYED else {}
    return Response(await recharges.life_of(request, found.id), headers=headers)


async def _proposal_before(request: ApiRequest, found: Recharge, data: ResolutionIn) -> Proposal | None:
    """The proposal that stands where two people must decide: this one's own if it is new. Raises Problem
    for one's own that stood before."""
    own, by = engine.of(request), request.user.user_id
    two = review.needs_two(found, data.outcome, above_minor=own.config.review_four_eyes_above)
    if not two or found.state != State.UNKNOWN:
        return None
    (rows,) = await own.run([review.propose(found, evidence=data.evidence, by=by, now_us=clock.now_us())])
    if not rows:
        raise _problem(Outcome.ALREADY_DECIDED)
    (row,) = rows
    standing, made = Proposal(*row[:3]), row[3]
    if standing.by == by and not made:
        raise _problem(Outcome.OWN_REQUEST)
    if made:
        _tell(found, f"propose_{Verdict.FAILED}", by=by)
    return standing


@delete(
    "/recharges/{recharge_id:str}/proposal",
    guards=[guards.staff, guards.may(Deed.DECIDE_REVIEW)],
    summary="Withdraw the proposal to mark a recharge failed",
)
async def withdraw(request: ApiRequest, recharge_id: str) -> None:
    """Take back what waits for a second person; whoever of staff may."""
    found = await recharges.find(request, recharge_id)
    (((withdrawn,),),) = await engine.of(request).run([review.withdraw(found)])
    if not withdrawn:
        raise errors.not_found("proposal")
    _tell(found, "withdraw", by=request.user.user_id)


def _problem(outcome: Outcome) -> Problem:
    return Problem(*errors.OUTCOMES[outcome])


def _tell(found: Recharge, decision: str, *, by: int) -> None:
    security.decided(
        decision=decision, seller_id=found.seller_id, object_id=found.id, by=by, amount=found.amount
    )


router = Router(path="/", tags=["review"], route_handlers=[list_reviews, query_again, resolve, withdraw])
