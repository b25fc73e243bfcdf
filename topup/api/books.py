"""`/balance` and `/transactions`: a seller's book, now or as of a time, and its journal."""

from datetime import UTC, datetime

from litestar import Router, get, patch

from topup import clock, ids
from topup.api import bodies, engine, errors, guards, pages, schemas
from topup.api.bodies import ApiRequest
from topup.api.errors import invalid
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit
from topup.api.schemas import BalanceChangeIn, BalanceOut, TransactionOut
from topup.ledger import literals
from topup.ledger.core import Book
from topup.ledger.door import SQL, load_book
from topup.sellers.roles import Deed

FIRST_SEQ = 0
ABOVE_ALL_SEQS = 2**62


@get("/balance", guards=[guards.seller], summary="Balance, now or at a time")
async def read_balance(request: ApiRequest, at: datetime | None = None) -> BalanceOut:
    """`total` is what is available and held together; `version` numbers the last movement."""
    bodies.refuse_numbers(request, "at")
    return await balance_of(request, request.user.seller_id, at)


async def balance_of(request: ApiRequest, seller_id: int, at: datetime | None = None) -> BalanceOut:
    """A seller's balance, now or at a time. Raises Problem."""
    own = engine.of(request)
    (row,) = await own.read(SQL["read_books"], (literals.numbers([seller_id]),))
    book = load_book(row)
    if at is None:
        return standing(book, currency=own.config.default_currency, as_of_us=clock.now_us())
    if at.tzinfo is None:
        raise invalid("at", "has no time zone; write 2026-01-31T00:00:00Z", code="no_zone")
    as_of_us = _moment(at)
    rows = await own.read(SQL["book_at"], (seller_id, own.config.default_currency, as_of_us))
    available, held, seq = rows[0] if rows else (0, 0, 0)
    then = book._replace(available=available, held=held, seq=seq)
    return standing(then, currency=own.config.default_currency, as_of_us=as_of_us)


def standing(book: Book, *, currency: str, as_of_us: int) -> BalanceOut:
    """A book as its seller sees it."""
    return BalanceOut(
        currency=currency,
        available=book.available,
        held=book.held,
        total=book.available + book.held,
        version=book.seq,
        low_balance_threshold=book.low_balance_threshold,
        as_of=clock.rfc3339(as_of_us),
    )


@patch(
    "/balance",
    guards=[guards.seller, guards.may(Deed.MANAGE_SELLER)],
    summary="Be told when the balance is low",
)
async def watch_balance(request: ApiRequest, data: BalanceChangeIn) -> BalanceOut:
    """One `balance.low` each time that a movement takes `available` from the threshold or above to under
    it; not one for each sale below."""
    seller_id = request.user.seller_id
    await engine.of(request).read(SQL["watch"], (seller_id, data.low_balance_threshold))
    return await balance_of(request, seller_id)


@get("/transactions", guards=[guards.anybody], summary="The journal")
async def list_transactions(
    request: ApiRequest,
    seller_id: int | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[TransactionOut]:
    """Every movement of a book, newest first. Staff name the seller."""
    whose = guards.whose(request.user, seller_id)
    if whose is None:
        raise invalid("seller_id", "name the seller whose journal you want", code="required")
    wanted = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    below = _seq("starting_after", starting_after, whose, ABOVE_ALL_SEQS)
    above = _seq("ending_before", ending_before, whose, FIRST_SEQ)
    own = engine.of(request)
    rows = await own.read(
        wanted.order(SQL["list_movements"]),
        (min(whose, ABOVE_ALL_SEQS), own.config.default_currency, below, above, wanted.fetch),
    )
    return wanted.page(rows, schemas.transaction)


def _moment(at: datetime) -> int:
    try:
        return clock.to_us(at.astimezone(UTC))
    except OverflowError:
        raise invalid("at", "is outside the years 1 to 9999") from None


def _seq(field: str, movement_id: str | None, seller_id: int, otherwise: int) -> int:
    """A movement's number from its id, which carries it."""
    if movement_id is None:
        return otherwise
    identifier = pages.uuid_of(field, movement_id)
    if ids.seller_of(identifier) != seller_id:
        raise errors.not_found("transaction")
    return ids.tail_of(identifier)


router = Router(path="/", tags=["books"], route_handlers=[read_balance, watch_balance, list_transactions])
