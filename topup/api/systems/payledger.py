"""The calls of PayLedger: `/api-token-auth/`, `/api/sellers/` and `/api/payments/…`.

A table from them to those of `/api/v1`. A wrong password is told in the form of the framework that
PayLedger was made with; every other refusal is ours.
"""

from typing import Annotated

import msgspec
from litestar import Response, Router, post

from topup.api import bodies, books, credit_requests, guards, sellers, tokens
from topup.api.bodies import ApiRequest, KeyHeader
from topup.api.errors import Code, Problem
from topup.api.schemas import (
    CreditRequestOut,
    Input,
    Output,
    RechargeOut,
    SellerIn,
    SellerOut,
    Text,
    TokenIn,
)
from topup.api.systems import written
from topup.api.systems.written import CreditIn, SaleIn
from topup.sellers.roles import Deed
from topup.sellers.tokens import issue_in_turn

LABEL = "api-token-auth"
NO_REASON = "no reason was given"
WRONG = {"non_field_errors": ["Unable to log in with provided credentials."]}


class LogInIn(Input, frozen=True):
    username: Annotated[str, msgspec.Meta(max_length=150)]
    password: Annotated[str, msgspec.Meta(max_length=128)]


class KeyOut(Output, frozen=True):
    token: str


class RegisterIn(Input, frozen=True):
    """`name` is the username where it is left out."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    name: Annotated[str, msgspec.Meta(max_length=120)] = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""


class RejectIn(Input, frozen=True):
    reason: Text = NO_REASON


@post("/api-token-auth", status_code=200, summary="Log in", security=[])
async def log_in(request: ApiRequest, data: LogInIn) -> Response[KeyOut | dict[str, list[str]]]:
    """A key, shown this once. The oldest key that was made by this call gives way at last."""
    wanted = TokenIn(username=data.username, password=data.password, label=LABEL)
    try:
        _, key = await tokens.issued(request, wanted, issue_in_turn)
    except Problem as problem:
        if problem.code is not Code.UNAUTHENTICATED:
            raise
        return Response(WRONG, status_code=400)
    return Response(KeyOut(token=key), headers={"Cache-Control": "no-store"})


@post("/", guards=[sellers.open_or_staff], summary="Register a seller")
async def register(request: ApiRequest, data: RegisterIn) -> SellerOut:
    """A seller with its first member, who logs in with this username and password."""
    wanted = SellerIn(
        name=data.name or data.username, username=data.username, password=data.password, email=data.email
    )
    return await sellers.registered(request, wanted)


@post("/phone-charge", guards=[guards.selling], summary="Sell a recharge")
async def sell(request: ApiRequest, data: SaleIn, idempotency_key: KeyHeader = None) -> Response[RechargeOut]:
    return await written.sell(request, data, idempotency_key)


@post("/credit-requests", guards=[guards.seller, guards.may(Deed.ASK_CREDIT)], summary="Ask for credit")
async def ask(
    request: ApiRequest, data: CreditIn, idempotency_key: KeyHeader = None
) -> Response[CreditRequestOut]:
    return await written.ask(request, data, idempotency_key)


@post(
    "/credit-requests/{request_id:str}/reject",
    guards=[guards.staff, guards.may(Deed.DECIDE_CREDIT)],
    status_code=200,
    summary="Reject, once",
)
async def reject(request: ApiRequest, request_id: str) -> CreditRequestOut:
    """A body `{reason}` may be sent."""
    body = (await request.body()).strip()
    reason = bodies.decode(body, RejectIn).reason if body else NO_REASON
    return await credit_requests.rejected(request, request_id, reason)


decisions = Router(path="/credit-requests", route_handlers=[credit_requests.approve])
payments = Router(
    path="/api/payments", route_handlers=[sell, ask, decisions, reject, books.list_transactions]
)
router = Router(
    path="/",
    tags=["PayLedger"],
    route_handlers=[
        log_in,
        Router(path="/api/sellers", route_handlers=[register, sellers.list_sellers]),
        payments,
    ],
)
