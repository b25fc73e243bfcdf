"""`/phone-numbers`: the numbers that a seller keeps, and what any number was credited in all."""

from typing import Annotated

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec

from topup import clock, phones
from topup.api import engine, errors, guards, schemas
from topup.api.bodies import ApiRequest
from topup.api.engine import Engine
from topup.api.errors import invalid
from topup.api.pages import DEFAULT_PAGE, Page, PageLimit, Range
from topup.api.pages import Edge as EdgeParameter
from topup.gateways.directory import Directory, directory
from topup.recharges import phone_numbers
from topup.recharges.phone_numbers import MAX_LABEL, MAX_NUMBERS, NEWEST, OLDEST, Edge, Kept, Known
from topup.recharges.sell import SQL as SELLING
from topup.sellers.roles import Deed
from topup.trips import Row

FIRST_PRINTABLE = 0x20
DELETE_CHARACTER = 0x7F


class PhoneNumberIn(schemas.Input, frozen=True):
    """A label that is left out stays as it was; null takes it away."""

    phone_number: schemas.PhoneNumber
    label: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_LABEL)] | msgspec.UnsetType | None = (
        msgspec.UNSET
    )


class LastRechargeOut(schemas.Output, frozen=True):
    id: str
    seller_id: int
    reference: str
    status: str
    operator: str
    amount: int
    currency: str
    created_at: str


class PhoneNumberOut(schemas.Output, frozen=True):
    """With `more` there are more recharges than were summed: the counts and totals are at least these, and
    `last_recharge` is null."""

    phone_number: str
    registered: bool
    label: str | None
    operator: str | None
    recharges: int
    total_credited: int
    reversals: int
    total_reversed: int
    more: bool
    currency: str
    last_recharge: LastRechargeOut | None
    created_at: str | None


@get("/", guards=[guards.anybody], summary="List the numbers that a seller keeps")
async def list_numbers(
    request: ApiRequest,
    seller_id: int | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: EdgeParameter = None,
    ending_before: EdgeParameter = None,
) -> Page[PhoneNumberOut]:
    """Newest first; the edges are phone numbers. Staff name the seller."""
    whose = guards.whose(request.user, seller_id)
    if whose is None:
        raise invalid("seller_id", "name the seller whose numbers you want", code="required")
    if starting_after is not None and ending_before is not None:
        raise invalid("ending_before", "send only one of starting_after and ending_before")
    own = engine.of(request)
    part = Range("", "", limit, rising=ending_before is not None)
    asked = phone_numbers.read_list(
        rising=part.rising,
        seller_id=whose,
        before=await _edge(own, whose, "starting_after", starting_after, NEWEST),
        after=await _edge(own, whose, "ending_before", ending_before, OLDEST),
        fetch=part.fetch,
    )
    rows, operators = await own.run([asked, (SELLING["read_operators"], ())])
    prefixes = directory(tuple(operators))
    return part.page(rows, lambda row: show(phone_numbers.known(row), prefixes, own.config.default_currency))


@post(
    "/",
    guards=[guards.seller, guards.may(Deed.SELL)],
    responses={200: ResponseSpec(PhoneNumberOut, description="It was kept already")},
    summary="Keep a number under a label",
)
async def keep_number(request: ApiRequest, data: PhoneNumberIn) -> Response[PhoneNumberOut]:
    """201; 200 where it was kept already, with the label that is sent now."""
    own = engine.of(request)
    seller_id, number = request.user.seller_id, number_of("phone_number", data.phone_number)
    label = None if data.label is msgspec.UNSET else _label(data.label)
    ((found,),) = await own.run([phone_numbers.count(seller_id=seller_id, phone_number=number)])
    if Kept(*found).full:
        raise invalid(
            "phone_number", f"{MAX_NUMBERS} numbers are the most; forget one first", code="too_many"
        )
    relabel = data.label is not msgspec.UNSET
    asked = phone_numbers.keep(
        seller_id=seller_id, phone_number=number, label=label, relabel=relabel, now_us=clock.now_us()
    )
    ((new,),) = await own.read(*asked)
    return Response(await _read(own, number, seller_id), status_code=201 if new else 200)


@get("/{phone_number:str}", guards=[guards.anybody], summary="What a number was credited in all")
async def read_number(request: ApiRequest, phone_number: str, seller_id: int | None = None) -> PhoneNumberOut:
    """Of any number, kept or not. A seller sees what it sold itself; staff see all sellers, or one."""
    whose = guards.whose(request.user, seller_id)
    return await _read(engine.of(request), number_of("phone_number", phone_number), whose)


@delete(
    "/{phone_number:str}",
    guards=[guards.seller, guards.may(Deed.SELL)],
    summary="Forget a number and its label",
)
async def forget_number(request: ApiRequest, phone_number: str) -> None:
    """Its recharges stay, and so does what it was credited."""
    number = number_of("phone_number", phone_number)
    asked = phone_numbers.forget(seller_id=request.user.seller_id, phone_number=number)
    ((kept,),) = await engine.of(request).read(*asked)
    if not kept:
        raise errors.not_found("phone number among those you keep")


def number_of(field: str, written: str) -> int:
    """A number as a client writes it. Raises Problem."""
    try:
        return phones.parse(written)
    except phones.PhoneError as error:
        raise invalid(field, str(error)) from None


def show(known: Known, prefixes: Directory, currency: str) -> PhoneNumberOut:
    terms = prefixes.of(phones.national(known.phone_number))
    return PhoneNumberOut(
        phone_number=phones.show(known.phone_number),
        registered=known.created_at_us is not None,
        label=known.label,
        operator=terms.code if terms else None,
        recharges=known.recharges,
        total_credited=known.credited,
        reversals=known.reversals,
        total_reversed=known.reversed,
        more=known.more,
        currency=currency,
        last_recharge=_last(known, currency),
        created_at=None if known.created_at_us is None else clock.rfc3339(known.created_at_us),
    )


def _last(known: Known, currency: str) -> LastRechargeOut | None:
    last = known.last
    if last is None or known.seller_id is None:
        return None
    return LastRechargeOut(
        id=last.id,
        seller_id=known.seller_id,
        reference=last.reference,
        status=last.state,
        operator=last.operator,
        amount=last.amount,
        currency=currency,
        created_at=clock.rfc3339(last.created_at_us),
    )


async def _read(own: Engine, number: int, seller_id: int | None) -> PhoneNumberOut:
    asked = phone_numbers.read(phone_number=number, seller_id=seller_id)
    rows, operators = await own.run([asked, (SELLING["read_operators"], ())])
    found = phone_numbers.known(rows[0]) if rows else Known(number, None, None, None)
    return show(found, directory(tuple(operators)), own.config.default_currency)


async def _edge(own: Engine, seller_id: int, field: str, written: str | None, otherwise: Edge) -> Edge:
    """The place of a number in the seller's list. Raises Problem where it is not in it."""
    if written is None:
        return otherwise
    number = number_of(field, written)
    rows: list[Row] = await own.read(*phone_numbers.count(seller_id=seller_id, phone_number=number))
    since_us = Kept(*rows[0]).since_us
    if since_us is None:
        raise errors.not_found("phone number among those you keep")
    return Edge(since_us, number)


def _label(written: str | None) -> str | None:
    if any(ord(each) < FIRST_PRINTABLE or ord(each) == DELETE_CHARACTER for each in written or ""):
        raise invalid("label", "has a control character; write it in plain letters")
    return written


router = Router(
    path="/phone-numbers",
    tags=["phone numbers"],
    route_handlers=[list_numbers, keep_number, read_number, forget_number],
)
