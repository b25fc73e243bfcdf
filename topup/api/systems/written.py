"""What clients of the earlier systems write: amounts with decimals, and sales without a key.

Owns the way from there to the bodies of `/api/v1`. An amount is read from the text that was sent,
so no float can come between.
"""

from typing import Annotated

import msgspec
from litestar import Response

from topup import ids, money
from topup.api import bodies, credit_requests, recharges
from topup.api.bodies import ApiRequest
from topup.api.errors import invalid
from topup.api.schemas import (
    CreditRequestIn,
    CreditRequestOut,
    Input,
    PhoneNumber,
    RechargeIn,
    RechargeOut,
    Text,
)

WrittenAmount = Annotated[
    msgspec.Raw,
    msgspec.Meta(
        description="Rials, as a number or a string; decimals may be written and must be zero",
        examples=["50000.00", 50000],
    ),
]


class SaleIn(Input, frozen=True):
    phone_number: PhoneNumber
    amount: WrittenAmount
    operator: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    allow_duplicate: bool = False


class CreditIn(Input, frozen=True):
    amount: WrittenAmount
    note: Text = ""


async def sell(request: ApiRequest, data: SaleIn, key: str | None) -> Response[RechargeOut]:
    """The answer to a sale. Without a key its reference is made here, so a retry is another sale."""
    reference = bodies.optional_key(request, key) or f"auto-{ids.new(request.user.seller_id)}"
    asked = RechargeIn(
        phone_number=data.phone_number,
        amount=_rials(data.amount),
        operator=data.operator,
        allow_duplicate=data.allow_duplicate,
    )
    return await recharges.sold(request, asked, reference)


async def ask(request: ApiRequest, data: CreditIn, key: str | None) -> Response[CreditRequestOut]:
    """The answer to a wish for credit."""
    asked = CreditRequestIn(amount=_rials(data.amount), note=data.note)
    return await credit_requests.asked(request, asked, bodies.optional_key(request, key))


def _rials(amount: msgspec.Raw) -> int:
    written = str(bytes(amount), "ascii", "replace")  # an amount has no other characters
    if written.startswith('"'):
        written = written[1:-1]
    try:
        return money.read_decimal(written)
    except money.AmountError as error:
        raise invalid("amount", str(error), code="not_an_amount") from None
