"""Low balance: the amount under which the seller wants to be told. For owners.

Owns the page. When somebody is told is the ledger's: a movement that goes under it tells, once.
"""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup import people, sqlfiles
from topup.ledger.door import SQL as LEDGER
from topup.portal import reading, writing
from topup.portal.access import MemberRequest, page
from topup.portal.fields import MoneyField
from topup.portal.pages.settings import sections
from topup.portal.templatetags.people import language
from topup.sellers.roles import Deed

SQL = sqlfiles.load(Path(__file__).with_suffix(".sql"))
UNREADABLE, BUSY = 422, 503
NOT_NOW = _("This could not be written just now. Nothing happened; try again in a moment.")


class ThresholdForm(forms.Form):
    threshold = MoneyField(
        label=_("Tell us below (toman)"), required=False, help_text=_("Empty: nobody is told.")
    )


@page(Deed.MANAGE_SELLER)
def low_balance(request: MemberRequest) -> HttpResponse:
    seller_id = request.member.seller_id
    if request.method != "POST":
        return _shown(request, ThresholdForm(initial={"threshold": _written(request)}))
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=UNREADABLE)
    try:
        writing.run([(LEDGER["watch"], (seller_id, form.cleaned_data["threshold"]))])
    except (writing.Meanwhile, writing.NotNow):
        form.add_error(None, NOT_NOW)
        return _shown(request, form, status=BUSY)
    messages.success(request, gettext("Saved."))
    return redirect("portal:low_balance")


def _threshold(request: MemberRequest) -> int | None:
    ((found,),) = reading.rows(SQL["low_balance_threshold"], (request.member.seller_id,))
    threshold: int | None = found
    return threshold


def _written(request: MemberRequest) -> str:
    """The present threshold as it would be typed."""
    threshold = _threshold(request)
    return "" if threshold is None else people.amount(threshold, request.book.currency, language())


def _shown(request: MemberRequest, form: ThresholdForm, *, status: int = 200) -> HttpResponse:
    threshold = _threshold(request)
    context: dict[str, Any] = {  # a template's
        "form": form,
        "threshold": threshold,
        "low": threshold is not None and request.book.available < threshold,
    }
    return sections.show(request, "low_balance", "low_balance.html", context, status=status)


URLS = [path("settings/low-balance/", low_balance, name="low_balance")]
