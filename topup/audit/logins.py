"""Log-ins of staff, and what anybody changes of their own login, as entries of the audit log.

Owns what listens to the announcements of Django and allauth for the log; it must never decide anything.
Log-ins of sellers' members are in security.log alone: there are many, and they change nothing.
"""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth import signals

from topup.audit import log
from topup.audit.log import Act


def listen() -> None:
    """Called once, when Django is ready."""
    signals.user_logged_in.connect(_logged_in, dispatch_uid="topup.audit.in")
    signals.user_logged_out.connect(_logged_out, dispatch_uid="topup.audit.out")
    password_changed.connect(_changed_password, dispatch_uid="topup.audit.password")
    authenticator_added.connect(_switched_on, dispatch_uid="topup.audit.on")
    authenticator_removed.connect(_switched_off, dispatch_uid="topup.audit.off")
    authenticator_reset.connect(_made_codes, dispatch_uid="topup.audit.codes")


def _logged_in(*, user: Any, **_: Any) -> None:  # a User, and what Django adds
    if user.is_staff:
        log.write(Act.LOGGED_IN, subject_type="user", subject_id=user.pk, by=user.pk)


def _logged_out(*, user: Any, **_: Any) -> None:  # a User or None, and what Django adds
    if user is not None and user.is_staff:
        log.write(Act.LOGGED_OUT, subject_type="user", subject_id=user.pk, by=user.pk)


def _changed_password(*, user: Any, **_: Any) -> None:  # a User, and what allauth adds
    _note_own(Act.PASSWORD_CHANGED, user)


def _switched_on(*, user: Any, authenticator: Authenticator, **_: Any) -> None:  # as above
    if authenticator.type == Authenticator.Type.TOTP:  # its recovery codes come with it
        _note_own(Act.TWO_FACTOR_ON, user)


def _switched_off(*, user: Any, authenticator: Authenticator, **_: Any) -> None:  # as above
    if authenticator.type == Authenticator.Type.TOTP:
        _note_own(Act.TWO_FACTOR_OFF, user)


def _made_codes(*, user: Any, **_: Any) -> None:  # as above
    _note_own(Act.RECOVERY_CODES_MADE, user)


def _note_own(act: Act, user: Any) -> None:  # a User
    log.write(act, subject_type="user", subject_id=user.pk, seller_id=user.seller_id, by=user.pk)
