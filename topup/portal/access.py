"""Who may open a page of the portal: members of a seller, by what their role allows; and staff who look.

Owns the way from a request to the member behind it. A view behind `@page` finds `request.member` and
`request.book`, and must look at no other seller's rows than `request.member.seller_id`'s.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from topup.ledger.models import Book
from topup.portal import looking
from topup.sellers.models import Seller, User
from topup.sellers.roles import Deed, Role, deeds_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OF_HTMX = "HX-Request"
P = ParamSpec("P")


class Member(NamedTuple):
    """Who looks at the page, and for which seller."""

    user_id: int
    name: str
    seller_id: int
    seller_name: str
    role: Role
    deeds: frozenset[Deed]


class MemberRequest(HttpRequest):
    """A request that has passed `@page`. `book` is as it was when the request came."""

    user: User
    member: Member
    book: Book


View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
Entered = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(deed: Deed = Deed.READ, *, own: bool = False) -> Callable[[View[P]], Entered[P]]:
    """Let in the members whose role allows this; a suspended seller's members may still read.

    What is `own` is about the member alone, such as ending a session: it is theirs to send while the seller
    is suspended, too.

    Others are led to where they belong: nobody to the log-in and back, staff to their console, unless
    they look at this seller's portal (`topup/portal/looking.py`).
    """

    def guarded(view: View[P]) -> Entered[P]:
        @never_cache
        @wraps(view)
        def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            turned_away = _turned_away(request, deed, own=own)
            return turned_away or view(cast("MemberRequest", request), *args, **kwargs)

        return entered

    return guarded


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """The page that says what may not be done, and why: `role`, `suspended`, `looking` or `nobody`."""
    return render(request, "portal/errors/refused.html", {"why": why}, status=403)


def _turned_away(request: HttpRequest, deed: Deed, *, own: bool) -> HttpResponse | None:
    user: Any = request.user  # a User, or nobody
    if not user.is_authenticated:
        return _to_login(request)
    if user.is_staff:
        return _let_look(request, user, deed)
    if user.seller_id is None:
        return refused(request, "nobody")
    member = _enter(request, user)
    if deed not in member.deeds:
        return refused(request, "role")
    sends = request.method not in SAFE_METHODS and not own
    if sends and not cast("MemberRequest", request).book.active:
        return refused(request, "suspended")
    return None


def _let_look(request: HttpRequest, user: User, deed: Deed) -> HttpResponse | None:
    """Staff belong in the console, unless they look at a seller's portal; then they read what they may."""
    look = looking.at(request)
    if look is None or Deed.READ not in user.deeds:
        if OF_HTMX in request.headers:
            return HttpResponse(status=401, headers={"HX-Redirect": reverse("admin:index")})
        return redirect("admin:index")
    seller = Seller.objects.get(pk=look.seller_id)
    deeds, entered = deeds_of(Role.VIEWER), cast("MemberRequest", request)
    entered.member = Member(user.pk, user.get_username(), seller.pk, seller.name, Role.VIEWER, deeds)
    entered.book = Book.objects.get(seller_id=seller.pk)
    if request.method not in SAFE_METHODS or deed not in deeds or not looking.is_allowed(request):
        return refused(request, "looking")
    looking.note(request, look)
    request.look = look  # type: ignore[attr-defined]  # for the frame around the page
    return None


def _enter(request: HttpRequest, user: User) -> Member:
    assert user.seller_id is not None
    assert user.seller is not None
    assert user.standing is not None
    name = user.get_full_name() or user.get_username()
    member = Member(user.pk, name, user.seller_id, user.seller.name, user.standing, user.deeds)
    entered = cast("MemberRequest", request)
    entered.member = member
    entered.book = Book.objects.get(seller_id=member.seller_id)
    return member


def _to_login(request: HttpRequest) -> HttpResponse:
    if OF_HTMX in request.headers:
        # A part of a page that asks in the background: the whole page goes to the log-in and comes back.
        back = redirect_to_login(request.headers.get("HX-Current-URL", "/"), reverse("account_login"))
        return HttpResponse(status=401, headers={"HX-Redirect": back.url})
    return redirect_to_login(request.get_full_path(), reverse("account_login"))
