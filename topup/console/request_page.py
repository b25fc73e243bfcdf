"""What stands beside a credit request while it is decided: the seller's history, and its neighbours.

Owns what is read for it, each part with a limit. It must never decide anything.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import F

from topup import clock, people, trips
from topup.console import columns, reading, words
from topup.console.wording import Title
from topup.credit import decide
from topup.credit.models import CreditRequest
from topup.credit.receipts import MediaType
from topup.ledger import on_django
from topup.ledger.models import Book
from topup.sellers.models import User

EARLIER_SHOWN = 8
OTHERS_SHOWN = 5
"""Of the requests that stand on the same transfer: one is enough to be warned by."""
DAYS = 30
DAY_US = 86_400 * clock.US_PER_SECOND
PENDING = {"state": "pending"}


class Other(NamedTuple):
    """Another request that stands on the same transfer, as the warning names it."""

    id: str
    seller: str
    amount: str
    state: Title | None
    asked_at: str


def about(row: Any, *, by: int) -> dict[str, Any]:  # a request with its names; what the template reads
    book = Book.objects.filter(pk=row.seller_id).first()
    earlier = CreditRequest.objects.filter(seller_id=row.seller_id).exclude(pk=row.pk).order_by("-id")
    proposed_by = _proposed_by(row)
    above = settings.CONFIG.credit_four_eyes_above
    return {
        "row": row,
        "amount": columns.money(row.amount, row.currency),
        "seller_named": columns.called(row.seller_name),
        "requester_named": columns.called(row.requested_by_name),
        "asked_at": columns.when(row.created_at_us),
        "state": words.REQUEST_STATES.get(row.state, row.state),
        "pending": row.state == PENDING["state"],
        "own": row.requested_by == by,
        "receipt": _receipt_type(row),
        "proposer": None if proposed_by is None else columns.called(_name(proposed_by)),
        "proposed_by_me": proposed_by == by,
        "needs_two": proposed_by is not None or 0 < above < row.amount,
        "available": columns.money(book.available, book.currency) if book else columns.EMPTY,
        "held": columns.money(book.held, book.currency) if book else columns.EMPTY,
        "sold": columns.money(_sold_lately(row.seller_id), row.currency),
        "earlier": [_line(each) for each in earlier[:EARLIER_SHOWN]],
        "same_number": _used_before("same_bank_reference", row),
        "same_receipt": _used_before("same_receipt", row),
        "previous": previous(str(row.pk)),
        "following": following(str(row.pk)),
    }


def following(request_id: str) -> str | None:
    """The next that waits, older than this one, as the queue shows them; after the last, none."""
    found = (
        CreditRequest.objects.filter(id__lt=request_id, **PENDING)
        .order_by("-id")
        .values_list("pk", flat=True)
    )
    return _written(found.first())


def previous(request_id: str) -> str | None:
    found = (
        CreditRequest.objects.filter(id__gt=request_id, **PENDING).order_by("id").values_list("pk", flat=True)
    )
    return _written(found.first())


def _written(identifier: Any) -> str | None:  # a UUID or None
    return None if identifier is None else str(identifier)


def _proposed_by(row: Any) -> int | None:  # a request
    own = on_django.own_connection()
    (rows,) = trips.run(own, [decide.read(row.seller_id, str(row.pk))])
    return decide.CreditRequest(*rows[0]).proposed_by if rows else None


def _receipt_type(row: Any) -> MediaType | None:  # a request
    found = reading.rows("receipt_type", row.seller_id, str(row.pk))
    return MediaType(found[0][0]) if found else None


def _sold_lately(seller_id: int) -> int:
    rows = reading.rows("sold_since", seller_id, clock.now_us() - DAYS * DAY_US)
    return int(rows[0][0]) if rows else 0


def _used_before(name: str, row: Any) -> list[Other]:  # a request
    """The other requests that stand on the same transfer: one of the two is wrong."""
    return [
        Other(
            id=other_id,
            seller=f"{seller} ({columns.number(number)})",
            amount=columns.money(amount, currency),
            state=words.REQUEST_STATES.get(state, state),
            asked_at=columns.when(at_us),
        )
        for other_id, number, seller, amount, currency, state, at_us in reading.rows(
            name, row.seller_id, str(row.pk), OTHERS_SHOWN
        )
    ]


def _line(row: CreditRequest) -> tuple[str, str, Any]:
    day = people.local(row.created_at_us, settings.TIME_ZONE).date()
    when = people.day(day, columns.language())
    return when, columns.money(row.amount, row.currency), words.REQUEST_STATES.get(row.state, row.state)


def _name(user_id: int) -> str:
    return User.objects.filter(pk=user_id).values_list(F("username"), flat=True).first() or str(user_id)
