"""`/recharges`: selling, one by one and in batches, reading, and reversing."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import psycopg
from litestar import Response, Router, get, post

from topup import clock, ids, phones, sqlfiles
from topup.api import bodies, engine, errors, guards, pages, schemas
from topup.api.auth import Caller
from topup.api.bodies import ApiRequest, KeyHeader, NeedsKey
from topup.api.errors import Code, Problem, invalid
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.schemas import BatchItemIn, DecisionIn, RechargeIn, RechargeLifeOut, RechargeOut
from topup.ledger.families import Posting
from topup.ledger.outcomes import DONE, Outcome
from topup.ledger.references import Reference
from topup.recharges import reverse, review, timeline
from topup.recharges.lifecycle import State
from topup.recharges.reverse import Reversal, Reversals
from topup.recharges.review import Proposal
from topup.recharges.rules import Recharge, Sale
from topup.sellers.roles import Deed

READ = sqlfiles.load(Path(reverse.__file__).with_name("read.sql"))
MAX_BATCH_ITEMS = 1_000
MAX_STALE_KEYS = 3
"""Times that a sale is authenticated anew because the seller's keys changed under it."""

Items = Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=MAX_BATCH_ITEMS)]


class BatchIn(schemas.Input, frozen=True):
    """`items` of `BatchItemIn`; each stands alone."""

    items: Items


class BatchOut(schemas.Output, frozen=True):
    results: list[dict[str, Any]]


@post("/", guards=[guards.selling], operation_class=NeedsKey, summary="Sell a recharge")
async def sell(
    request: ApiRequest, data: RechargeIn, idempotency_key: KeyHeader = None
) -> Response[RechargeOut]:
    """Sell one recharge. `Idempotency-Key` is required; it becomes the recharge's `reference`."""
    return await sold(request, data, bodies.required_key(request, idempotency_key))


async def sold(request: ApiRequest, data: RechargeIn, reference: str) -> Response[RechargeOut]:
    """The answer to a sale, in its lane, under this reference. Raises Problem."""
    sale = wanted(request.user, data, reference)
    made, replayed = answer(await _submit(request, sale), sale)
    return Response(made, status_code=201, headers={"Idempotent-Replayed": "true"} if replayed else {})


def answer(posting: Posting, sale: Sale) -> tuple[RechargeOut, bool]:
    """What a sale is answered with, and whether it is an earlier sale's answer. Raises Problem."""
    if posting.outcome not in DONE:
        raise errors.refusal(posting, amount=sale.amount, currency=sale.currency)
    return schemas.recharge(posting.fact), posting.outcome is Outcome.REPLAYED


@post("/batch", guards=[guards.selling], status_code=200, summary="Sell up to 1,000 recharges")
async def sell_batch(request: ApiRequest, data: BatchIn) -> BatchOut:
    """Sell many; every item stands alone, and the results are in the items' order."""
    submitted = [_submit_item(request, raw) for raw in data.items]
    return BatchOut(results=[await _item_result(request, each) for each in submitted])


class Submitted(NamedTuple):
    """An item on its way through its lane."""

    sale: Sale
    posting: "asyncio.Future[Posting]"


def _submit_item(request: ApiRequest, raw: msgspec.Raw) -> Submitted | Problem:
    try:
        item = bodies.decode(bytes(raw), BatchItemIn)
        sale = wanted(request.user, item, _item_reference(item.reference))
    except Problem as problem:
        return problem
    return Submitted(sale, engine.of(request).sales.submit(sale))


async def _item_result(request: ApiRequest, item: Submitted | Problem) -> dict[str, Any]:  # a JSON object
    try:
        if isinstance(item, Problem):
            raise item
        posting = await item.posting
        if posting.outcome is Outcome.STALE_KEY:
            posting = await _submit(request, item.sale)
        sold, _ = answer(posting, item.sale)
    except Problem as problem:
        return _item_error(request, problem)
    except psycopg.Error as error:  # the database refused this one; the others stand
        return _item_error(request, errors.internal(error, request.scope["state"]["request_id"]))
    return {"status": 201, "recharge": sold}


def _item_error(request: ApiRequest, problem: Problem) -> dict[str, Any]:  # a JSON object
    return {"status": problem.status, "error": problem.body(request.scope["state"]["request_id"])}


def _item_reference(written: str) -> str:
    try:
        return bodies.check_key(written)
    except Problem as problem:
        raise invalid("reference", problem.detail) from None


def wanted(caller: Caller, data: RechargeIn | BatchItemIn, reference: str) -> Sale:
    """The sale that a body asks for. Raises Problem for a number that is none."""
    try:
        number = phones.parse(data.phone_number)
    except phones.PhoneError as error:
        raise invalid("phone_number", str(error)) from None
    assert caller.seller_id is not None
    return Sale(
        seller_id=caller.seller_id,
        id=ids.new(caller.seller_id),
        reference=reference,
        phone_number=number,
        amount=data.amount,
        operator=data.operator,
        actor_id=caller.user_id,
        key_epoch=caller.key_epoch,
        allow_duplicate=data.allow_duplicate,
    )


async def _submit(request: ApiRequest, sale: Sale) -> Posting:
    """Give a sale to its lane; authenticate anew and try again where the seller's keys changed."""
    own = engine.of(request)
    posting = await own.sales.submit(sale)
    for _ in range(MAX_STALE_KEYS):
        if posting.outcome is not Outcome.STALE_KEY:
            break
        caller = await guards.again(request)
        posting = await own.sales.submit(sale._replace(key_epoch=caller.key_epoch, actor_id=caller.user_id))
    return posting


@get("/", guards=[guards.anybody], summary="List recharges")
async def list_recharges(
    request: ApiRequest,
    reference: str | None = None,
    phone_number: str | None = None,
    status: State | None = None,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    seller_id: int | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[RechargeOut]:
    """Newest first. A seller sees its own; staff see all, or those of `seller_id`."""
    bodies.refuse_numbers(request, "created_from", "created_to")
    if reference is not None and not bodies.is_key(reference):
        return Page(data=[], has_more=False)  # no recharge can have it
    part = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    filters = (
        reference,
        _phone_filter(phone_number),
        status,
        _moment_filter("created_from", created_from),
        _moment_filter("created_to", created_to),
    )
    parameters = (guards.whose(request.user, seller_id), part.above, part.below, *filters, part.fetch)
    rows = await engine.of(request).read(part.order(READ["list"]), parameters)
    return part.page([Recharge(*row) for row in rows], schemas.recharge)


@get("/{recharge_id:str}", guards=[guards.anybody], summary="Read a recharge and its life")
async def read_recharge(request: ApiRequest, recharge_id: str) -> RechargeLifeOut:
    """A recharge, when it is looked at next, and what happened to it, oldest first."""
    return await life_of(request, recharge_id)


async def life_of(request: ApiRequest, recharge_id: str) -> RechargeLifeOut:
    """A recharge that the caller may see, with its life. Raises Problem."""
    found = await find(request, recharge_id)
    seller_id = found.seller_id
    reads = timeline.reads(seller_id=seller_id, recharge_id=found.id)
    proposing = review.read_proposal(seller_id=seller_id, recharge_id=found.id)
    *rows, proposals = await engine.of(request).run([*reads, proposing])
    proposal = Proposal(*proposals[0]) if proposals else None
    return schemas.recharge_life(found, timeline.life(found, rows), proposal, to_staff=request.user.is_staff)


@post(
    "/{recharge_id:str}/reverse",
    guards=[guards.staff, guards.may(Deed.REVERSE)],
    status_code=200,
    summary="Reverse a recharge",
)
async def reverse_recharge(
    request: ApiRequest, recharge_id: str, data: DecisionIn, idempotency_key: KeyHeader = None
) -> Response[RechargeOut]:
    """Give the price of a recharge that succeeded back to the seller, once."""
    found = await find(request, recharge_id)
    key = bodies.optional_key(request, idempotency_key)
    asked = {"recharge_id": found.id, "reason": data.reason}
    reference = Reference("reverse", key, asked) if key else None
    wish = Reversal(found.seller_id, found.id, data.reason, request.user.user_id, reference)
    posting = await engine.of(request).post(wish, Reversals())
    if posting.outcome not in DONE:
        raise errors.refusal(posting, amount=found.amount, currency=found.currency)
    headers = {"Idempotent-Replayed": "true"} if posting.outcome is Outcome.REPLAYED else {}
    return Response(schemas.recharge(await find(request, found.id)), headers=headers)


async def find(request: ApiRequest, recharge_id: str) -> Recharge:
    """A recharge that the caller may see. Its id carries its seller."""
    if pages.is_uuid(recharge_id):
        seller_id = ids.seller_of(recharge_id)
        if request.user.is_staff or request.user.seller_id == seller_id:
            rows = await engine.of(request).read(*reverse.read(seller_id, recharge_id))
            if rows:
                return Recharge(*rows[0])
    raise errors.not_found("recharge")


def _phone_filter(written: str | None) -> int | None:
    if written is None:
        return None
    try:
        return phones.parse(written)
    except phones.PhoneError as error:
        raise invalid("phone_number", str(error)) from None


def _moment_filter(field: str, moment: datetime | None) -> int | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise Problem(
            Code.VALIDATION_ERROR,
            f"{field}: write the time with its zone, such as 2026-01-31T00:00:00Z",
            errors=[{"field": field, "code": "no_zone", "message": "has no time zone"}],
        )
    try:
        return clock.to_us(moment.astimezone(UTC))
    except OverflowError:
        raise invalid(field, "is outside the years 1 to 9999") from None


router = Router(
    path="/recharges",
    tags=["recharges"],
    route_handlers=[sell, sell_batch, list_recharges, read_recharge, reverse_recharge],
)
