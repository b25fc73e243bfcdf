"""Issuing and revoking API keys.

A revoked key stops at the next request: the seller's book is told, and a sale that was
authenticated before is authenticated again.
"""

from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from topup import ids
from topup.audit import log
from topup.audit.log import Act
from topup.sellers import keys
from topup.sellers.models import ApiKey, User
from topup.telemetry import security

MAX_KEYS = 50
"""Keys of one user that are not revoked."""
KEYS_IN_TURN = 40
"""Keys of one label that `issue_in_turn` leaves; the rest of MAX_KEYS is for keys that people make."""


class TooManyKeys(Exception):
    """The user has MAX_KEYS keys already; revoke one first."""


class MadeBefore(Exception):
    """There is a key of this id: the same form was sent twice. Its secret is not to be had again."""


def issue(
    *, user: User, label: str, now: datetime, expires_at: datetime | None = None, key_id: str | None = None
) -> tuple[ApiKey, str]:
    """A new key and its written form, which is never to be had again. Raises TooManyKeys.

    A form that may be sent twice brings the id, so that it makes one key: MadeBefore is raised then.
    """
    if user.keys.filter(revoked_at=None).count() >= MAX_KEYS:
        raise TooManyKeys
    identifier = key_id or ids.new(user.seller_id or 0)
    key = keys.make(identifier)
    values = {"secret_sha256": key.digest(), "created_at": now, "expires_at": expires_at}
    with transaction.atomic():
        row, made = ApiKey.objects.get_or_create(
            id=identifier, defaults={"user": user, "label": label, **values}
        )
        if not made:
            raise MadeBefore
        _issued(user, identifier)
    return row, key.written()


def _issued(user: User, identifier: str) -> None:
    _note(Act.KEY_ISSUED, identifier, user)
    tell = partial(security.key_issued, key_id=identifier, user_id=user.pk, seller_id=user.seller_id)
    transaction.on_commit(tell)


def issue_in_turn(
    *, user: User, label: str, now: datetime, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key for a client that logs in whenever it starts; the oldest of this label give way.

    Raises TooManyKeys where keys of other labels leave no room.
    """
    with transaction.atomic():
        mine = user.keys.filter(label=label, revoked_at=None).order_by("-created_at", "-id")
        for old in mine[KEYS_IN_TURN - 1 :]:
            revoke(user=user, key_id=str(old.id), now=now)
        return issue(user=user, label=label, now=now, expires_at=expires_at)


def revoke(*, user: User, key_id: str, now: datetime | None = None) -> bool:
    """Revoke a user's own key; whether there was one to revoke."""
    with transaction.atomic():
        found = ApiKey.objects.filter(id=key_id, user=user, revoked_at=None)
        revoked = found.update(revoked_at=now or timezone.now())
        expire_authentications(user.seller_id)
        if revoked:
            _note(Act.KEY_REVOKED, key_id, user)
            tell = partial(security.key_revoked, key_id=key_id, user_id=user.pk, seller_id=user.seller_id)
            transaction.on_commit(tell)
    return bool(revoked)


def _note(act: Act, key_id: str, user: User) -> None:
    told = {"user": user.get_username()}
    log.write(act, subject_type="api_key", subject_id=key_id, seller_id=user.seller_id, after=told)


def expire_authentications(seller_id: int | None) -> None:
    """Make every sale of this seller prove its key again: its keys, members or addresses changed."""
    if seller_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger.expire_keys_v1(%s)", [seller_id])
