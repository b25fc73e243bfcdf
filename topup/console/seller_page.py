"""What a seller's page shows beside its form: balance, members, keys, statements.

Owns what is read for it, each part with a limit. It must never change anything.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings

from topup import clock, people
from topup.console import columns
from topup.sellers.models import ApiKey, User

MEMBERS_SHOWN = 50
"""A page is for reading; a seller with more members has them in the list of users."""
KEYS_SHOWN = 50
MONTHS_SHOWN = 3


def about(seller: Any) -> dict[str, Any]:  # a seller with its book's fields; what the template reads
    members = User.objects.filter(seller_id=seller.pk).order_by("id")
    keys = ApiKey.objects.filter(user__seller_id=seller.pk, revoked_at=None).select_related("user")
    currency = seller.currency or settings.CONFIG.default_currency
    return {
        "seller": seller,
        "balance": {
            name: columns.money(getattr(seller, name) or 0, currency)
            for name in ("available", "held", "sold")
        },
        "version": columns.number(seller.seq or 0),
        "members": list(members[:MEMBERS_SHOWN]),
        "keys": list(keys[:KEYS_SHOWN]),
        "statements": statements(seller.pk),
    }


def statements(seller_id: int) -> list[tuple[str, str]]:
    """The last months, each with the address of its statement as CSV."""
    language, zone = columns.language(), settings.TIME_ZONE
    day = people.local(clock.now_us(), zone).date()
    found = []
    for _ in range(MONTHS_SHOWN):
        begins = people.month_begins(day, language)
        after = people.month_begins(begins + timedelta(days=32), language)
        span = {"seller_id": seller_id, "from": _midnight(begins), "to": _midnight(after), "format": "csv"}
        found.append((people.month_in_words(begins, language), f"/api/v1/statement?{urlencode(span)}"))
        day = begins - timedelta(days=1)
    return found


def _midnight(day: date) -> str:
    """The day's beginning where people live, as the API reads a moment."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).isoformat()
