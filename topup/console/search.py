"""The search of every page: a seller by name or number, anything by its id, a recharge by reference or phone.

Owns what is looked for and where. Every look-up goes along an index, because it is made while somebody
types; an id carries its seller.
"""

from contextlib import suppress
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from topup import clock, ids, phones
from topup.console import columns
from topup.console.permission import may
from topup.console.written import identifier
from topup.credit.models import CreditRequest
from topup.ledger.models import Movement
from topup.money import CURRENCIES
from topup.recharges.models import Recharge
from topup.sellers.models import Seller, User
from topup.sellers.roles import Deed

MAX_FOUND = 8
"""Of one kind: who finds more writes more of it."""
MAX_SELLERS = 5_000
"""Sellers among whom a reference is looked for, of the newest: its index begins with the seller."""
ASKED, MOVED = "request_quote", "swap_horiz"
"""Icons, by their names in the font."""
SHORTEST = 2
"""Characters: fewer name nothing."""


class Found(NamedTuple):
    """One line of the answer, as unfold's template reads it."""

    title: str
    description: str
    link: str
    icon: str


def answer(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """What unfold's search box shows. Nothing for a word that is too short."""
    term = request.GET.get("s", "").strip()
    if len(term) < SHORTEST and not term.isdecimal():
        return HttpResponse()
    began_s = clock.monotonic_s()
    found = everything(request, term)
    pages = Paginator(found, max(len(found), 1))
    context = {
        "page_obj": pages,
        "results": pages.page(1),
        "page_counter": 0,
        "execution_time": clock.monotonic_s() - began_s,
        "command_show_history": False,
    }
    request.current_app = site.name
    return TemplateResponse(request, "unfold/helpers/command_results.html", context)


def everything(request: HttpRequest, term: str) -> list[Found]:
    """What this person may see of what the term names."""
    if not may(request, Deed.READ):
        return []
    known = identifier(term)
    if known is not None:
        return _by_id(known)
    found = [*_sellers(term), *_recharges(term)]
    return [*found, *_users(term)]


def _by_id(known: str) -> list[Found]:
    seller_id = ids.seller_of(known)
    key = {"seller_id": seller_id, "id": known}
    of_the_journal = {"currency__in": list(CURRENCIES), "seq": ids.tail_of(known), **key}
    requests = CreditRequest.objects.filter(**key)
    return [
        *(
            _found(
                "credit_creditrequest",
                row,
                columns.money(row.amount, row.currency),
                _("Credit request"),
                ASKED,
            )
            for row in requests
        ),
        *(_recharge(row) for row in Recharge.objects.filter(**key)),
        *(
            _found("ledger_movement", row, str(row), _("Movement"), MOVED)
            for row in Movement.objects.filter(**of_the_journal)
        ),
    ]


def _sellers(term: str) -> list[Found]:
    named = Q(name__icontains=term)
    if term.isdecimal() and int(term) <= ids.MAX_SELLER_ID:
        named |= Q(pk=int(term))
    rows = Seller.objects.filter(named).order_by("pk")[:MAX_FOUND]
    return [_found("sellers_seller", row, f"{row.pk} {row.name}", _("Seller"), "storefront") for row in rows]


def _recharges(term: str) -> list[Found]:
    sellers = list(Seller.objects.order_by("-pk").values_list("pk", flat=True)[:MAX_SELLERS])
    wanted = Q(reference=term)
    with suppress(phones.PhoneError):  # it is a reference then, and nothing else
        wanted |= Q(phone_number=phones.parse(term))
    rows = Recharge.objects.filter(wanted, seller_id__in=sellers).order_by()[:MAX_FOUND]
    return [_recharge(row) for row in rows]


def _users(term: str) -> list[Found]:
    rows = User.objects.filter(username__istartswith=term).order_by("pk")[:MAX_FOUND]
    return [_found("sellers_user", row, row.username, _("User"), "person") for row in rows]


def _recharge(row: Recharge) -> Found:
    title = f"{columns.money(row.amount, row.currency)} · {row.reference}"
    return _found("recharges_recharge", row, title, _("Recharge"), "phone_iphone")


def _found(page: str, row: Any, title: str, kind: str, icon: str) -> Found:  # a row of any model
    return Found(title, kind, reverse(f"admin:{page}_change", args=[row.pk]), icon)
