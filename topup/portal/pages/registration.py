"""Registration: whoever opens it becomes a seller with its owner, where OPEN_REGISTRATION lets anybody.

Owns the page. What is made of it is `topup.sellers.onboard`'s, as for `POST /sellers` and the console, and
its pace is that of log-ins, which it is counted with. It must never say more of others than that a
username is taken.
"""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from topup.portal.login import address_of
from topup.portal.menu import Page
from topup.portal.new_password import ChosenPasswordForm
from topup.sellers import onboard
from topup.sellers.models import Seller, User
from topup.telemetry import security

CLOSED = 404
UNREADABLE = 422
TOO_MANY = 429
COUNTED_AS = "login"
"""One limit for both, as the API has it: each costs the hash of a password."""
_NAMED: dict[str, Any] = {"dir": "auto", "autocomplete": "organization"}  # attributes of an input
_KNOWN: dict[str, Any] = {"dir": "ltr", "autocomplete": "username", "autocapitalize": "none"}
_MAIL: dict[str, Any] = {"dir": "ltr", "autocomplete": "email"}


class RegisterForm(ChosenPasswordForm):
    """A company and the person who begins. Whether they will do is for `onboard` to say."""

    name = forms.CharField(
        label=_("Name of the company"),
        max_length=Seller._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs=_NAMED),
    )
    username = forms.CharField(
        label=_("Username"),
        max_length=User._meta.get_field("username").max_length,
        help_text=_("You log in with it. Letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs=_KNOWN),
    )
    email = forms.EmailField(label=_("Email"), required=False, widget=forms.EmailInput(attrs=_MAIL))
    field_order = ("name", "username", "email", "password", "again")


@never_cache
def register(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("portal:home")
    if not settings.CONFIG.open_registration:
        return render(request, "portal/registration/closed.html", status=CLOSED)
    if request.method != "POST":
        return _shown(request, RegisterForm())
    form = RegisterForm(request.POST)
    if not ratelimit.consume(request, action=COUNTED_AS):
        return _too_many(request, form)
    owner = _registered(form) if form.is_valid() else None
    if owner is None:
        return _shown(request, form, status=UNREADABLE)
    perform_login(request, owner)
    messages.success(request, gettext("Welcome. Ask for credit, and you can sell as soon as it is approved."))
    return redirect("portal:home")


def _registered(form: RegisterForm) -> User | None:
    """The owner of the new seller; None where the form says now what is wrong."""
    given = {name: form.cleaned_data[name] for name in ("name", "username", "email", "password")}
    try:
        _seller, owner = onboard.register(**given, currency=settings.CONFIG.default_currency)
    except onboard.UsernameTaken:
        form.add_error("username", gettext("Somebody has this username."))
    except ValidationError as error:
        for field, texts in error.message_dict.items():
            form.add_error(field if field in form.fields else None, texts)
    else:
        return owner
    return None


def _too_many(request: HttpRequest, form: RegisterForm) -> HttpResponse:
    security.turned_away(
        status=TOO_MANY,
        code="rate_limited",
        method=request.method or "",
        route=request.path,
        address=address_of(request),
    )
    form.add_error(None, gettext("Too many attempts came from your address. Wait a minute, then try again."))
    return _shown(request, form, status=TOO_MANY)


def _shown(request: HttpRequest, form: RegisterForm, *, status: int = 200) -> HttpResponse:
    return render(request, "portal/registration/page.html", {"form": form}, status=status)


PAGE = Page(urls=[path("account/register/", register, name="register")])
