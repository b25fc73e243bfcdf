"""Sellers of the baseline: `python -m bench.baseline.people COUNT FILE`, with BASELINE_DSN set.

Makes the tables and the sellers, with funds and a key each; the keys go to FILE, one a line.
"""

import os
import secrets
import sys
from pathlib import Path

import django
from django.core.management import call_command

from bench.scenarios import FUNDS_MINOR


def main(*, count: int, file: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.baseline.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    keys = _make(count)
    file.touch(mode=0o600)
    file.write_text("".join(f"{key}\n" for key in keys), encoding="ascii")


def _make(count: int) -> list[str]:
    from django.contrib.auth.models import User  # noqa: PLC0415  # models need Django set up
    from rest_framework.authtoken.models import Token  # noqa: PLC0415  # see above

    from bench.baseline.models import Seller, Transaction  # noqa: PLC0415  # see above

    users = User.objects.bulk_create(User(username=f"seller-{place}") for place in range(count))
    sellers = Seller.objects.bulk_create(Seller(user=user, balance=FUNDS_MINOR) for user in users)
    Transaction.objects.bulk_create(
        Transaction(
            seller=seller, kind=Transaction.Kind.CREDIT, amount=FUNDS_MINOR, balance_after=FUNDS_MINOR
        )
        for seller in sellers
    )
    tokens = Token.objects.bulk_create(Token(user=user, key=secrets.token_hex(20)) for user in users)
    return [token.key for token in tokens]


if __name__ == "__main__":
    main(count=int(sys.argv[1]), file=Path(sys.argv[2]))
