"""`topup seed_demo`: staff and two sellers to begin with, on an installation where there is nobody.

Owns who they are. It prints one line of JSON for `topup up`, with passwords and keys that are shown
this once; it must never touch an installation that has users.
"""

import secrets
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from topup.management import demo
from topup.sellers import onboard, tokens
from topup.sellers.models import User

SELLERS = (("Shiraz Mobile", "shiraz"), ("Tabriz Charge", "tabriz"))
LABEL = "demo"
PASSWORD_BYTES = 12
# Two at once: the second waits for the first, and then finds users. Any number serves that is no
# other lock's.
LOCK = 7_465_647
LOCK_TIMEOUT = "9s"


class Command(BaseCommand):
    help = "Make staff and two sellers for a demonstration, where there is nobody yet."

    def handle(self, *args: Any, **options: Any) -> None:  # Django's own
        made = seed()
        self.stdout.write(msgspec.json.encode(made or {"seeded": False}).decode())


def seed() -> demo.Seeded | None:
    """Everybody, in one transaction, or None where there is somebody."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if User.objects.exists():
            return None
        return demo.Seeded(admin=_staff(), sellers=[_seller(name, username) for name, username in SELLERS])


def _staff() -> demo.Staff:
    password = settings.CONFIG.admin_password or secrets.token_urlsafe(PASSWORD_BYTES)
    user = User.objects.create_superuser(settings.CONFIG.admin_username, email="", password=password)
    return demo.Staff(username=user.username, password=password, token=_key(user))


def _seller(name: str, username: str) -> demo.Seller:
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    seller, user = onboard.register(
        name=name, username=username, password=password, email="", currency=settings.CONFIG.default_currency
    )
    return demo.Seller(id=seller.pk, name=name, username=username, password=password, token=_key(user))


def _key(user: User) -> str:
    _, written = tokens.issue(user=user, label=LABEL, now=timezone.now())
    return written
