"""The calls of B2B Charge Service: `/api/credits/request/`, `/api/charges/sell/`, `/api/vendors/balance/`.

A table from them to those of `/api/v1`, in its envelope: `success`, `data`, `message`, and `code` in a
refusal. Its `/api/health/`, `/api/metrics/` and `/api/balance/verify/` are ours by name already.
"""

from typing import Any, Generic, TypeVar

import msgspec
from litestar import Response, Router, get, post

from topup.api import books, guards
from topup.api.bodies import ApiRequest, KeyHeader
from topup.api.errors import Problem
from topup.api.schemas import Output
from topup.api.systems import written
from topup.api.systems.written import CreditIn, SaleIn
from topup.sellers.roles import Deed

T = TypeVar("T")


class Envelope(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    success: bool = True
    data: T
    message: str


class CreditOut(Output, frozen=True):
    request_id: str
    status: str
    amount: int


class ChargeOut(Output, frozen=True):
    """`transaction_id` is the id of the recharge."""

    transaction_id: str
    balance_before: int
    balance_after: int
    amount: int


class VendorBalanceOut(Output, frozen=True):
    vendor_id: int
    balance: int
    held: int
    currency: str


@post("/credits/request", guards=[guards.seller, guards.may(Deed.ASK_CREDIT)], summary="Ask for credit")
async def ask(
    request: ApiRequest, data: CreditIn, idempotency_key: KeyHeader = None
) -> Response[Envelope[CreditOut]]:
    answer = await written.ask(request, data, idempotency_key)
    made = answer.content
    data_out = CreditOut(request_id=made.id, status=made.status, amount=made.amount)
    return _enveloped(answer, Envelope(data=data_out, message="Credit requested successfully"))


@post("/charges/sell", guards=[guards.selling], summary="Sell a recharge")
async def sell(
    request: ApiRequest, data: SaleIn, idempotency_key: KeyHeader = None
) -> Response[Envelope[ChargeOut]]:
    answer = await written.sell(request, data, idempotency_key)
    made = answer.content
    charge = ChargeOut(
        transaction_id=made.id,
        balance_before=made.balance_before,
        balance_after=made.balance_after,
        amount=made.amount,
    )
    return _enveloped(answer, Envelope(data=charge, message="Charge sold successfully"))


@get("/vendors/balance", guards=[guards.seller], summary="Balance")
async def read_balance(request: ApiRequest) -> Envelope[VendorBalanceOut]:
    seller_id = request.user.seller_id
    book = await books.balance_of(request, seller_id)
    balance = VendorBalanceOut(
        vendor_id=seller_id, balance=book.available, held=book.held, currency=book.currency
    )
    return Envelope(data=balance, message="Balance read successfully")


def refused(problem: Problem) -> dict[str, Any]:  # a JSON object
    """A refusal in this system's envelope."""
    return {"success": False, "data": None, "message": problem.detail, "code": str(problem.code)}


def _enveloped(answer: Response[Any], content: Envelope[T]) -> Response[Envelope[T]]:  # an answer of ours
    return Response(content, status_code=answer.status_code, headers=answer.headers)


router = Router(
    path="/api",
    tags=["B2B Charge Service"],
    opt={"refused": refused},
    route_handlers=[ask, sell, read_balance],
)
