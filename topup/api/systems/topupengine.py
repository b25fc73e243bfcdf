"""The calls of TopUpEngine: `/api/topup/`, its approval, and `/api/recharge/`.

A table from them to those of `/api/v1`; each answer has the fields of ours and a `balance`.
"""

from typing import TypeVar

import msgspec
from litestar import Response, Router, post

from topup.api import bodies, books, credit_requests, guards
from topup.api.bodies import ApiRequest, KeyHeader
from topup.api.schemas import CreditRequestOut, RechargeOut
from topup.api.systems import written
from topup.api.systems.written import CreditIn, SaleIn
from topup.sellers.roles import Deed


class ApprovedOut(CreditRequestOut, frozen=True):
    balance: int


class SoldOut(RechargeOut, frozen=True):
    balance: int


B = TypeVar("B", ApprovedOut, SoldOut)


@post("/topup", guards=[guards.seller, guards.may(Deed.ASK_CREDIT)], summary="Ask for credit")
async def ask(
    request: ApiRequest, data: CreditIn, idempotency_key: KeyHeader = None
) -> Response[CreditRequestOut]:
    """A request that is `pending` until staff decide."""
    return await written.ask(request, data, idempotency_key)


@post(
    "/topup/{request_id:str}/approve",
    guards=[guards.staff, guards.may(Deed.DECIDE_CREDIT)],
    status_code=200,
    summary="Approve, once",
)
async def approve(
    request: ApiRequest, request_id: str, idempotency_key: KeyHeader = None
) -> Response[ApprovedOut]:
    """The request and the seller's balance as it now stands."""
    answer = await credit_requests.approved(
        request, request_id, bodies.optional_key(request, idempotency_key)
    )
    book = await books.balance_of(request, answer.content.seller_id)
    return _with_balance(answer, ApprovedOut, book.available)


@post("/recharge", guards=[guards.selling], summary="Sell a recharge")
async def sell(request: ApiRequest, data: SaleIn, idempotency_key: KeyHeader = None) -> Response[SoldOut]:
    """The recharge and the balance after it."""
    answer = await written.sell(request, data, idempotency_key)
    return _with_balance(answer, SoldOut, answer.content.balance_after)


def _with_balance(
    answer: Response[CreditRequestOut] | Response[RechargeOut], shape: type[B], balance: int
) -> Response[B]:
    content = shape(**msgspec.structs.asdict(answer.content), balance=balance)
    return Response(content, status_code=answer.status_code, headers=answer.headers)


router = Router(path="/api", tags=["TopUpEngine"], route_handlers=[ask, approve, sell])
