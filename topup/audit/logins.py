"""Log-ins and log-outs of staff, as entries of the audit log.

Owns what listens to Django's announcements for the log; it must never decide anything. Those of sellers'
members are in security.log alone: the audit log is about what staff do.
"""

from typing import Any

from django.contrib.auth import signals

from topup.audit import log
from topup.audit.log import Act


def listen() -> None:
    """Called once, when Django is ready."""
    signals.user_logged_in.connect(_logged_in, dispatch_uid="topup.audit.in")
    signals.user_logged_out.connect(_logged_out, dispatch_uid="topup.audit.out")


def _logged_in(*, user: Any, **_: Any) -> None:  # a User, and what Django adds
    if user.is_staff:
        log.write(Act.LOGGED_IN, subject_type="user", subject_id=user.pk, by=user.pk)


def _logged_out(*, user: Any, **_: Any) -> None:  # a User or None, and what Django adds
    if user is not None and user.is_staff:
        log.write(Act.LOGGED_OUT, subject_type="user", subject_id=user.pk, by=user.pk)
