"""Your login: password, two-factor login and the sessions of whoever looks. For every member.

Owns the page. The forms of password and second factor are allauth's, under `/account/`.
"""

from typing import NamedTuple

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from topup import clock
from topup.portal import devices, sessions
from topup.portal.access import MemberRequest, page
from topup.portal.pages.settings import sections


class Line(NamedTuple):
    """A session as the page shows it."""

    id: int
    browser: str
    system: str
    address: str
    begun_us: int
    seen_us: int
    current: bool


@require_GET
@page()
def show(request: MemberRequest) -> HttpResponse:
    lines = [_line(each, request) for each in sessions.of(request.user)]
    context = {
        "two_factor": is_mfa_enabled(request.user),
        "lines": sorted(lines, key=lambda line: not line.current),
        "others": sum(not line.current for line in lines),
    }
    return sections.show(request, "settings", "login.html", context)


@require_POST
@page(own=True)
def end(request: MemberRequest, session_id: int) -> HttpResponse:
    if sessions.end(request.user, session_id):
        messages.success(request, gettext("That session is ended."))
    else:
        messages.info(request, gettext("That session had ended already."))
    return redirect("portal:settings")


@require_POST
@page(own=True)
def end_others(request: MemberRequest) -> HttpResponse:
    count = sessions.end_others(request.user, kept=request.session.session_key or "")
    said = ngettext("%(count)d session is ended.", "%(count)d sessions are ended.", count)
    messages.success(request, said % {"count": count})
    return redirect("portal:settings")


def _line(found: UserSession, request: MemberRequest) -> Line:
    return Line(
        id=found.pk,
        browser=devices.browser_of(found.user_agent),
        system=devices.system_of(found.user_agent),
        address=found.ip,
        begun_us=clock.to_us(found.created_at),
        seen_us=clock.to_us(found.last_seen_at),
        current=found.session_key == request.session.session_key,
    )


URLS = [
    path("settings/", show, name="settings"),
    path("settings/sessions/end/", end_others, name="sessions_end"),
    path("settings/sessions/<int:session_id>/end/", end, name="session_end"),
]
