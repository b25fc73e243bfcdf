"""Invitation: whoever has the link chooses a password. The one page of the portal that needs no log-in.

Owns the page. What makes a link good is `topup.sellers.invitations`'.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from topup.portal.menu import Page
from topup.sellers import invitations, members
from topup.sellers.models import User

GONE = 410
UNREADABLE = 422
_NEW: dict[str, Any] = {"dir": "ltr", "autocomplete": "new-password"}  # attributes of an input


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        help_text=_("At least 8 characters, not digits alone, and nothing that others would guess."),
    )
    again = forms.CharField(label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs=_NEW))

    def clean(self) -> dict[str, Any]:  # Django's own
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", gettext("The two passwords differ."))
        return given


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    try:
        member = invitations.read(token)
    except invitations.NotInvited:
        return render(request, "portal/invitation/void.html", status=GONE)
    form = PasswordForm(request.POST or None)
    if request.method != "POST":
        return _shown(request, member, form)
    if form.is_valid():
        try:
            members.set_password(member=member, password=form.cleaned_data["password"])
        except ValidationError as error:
            form.add_error("password", error)
        else:
            messages.success(request, gettext("Your password is set. Log in with it."))
            return redirect("account_login")
    return _shown(request, member, form, status=UNREADABLE)


def _shown(request: HttpRequest, member: User, form: PasswordForm, *, status: int = 200) -> HttpResponse:
    context = {"invited": member, "form": form}
    return render(request, "portal/invitation/page.html", context, status=status)


PAGE = Page(urls=[path("invitation/<str:token>/", invitation, name="invitation")])
