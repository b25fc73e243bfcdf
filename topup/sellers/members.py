"""Members of a seller: inviting them, their roles, letting them go. One transaction each, on record.

Owns that a seller never loses its last owner, and that what changes holds from the member's next request
on. A member is switched off, never deleted: requests and movements name users for ever.
"""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from topup.audit import log
from topup.audit.log import Act
from topup.sellers.models import Seller, User
from topup.sellers.roles import MEMBERS, Role
from topup.sellers.tokens import expire_authentications

MAX_MEMBERS = 100
"""Members of a seller, also those that are switched off: a page shows them all."""
TOLD = ("username", "first_name", "last_name", "role", "is_active")


class UsernameTaken(Exception):
    """Somebody, perhaps elsewhere, has this username."""


class TooManyMembers(Exception):
    """The seller has MAX_MEMBERS members."""


class LastOwner(Exception):
    """Without this one nobody could manage the seller."""


class Oneself(Exception):
    """Nobody takes their own role or access away by a slip; another owner can."""


def invite(*, seller_id: int, username: str, name: str, role: Role) -> User:
    """A new member, who cannot log in before choosing a password (`topup.sellers.invitations`).

    Raises UsernameTaken, TooManyMembers, or Django's ValidationError for a username that won't do.
    """
    with transaction.atomic():
        _lock(seller_id)
        if User.objects.filter(seller_id=seller_id).count() >= MAX_MEMBERS:
            raise TooManyMembers
        if User.objects.filter(username__iexact=username).exists():
            raise UsernameTaken
        member = User(username=username, first_name=name, seller_id=seller_id, role=_of_members(role))
        member.set_unusable_password()
        member.full_clean()
        try:
            member.save()
        except IntegrityError as error:  # another took it meanwhile
            raise UsernameTaken from error
        _note(Act.USER_ADDED, member, None)
    return member


def change_role(*, seller_id: int, user_id: int, role: Role, by: int) -> bool:
    """Give a member another role; whether it is another. Raises Oneself, LastOwner, User.DoesNotExist."""
    return _change(seller_id, user_id, by, role=_of_members(role))


def switch(*, seller_id: int, user_id: int, active: bool, by: int) -> bool:
    """Let a member in, or no longer: log-ins, sessions and keys. Raises as `change_role` does."""
    return _change(seller_id, user_id, by, is_active=active)


def set_password(*, member: User, password: str) -> None:
    """The password that a member chose by an invitation. Raises Django's ValidationError."""
    validate_password(password, member)
    with transaction.atomic():
        member.set_password(password)
        member.save(update_fields=["password"])
        expire_authentications(member.seller_id)
        log.write(
            Act.PASSWORD_CHANGED,
            subject_type="user",
            subject_id=member.pk,
            seller_id=member.seller_id,
            by=member.pk,
        )


def _change(seller_id: int, user_id: int, by: int, **wanted: Any) -> bool:  # fields of a user
    if user_id == by:
        raise Oneself
    with transaction.atomic():
        _lock(seller_id)
        member = User.objects.get(pk=user_id, seller_id=seller_id)
        former = _told(member)
        for name, value in wanted.items():
            setattr(member, name, value)
        if _told(member) == former:
            return False
        member.save(update_fields=list(wanted))
        if not User.objects.filter(seller_id=seller_id, role=Role.OWNER, is_active=True).exists():
            raise LastOwner
        expire_authentications(seller_id)
        _note(Act.USER_CHANGED, member, former)
    return True


def _lock(seller_id: int) -> None:
    """Changes of one seller's members take turns: two owners cannot each let the other go."""
    Seller.objects.select_for_update(no_key=True).get(pk=seller_id)


def _of_members(role: Role) -> Role:
    if role not in MEMBERS:
        raise ValueError(f"{role} is no role of a member")
    return role


def _told(member: User) -> dict[str, Any]:  # what the audit log has of a user
    return {name: getattr(member, name) for name in TOLD}


def _note(act: Act, member: User, former: dict[str, Any] | None) -> None:
    log.write(
        act,
        subject_type="user",
        subject_id=member.pk,
        seller_id=member.seller_id,
        before=former,
        after=_told(member),
    )
