"""Phone numbers: those that a seller keeps under a name, and what any number was credited in all.

Owns the page and its forms. A number is kept and forgotten by `topup.recharges.phone_numbers`; what it was
credited is summed from the recharges, whether anybody keeps it or not.
"""

import re
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from topup import clock, people
from topup.ledger import on_django
from topup.portal import reading
from topup.portal.access import MemberRequest, page
from topup.portal.fields import PhoneField
from topup.portal.menu import Entry, Page
from topup.portal.pages.recharges_filter import language
from topup.portal.paging import ROWS
from topup.recharges import phone_numbers
from topup.recharges.phone_numbers import MAX_LABEL, MAX_NUMBERS, NEWEST, OLDEST, Edge, Kept, Known
from topup.sellers.roles import Deed

WRONG = 422
KEEPING = "keep_%s"
"""The ids of the second form's fields: both forms of the page have a number."""
_EDGE = re.compile(r"([0-9]{1,18})-([0-9]{7,15})")


class Listed(NamedTuple):
    """A page of what is kept, and the queries of its neighbours, as `parts/pages.html` shows them."""

    rows: list[Known]
    newer: str
    older: str


class LookForm(forms.Form):
    """Which number to look at."""

    number = PhoneField(label=_("Phone number"))


class KeepForm(forms.Form):
    """Which number to keep, and under which name."""

    number = PhoneField(label=_("Phone number"))
    label = forms.CharField(
        required=False,
        max_length=MAX_LABEL,
        label=_("Name"),
        help_text=_("What you call it, such as the customer's name."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if not label.isprintable():
            raise forms.ValidationError(_("Write the name in plain letters."), code="control")
        return label


@page()
def numbers(request: MemberRequest) -> HttpResponse:
    looking = LookForm(request.GET if "number" in request.GET else None)
    number = looking.cleaned_data["number"] if looking.is_valid() else None
    known = None if number is None else _known(request.member.seller_id, number)
    return _shown(request, looking, KeepForm(auto_id=KEEPING), known)


@require_POST
@page(Deed.SELL)
def keep(request: MemberRequest) -> HttpResponse:
    """Keep a number, or give one that is kept another name."""
    seller_id, form = request.member.seller_id, KeepForm(request.POST, auto_id=KEEPING)
    if form.is_valid() and _is_full(seller_id, form.cleaned_data["number"]):
        most = people.number(MAX_NUMBERS, language())
        form.add_error("number", _now("%(most)s numbers are the most. Forget one first.") % {"most": most})
    if not form.is_valid():
        return _shown(request, LookForm(), form, None)
    wish = phone_numbers.keep(
        seller_id=seller_id,
        phone_number=form.cleaned_data["number"],
        label=form.cleaned_data["label"] or None,
        relabel=True,
        now_us=clock.now_us(),
    )
    (((new,),),) = on_django.trip([wish])
    messages.success(request, _("The number is kept.") if new else _("The number has its new name."))
    return redirect("portal:numbers")


@page(Deed.SELL)
def forget(request: MemberRequest) -> HttpResponse:
    """Asks first. Its recharges stay, and so does what it was credited."""
    form = LookForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return redirect("portal:numbers")
    seller_id, number = request.member.seller_id, form.cleaned_data["number"]
    if request.method != "POST":
        return render(request, "portal/phone_numbers/forget.html", {"known": _known(seller_id, number)})
    on_django.trip([phone_numbers.forget(seller_id=seller_id, phone_number=number)])
    messages.success(request, _("The number is forgotten. Its recharges stay."))
    return redirect("portal:numbers")


def _shown(request: MemberRequest, looking: LookForm, keeping: KeepForm, known: Known | None) -> HttpResponse:
    listed = _listed(request)
    context = {"looking": looking, "keeping": keeping, "known": known, "listed": listed}
    status = WRONG if looking.errors or keeping.errors else 200
    return render(request, "portal/phone_numbers/page.html", context, status=status)


def _known(seller_id: int, number: int) -> Known:
    (row,) = reading.rows(*phone_numbers.read(phone_number=number, seller_id=seller_id))
    return phone_numbers.known(row)


def _is_full(seller_id: int, number: int) -> bool:
    (row,) = reading.rows(*phone_numbers.count(seller_id=seller_id, phone_number=number))
    return Kept(*row).full


def _listed(request: MemberRequest) -> Listed:
    before, after = _edge(request, "before"), _edge(request, "after")
    rising = after is not None and before is None
    asked = phone_numbers.read_list(
        rising=rising,
        seller_id=request.member.seller_id,
        before=before or NEWEST,
        after=(after if rising else None) or OLDEST,
        fetch=ROWS + 1,
    )
    found = [phone_numbers.known(row) for row in reading.rows(*asked)]
    more, rows = len(found) > ROWS, found[:ROWS]
    if rising:
        rows.reverse()
    newer, older = (more, True) if rising else (before is not None, more)
    return Listed(
        rows,
        f"?after={_written(rows[0])}" if rows and newer else "",
        f"?before={_written(rows[-1])}" if rows and older else "",
    )


def _edge(request: MemberRequest, name: str) -> Edge | None:
    """A place in the list as a link of the list names it; what is none is the list's beginning."""
    written = _EDGE.fullmatch(request.GET.get(name, ""))
    return None if written is None else Edge(int(written[1]), int(written[2]))


def _written(known: Known) -> str:
    return f"{known.created_at_us}-{known.phone_number}"


PAGE = Page(
    urls=[
        path("numbers/", numbers, name="numbers"),
        path("numbers/keep/", keep, name="numbers_keep"),
        path("numbers/forget/", forget, name="numbers_forget"),
    ],
    entry=Entry(order=65, title=_("Phone numbers"), url="portal:numbers", icon="people"),
)
