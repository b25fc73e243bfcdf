"""Invitations: a signed link by which a member chooses a password, once, within two days.

Owns the token's form. Nothing is stored: it names the member and is sealed with the password that the
member has now, so that it is void as soon as another is chosen. It must never be logged.
"""

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from topup.sellers.models import User

VALID_S = 48 * 3600
_SALT = "topup.sellers.invitation"
_SEAL_CHARACTERS = 32


class NotInvited(Exception):
    """This is no invitation, or it was used, or it is too old."""


def made(member: User) -> str:
    """The token of a link for this member, valid for VALID_S from now."""
    return signing.dumps([member.pk, _seal(member)], salt=_SALT)


def read(token: str) -> User:
    """The member whom a token invites. Raises NotInvited."""
    try:
        user_id, seal = signing.loads(token, salt=_SALT, max_age=VALID_S)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotInvited from error
    member = User.objects.filter(pk=user_id, is_active=True).exclude(seller=None).first()
    if member is None or not constant_time_compare(seal, _seal(member)):
        raise NotInvited
    return member


def _seal(member: User) -> str:
    return salted_hmac(_SALT, f"{member.pk}:{member.password}", algorithm="sha256").hexdigest()[
        :_SEAL_CHARACTERS
    ]
