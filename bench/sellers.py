"""Sellers to measure with: `python -m bench.sellers COUNT FILE`, in the environment of an installation.

Owns how they come about, which is by the product's own domain functions: registered, given a key,
funded by an adjustment. Keys go to FILE, one a line; the key of a member of staff is printed.
"""

import os
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.test.utils import override_settings
from django.utils import timezone

from bench.scenarios import FUNDS_MINOR
from topup import database, ids
from topup.config import Config
from topup.credit.adjust import Adjustment, Adjustments
from topup.ledger import direct
from topup.ledger.outcomes import DONE

if TYPE_CHECKING:
    from topup.sellers.models import User

LABEL = "bench"
# Nobody logs in, and a hash that takes long a thousand times takes minutes.
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
PASSWORD_BYTES = 16


def main(*, count: int, file: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "topup.site.settings"
    django.setup()
    with override_settings(PASSWORD_HASHERS=[QUICK_HASHER]):
        _make(count=count, file=file)


def _make(*, count: int, file: Path) -> None:
    from topup.sellers.models import User  # noqa: PLC0415  # models need Django set up
    from topup.site.settings import CONFIG  # noqa: PLC0415  # so do settings

    now = timezone.now()
    staff = User.objects.create_superuser(_name(), email="", password=secrets.token_urlsafe(PASSWORD_BYTES))
    members = [_register(currency=CONFIG.default_currency) for _ in range(count)]
    _fund(CONFIG, [member.seller_id or 0 for member in members], by=staff.pk)
    file.touch(mode=0o600)
    file.write_text("".join(f"{_key(member, now)}\n" for member in members), encoding="ascii")
    print(_key(staff, now))


def _register(*, currency: str) -> "User":
    from topup.sellers import onboard  # noqa: PLC0415  # see above

    name = _name()
    _, user = onboard.register(
        name=name, username=name, password=secrets.token_urlsafe(PASSWORD_BYTES), email="", currency=currency
    )
    return user


def _key(user: "User", now: datetime) -> str:
    from topup.sellers import tokens  # noqa: PLC0415  # see above

    _, written = tokens.issue(user=user, label=LABEL, now=now)
    return written


def _fund(config: Config, seller_ids: list[int], *, by: int) -> None:
    wishes = [Adjustment(each, ids.new(each), FUNDS_MINOR, LABEL, by) for each in seller_ids]
    with database.connect(config) as connection:
        postings = direct.post(connection, wishes, Adjustments(), zone=config.time_zone)
    assert all(posting.outcome in DONE for posting in postings), postings


def _name() -> str:
    return f"bench-{secrets.token_hex(8)}"


if __name__ == "__main__":
    main(count=int(sys.argv[1]), file=Path(sys.argv[2]))
