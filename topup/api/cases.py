"""`/cases`: what staff must look at, because two sides differ. Read, and closed with a reason."""

from typing import Annotated

import msgspec
from litestar import Router, get, post

from topup import clock, ids
from topup.api import engine, errors, guards, pages
from topup.api.bodies import ApiRequest
from topup.api.errors import Code, Problem
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.schemas import NO_NUL, Input, Output
from topup.recharges import cases
from topup.recharges.case_kinds import Kind
from topup.recharges.cases import MAX_RESOLUTION, NO_SELLER, SQL, Case, State
from topup.sellers.roles import Deed
from topup.telemetry import security

Resolution = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_RESOLUTION, pattern=NO_NUL)]


class ClosingIn(Input, frozen=True):
    resolution: Resolution


class CaseOut(Output, frozen=True):
    """`seller_id` and `recharge_id` are null where no recharge of ours is known."""

    id: str
    kind: str
    status: str
    operator: str
    seller_id: int | None
    recharge_id: str | None
    subject: str
    evidence: str
    resolution: str | None
    opened_at: str
    closed_at: str | None
    closed_by: int | None


@get("/", guards=[guards.staff], summary="List cases")
async def list_cases(
    request: ApiRequest,
    status: State | None = None,
    kind: Kind | None = None,
    operator: str | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[CaseOut]:
    wanted = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    rows = await engine.of(request).read(
        wanted.order(SQL["list_cases"]), (wanted.above, wanted.below, status, kind, operator, wanted.fetch)
    )
    return wanted.page([Case(*row) for row in rows], show)


@get("/{case_id:str}", guards=[guards.staff], summary="Read a case")
async def read_case(request: ApiRequest, case_id: str) -> CaseOut:
    return show(await _find(request, case_id))


@post(
    "/{case_id:str}/close",
    guards=[guards.staff, guards.may(Deed.DECIDE_REVIEW)],
    status_code=200,
    summary="Close a case, once",
)
async def close_case(request: ApiRequest, case_id: str, data: ClosingIn) -> CaseOut:
    """Close it with what was found out. It moves no money: a reversal or an adjustment does."""
    found, by = await _find(request, case_id), request.user.user_id
    closing = cases.close(
        seller_id=found.seller_id, case_id=found.id, by=by, resolution=data.resolution, now_us=clock.now_us()
    )
    (((closed,),),) = await engine.of(request).run([closing])
    if not closed:
        raise Problem(Code.ALREADY_DECIDED, "It was closed before; nothing was changed.")
    security.decided(decision="close_case", seller_id=found.seller_id, object_id=found.id, by=by)
    return show(await _find(request, case_id))


async def _find(request: ApiRequest, case_id: str) -> Case:
    """A case by its id, which carries its seller. Raises Problem."""
    if pages.is_uuid(case_id):
        statement = cases.read(seller_id=ids.seller_of(case_id), case_id=case_id)
        rows = await engine.of(request).read(*statement)
        if rows:
            return Case(*rows[0])
    raise errors.not_found("case")


def show(case: Case) -> CaseOut:
    return CaseOut(
        id=case.id,
        kind=case.kind,
        status=case.state,
        operator=case.operator,
        seller_id=None if case.seller_id == NO_SELLER else case.seller_id,
        recharge_id=case.recharge_id,
        subject=case.subject,
        evidence=case.evidence,
        resolution=case.resolution,
        opened_at=clock.rfc3339(case.opened_at_us),
        closed_at=None if case.closed_at_us is None else clock.rfc3339(case.closed_at_us),
        closed_by=case.closed_by,
    )


router = Router(path="/cases", tags=["cases"], route_handlers=[list_cases, read_case, close_case])
