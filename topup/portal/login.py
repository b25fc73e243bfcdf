"""Logging in, for members and staff alike: username and password, then a code where one is set up.

Owns how allauth and axes are put together, and where each person lands. Too many failures of one user
from one address are locked out for a while. allauth signs nobody up: sellers are registered
(`topup/portal/pages/registration.py`).
"""

import base64
import logging
import secrets
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.decorators import axes_dispatch, axes_form_invalid
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from topup.telemetry import security
from topup.vault import CannotOpenError, Vault

log = logging.getLogger(__name__)

MESSAGES = {
    "account/messages/password_changed.txt": _("The password is changed."),
    "mfa/messages/totp_activated.txt": _("Two-factor login is on."),
    "mfa/messages/totp_deactivated.txt": _("Two-factor login is off."),
    "mfa/messages/recovery_codes_generated.txt": _("There are new recovery codes; the old ones are void."),
}


SEALED = "sealed:"
"""Before what the vault sealed: what was kept earlier has no colon."""
UNKNOWN_BYTES = 20
WRONG_CODE = _("This code is wrong or was used before.")
TOO_MANY_CODES = _("Too many codes were wrong. Wait five minutes, then try again.")


class SecondFactor(DefaultMFAAdapter):
    """What allauth asks this product about codes."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_generate_recovery_codes": _("Switch two-factor login on first."),
    }

    def encrypt(self, text: str) -> str:
        """What codes are made of, as the database may see it."""
        return SEALED + Vault(settings.CONFIG).seal(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What codes are made of. Where it was sealed under a key that is gone, nothing that fits any code.

        What was kept before there was a seal stands as it is.
        """
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        try:
            return Vault(settings.CONFIG).open(encrypted_text.removeprefix(SEALED).encode()).decode()
        except CannotOpenError:
            log.exception("a second factor fits no code any more; its user must set it up again")
            return base64.b32encode(secrets.token_bytes(UNKNOWN_BYTES)).decode()


class Adapter(DefaultAccountAdapter):
    """What allauth asks this product."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The username or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The present password is wrong."),
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": TOO_MANY_CODES,
        "rate_limited": TOO_MANY_CODES,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user: Any = request.user  # a User
        return reverse("admin:index") if user.is_staff else reverse("portal:home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **__: Any) -> None:  # allauth's own arguments
        """Nothing: axes counts wrong passwords, by user and address; allauth would count by user alone."""

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,  # allauth's own arguments
        **kwargs: Any,
    ) -> None:
        """In our own words; to be logged in, or out, is seen without being told."""
        said = MESSAGES.get(message_template or "")
        if said is not None:
            messages.add_message(request, level, said)

    def send_mail(self, *args: Any, **kwargs: Any) -> None:  # allauth's own arguments
        """Nothing: this product sends no mail."""


def address_of(request: HttpRequest) -> str:
    """Who called, by the word of a trusted proxy where there is one (`topup/site/forwarded.py`)."""
    address: str = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104  # a socket of a file has none
    return address


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The user that an attempt is about, in one way of writing: a capital letter makes no other user."""
    given = credentials or {}
    written = given.get("login") or given.get("username") or request.POST.get("login", "")
    return str(written).strip().casefold()


@method_decorator(axes_dispatch, name="dispatch")
@method_decorator(axes_form_invalid, name="form_invalid")
class LogIn(LoginView):
    """allauth's form, counted by axes."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # allauth's own
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"open_registration": settings.CONFIG.open_registration}


def locked(request: HttpRequest, *__: Any) -> HttpResponse:  # axes' own arguments
    """The page of who tried too often."""
    security.turned_away(
        status=429,
        code="locked",
        method=request.method or "",
        route="/account/login/",
        address=address_of(request),
    )
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60
    return render(request, "account/locked.html", {"minutes": minutes}, status=429)
