"""Log-ins of Django's own: told in security.log when Django says that there was one.

Owns what listens to Django's three announcements; it must never decide anything.
"""

from typing import Any

from django.contrib.auth import signals
from django.http import HttpRequest

from topup.telemetry import security


def listen() -> None:
    """Called once, when Django is ready."""
    signals.user_logged_in.connect(_logged_in, dispatch_uid="topup.telemetry.in")
    signals.user_logged_out.connect(_logged_out, dispatch_uid="topup.telemetry.out")
    signals.user_login_failed.connect(_failed, dispatch_uid="topup.telemetry.failed")


def _logged_in(*, user: Any, **_: Any) -> None:  # a User, and what Django adds
    security.logged_in(user_id=user.pk, username=user.get_username(), by="console")


def _logged_out(*, user: Any, **_: Any) -> None:  # a User or None, and what Django adds
    if user is not None:
        security.logged_out(user_id=user.pk, username=user.get_username())


def _failed(
    *, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:  # whatever was given to log in with, cleansed by Django of passwords
    address = request.META.get("REMOTE_ADDR") if request is not None else None
    security.login_failed(username=str(credentials.get("username", "")), address=address)
