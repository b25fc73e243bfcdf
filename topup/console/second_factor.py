"""The second factor of staff, where the installation requires one: who has none sets it up first.

Owns the question before every page. Setting it up is done on the pages of the log-in, which ask for the
password again where that was long ago.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

REQUIRED = "required"


def is_missing(request: HttpRequest) -> bool:
    """Whether who asks must set up a second factor before they see anything."""
    if settings.CONFIG.staff_two_factor != REQUIRED or not request.user.is_authenticated:
        return False
    user: Any = request.user  # a User
    return not is_mfa_enabled(user, types=[Authenticator.Type.TOTP])


def ask(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("The console opens when two-factor login is switched on."))
    return redirect("mfa_activate_totp")
