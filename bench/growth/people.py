"""Many sellers at once: `python -m bench.growth.people COUNT FILE`, in the environment of an installation.

Makes sellers, their owners and keys, a thousand to a statement. They have no book: `bench.growth.life` gives
them one together with its past. FILE gets a line for each: key, number of the seller, number of the user.
"""

import os
import secrets
import sys
from pathlib import Path

import django
from django.utils import timezone

from topup import ids

PER_STATEMENT = 1_000
LABEL = "bench"


def main(*, count: int, file: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "topup.site.settings"
    django.setup()
    file.touch(mode=0o600)
    file.write_text(
        "".join(f"{key} {seller} {user}\n" for key, seller, user in _make(count)), encoding="ascii"
    )


def _make(count: int) -> list[tuple[str, int, int]]:
    """The written key, the seller and the user of each."""
    from topup.sellers import keys  # noqa: PLC0415  # its package's models need Django set up
    from topup.sellers.models import ApiKey, Seller, User  # noqa: PLC0415  # see above
    from topup.sellers.roles import Role  # noqa: PLC0415  # see above

    mark, now = secrets.token_hex(4), timezone.now()
    sellers = Seller.objects.bulk_create(
        [Seller(name=f"grown-{mark}-{place}", created_at=now) for place in range(count)], PER_STATEMENT
    )
    # "!" begins a password that nobody has.
    users = User.objects.bulk_create(
        [User(username=each.name, password="!", seller=each, role=Role.OWNER) for each in sellers],  # noqa: S106
        PER_STATEMENT,
    )
    made = [keys.make(ids.new(seller.pk)) for seller in sellers]
    rows = (
        ApiKey(id=key.id, user=user, label=LABEL, secret_sha256=key.digest(), created_at=now)
        for key, user in zip(made, users, strict=True)
    )
    ApiKey.objects.bulk_create(rows, PER_STATEMENT)
    return [(key.written(), each.pk, user.pk) for key, each, user in zip(made, sellers, users, strict=True)]


if __name__ == "__main__":
    main(count=int(sys.argv[1]), file=Path(sys.argv[2]))
