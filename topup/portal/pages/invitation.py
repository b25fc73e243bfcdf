"""Invitation: whoever has the link chooses a password. It needs no log-in.

Owns the page. What makes a link good is `topup.sellers.invitations`'.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from topup.portal.menu import Page
from topup.portal.new_password import ChosenPasswordForm
from topup.sellers import invitations, members
from topup.sellers.models import User

GONE = 410
UNREADABLE = 422


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    try:
        member = invitations.read(token)
    except invitations.NotInvited:
        return render(request, "portal/invitation/void.html", status=GONE)
    form = ChosenPasswordForm(request.POST or None)
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


def _shown(
    request: HttpRequest, member: User, form: ChosenPasswordForm, *, status: int = 200
) -> HttpResponse:
    context = {"invited": member, "form": form}
    return render(request, "portal/invitation/page.html", context, status=status)


PAGE = Page(urls=[path("invitation/<str:token>/", invitation, name="invitation")])
