"""`/statement`: a seller's book over a time, streamed as JSON or CSV.

Owns what a client may ask for. It must never hold a whole statement, nor a database connection while
a client reads: each page is read, written and forgotten.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import QueryParameter
from litestar.response.base import ASGIResponse

from topup import clock
from topup.api import engine, errors, guards, schemas
from topup.api.bodies import ApiRequest
from topup.api.engine import Engine
from topup.api.errors import invalid
from topup.api.statement_forms import WRITERS, BalanceAtOut, Format, HeadOut, StatementOut, Writer
from topup.api.streaming import Desk, Streamed
from topup.ledger import statement
from topup.ledger.statement import Span, Sums, TooManyMovements
from topup.reconciliation.seals import keeping

LATEST_US = 253_402_300_799_999_999
"""The last microsecond of the year 9999, after which no time can be written."""


@dataclass
class AsCsvToo(Operation):
    """An operation whose description says that the answer may be CSV."""

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            answer.content["text/csv"] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))


_desk = Desk()

FromTime = Annotated[
    str | None,
    QueryParameter(
        name="from",
        description="RFC 3339 with a zone: movements made at this time or later; "
        "left out: from the book's first",
    ),
]
ToTime = Annotated[
    str | None,
    QueryParameter(
        name="to", description="RFC 3339 with a zone: movements made before this time; left out: now"
    ),
]


@get(
    "/statement",
    guards=[guards.anybody],
    tags=["books"],
    summary="A statement, as JSON or CSV",
    responses={200: ResponseSpec(StatementOut, description="The statement")},
    operation_class=AsCsvToo,
)
async def read_statement(
    request: ApiRequest,
    from_time: FromTime = None,
    to_time: ToTime = None,
    format: Format = Format.JSON,  # noqa: A002  # the parameter's name in the API
    seller_id: int | None = None,
) -> ASGIResponse:
    """Opening, every movement oldest first, closing. Staff name the seller. `to` itself is left out.

    It is streamed; one that was cut off lacks its closing.
    """
    whose = guards.whose(request.user, seller_id)
    if whose is None:
        raise invalid("seller_id", "name the seller whose statement you want", code="required")
    from_us = moment("from", from_time) if from_time else None
    to_us = moment("to", to_time) if to_time else clock.now_us()
    if (from_us or 0) > to_us:
        raise invalid("from", "is later than the end of the statement")
    writer = WRITERS[format]()
    pieces = _pieces(engine.of(request), request.user.user_id, whose, from_us, to_us, writer)
    await anext(pieces)
    return Streamed(iterator=pieces, media_type=writer.media_type, headers=_headers(whose, to_us, format))


async def _pieces(
    own: Engine, user_id: int, seller_id: int, from_us: int | None, to_us: int, writer: Writer
) -> AsyncGenerator[bytes, None]:
    """A statement in pieces. The first is empty: what comes before it may still be refused."""
    with _desk.place(user_id) as place:
        found = await _span(own, seller_id, from_us or 0, to_us)
        yield b""
        head = HeadOut(
            seller_id=seller_id,
            currency=found.currency,
            from_time=None if from_us is None else clock.rfc3339(from_us),
            to=clock.rfc3339(to_us),
            opening=BalanceAtOut(**found.opening._asdict()),
        )
        yield writer.begin(head)
        sums = Sums(found)
        while not sums.complete:
            _desk.hold(place)
            rows = await own.read(*statement.read_page(found, after=sums.balance.version))
            sums.add(rows)
            yield writer.page([schemas.transaction(row) for row in rows])
        seal = await asyncio.to_thread(
            keeping.inclusion, own.config, seller_id=seller_id, currency=found.currency
        )
        yield writer.end(head, sums.close(), sums.totals, seal)


async def _span(own: Engine, seller_id: int, from_us: int, to_us: int) -> Span:
    currency = own.config.default_currency
    asked = statement.read_span(seller_id=seller_id, currency=currency, from_us=from_us, to_us=to_us)
    rows = await own.read(*asked)
    if not rows:
        raise errors.not_found("seller")
    try:
        return statement.span(rows[0], seller_id=seller_id, currency=currency)
    except TooManyMovements as error:
        raise invalid("from", str(error), code="too_many") from None


def _headers(seller_id: int, to_us: int, form: Format) -> dict[str, str]:
    name = f"statement-{seller_id}-{clock.from_us(to_us):%Y%m%dT%H%M%SZ}.{form}"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def moment(field: str, written: str) -> int:
    """Microseconds since 1970 of a time as a client writes it. Raises Problem."""
    if " " in written:
        raise invalid(field, "has a space; write a + before the zone as %2B in an address")
    try:
        read = msgspec.convert(written, datetime)
    except msgspec.ValidationError:
        raise invalid(field, "is no RFC 3339 time such as 2026-01-31T00:00:00Z") from None
    if read.tzinfo is None:
        raise invalid(field, "has no time zone; write 2026-01-31T00:00:00Z", code="no_zone")
    moment_us = clock.to_us(read)
    if not 0 <= moment_us <= LATEST_US:
        raise invalid(field, "must be in the years from 1970 to 9999")
    return moment_us
