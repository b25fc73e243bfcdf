"""Changing a part of a seller's standing and keeping the rest as it is; it holds from the next sale on.

Owns the reading of the rest, under the book's lock: of two staff who change different parts at the
same time, neither undoes what the other did.
"""

from typing import Literal, TypedDict, Unpack

from django.db import connection, transaction

from topup.audit import log
from topup.audit.log import Act
from topup.ledger.models import Book

PARTS: tuple[Literal["active", "daily_limit", "per_recharge_max", "duplicate_window_s"], ...] = (
    "active",
    "daily_limit",
    "per_recharge_max",
    "duplicate_window_s",
)
"""In the order of the arguments of `ledger.configure_v1`."""


class Change(TypedDict, total=False):
    """The parts that change; limits in minor units, None for none; a window of None is the default."""

    active: bool
    daily_limit: int | None
    per_recharge_max: int | None
    duplicate_window_s: int | None


def change(seller_id: int, *, reason: str = "", **parts: Unpack[Change]) -> bool:
    """Set these parts; whether anything is different now, which the audit log has then.

    Raises Book.DoesNotExist.
    """
    with transaction.atomic():
        book = Book.objects.select_for_update(no_key=True).get(pk=seller_id)
        kept = Change(
            active=book.active,
            daily_limit=book.daily_limit,
            per_recharge_max=book.per_recharge_max,
            duplicate_window_s=book.duplicate_window_s,
        )
        wanted = kept | parts
        if wanted == kept:
            return False
        with connection.cursor() as cursor:
            values = [wanted[part] for part in PARTS]
            cursor.execute("SELECT ledger.configure_v1(%s, %s, %s, %s, %s)", [seller_id, *values])
        log.write(
            Act.STANDING_CHANGED,
            subject_type="seller",
            subject_id=seller_id,
            seller_id=seller_id,
            reason=reason,
            before=kept,
            after=wanted,
        )
    return True
