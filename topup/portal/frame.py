"""What every template finds: the theme, and for a member the menu, the balance and the name.

Owns the frame around a page. It reads nothing from the database that `@page` has not read already.
"""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from topup.portal import live, looking
from topup.portal.access import Member, MemberRequest, page
from topup.portal.pages import PAGES
from topup.sellers.looking import Look

THEME_COOKIE = "theme"
THEMES = ("system", "light", "dark")
A_YEAR_S = 365 * 24 * 3600
IN_THE_BAR = 4
"""Entries in the bar of a phone; the fifth place is for all others."""


class Link(NamedTuple):
    """An entry of the menu as this member sees it on this page."""

    title: "Promise | str"
    href: str
    icon: str
    current: bool


def frame(request: HttpRequest) -> dict[str, Any]:  # a template's context
    """Django's context processor."""
    found: dict[str, Any] = {"theme": theme_of(request), "themes": THEMES}
    member: Member | None = getattr(request, "member", None)
    if member is not None:
        look: Look | None = getattr(request, "look", None)
        links = menu_of(member, request.path, looks=look is not None)
        found |= {"member": member, "book": request.book, "menu": links}  # type: ignore[attr-defined]  # set by @page
        found |= {"look": look}
        found |= {"bar": links[:IN_THE_BAR], "beyond_bar": links[IN_THE_BAR:], "balance": balance(request)}
    return found


def menu_of(member: Member, path: str, *, looks: bool = False) -> list[Link]:
    """The pages that this member's role allows; of who only looks, those that may be looked at."""
    entries = sorted((each.entry for each in PAGES if each.entry), key=lambda entry: entry.order)
    allowed = [
        each for each in entries if each.deed in member.deeds and (not looks or looking.shows(each.url))
    ]
    links = [(entry, reverse(entry.url)) for entry in allowed]
    return [Link(entry.title, href, entry.icon, _is_current(href, path)) for entry, href in links]


def _is_current(href: str, path: str) -> bool:
    return path == href if href == "/" else path.startswith(href)


def balance(request: HttpRequest) -> str:
    """The balance of the header, which keeps itself up to date."""
    return live.part(
        request, key="balance", url=reverse("portal:balance"), template="portal/parts/balance.html"
    )


@page()
def read_balance(request: MemberRequest) -> HttpResponse:
    return live.answer(
        request, key="balance", url=reverse("portal:balance"), template="portal/parts/balance.html"
    )


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, THEMES[0])
    return chosen if chosen in THEMES else THEMES[0]


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie, so that the first byte of the next page has it already."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = redirect(back)
    chosen = request.POST.get(THEME_COOKIE)
    if chosen in THEMES:
        answer.set_cookie(
            THEME_COOKIE, chosen, max_age=A_YEAR_S, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return answer
