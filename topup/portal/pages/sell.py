"""Sell: one recharge, from the number to its end.

Owns the steps of the form. A form carries a reference that was made once, when it was first shown; it is
the sale's idempotency key, so that a double click, the back button or a reload sell once. What may be
sold is the ledger's door to say.
"""

from pathlib import Path
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from topup import clock, ids, people, phones, sqlfiles
from topup.clock import US_PER_SECOND
from topup.gateways.directory import OperatorTerms
from topup.gateways.models import Operator
from topup.ledger import literals, on_django
from topup.ledger.core import Book
from topup.ledger.families import Posting
from topup.ledger.outcomes import DONE, Outcome
from topup.money import RIALS_PER_TOMAN
from topup.portal import reading, refusals
from topup.portal.access import MemberRequest, page
from topup.portal.fields import MoneyField, PhoneField
from topup.portal.menu import Entry, Page
from topup.recharges import bulk, lifecycle, reverse, sell, trial
from topup.recharges.lifecycle import State
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.sellers.roles import Deed
from topup.trips import Row

SQL = sqlfiles.load(Path(__file__).with_suffix(".sql"))
SUGGESTED = tuple(toman * 1_000 * RIALS_PER_TOMAN for toman in (20, 50, 100, 200))
"""What most people ask for, in rials."""
LAST_AMOUNTS = 3
LOOKED_AT = 50
"""Sales of a number among which its last amounts are looked for."""
BEGIN_AT = 3
"""Digits of a number from which an operator is looked for."""
_signer = Signer(salt="topup.portal.sell")


class SellForm(forms.Form):
    """Number, operator and amount; `form` is the signed reference."""

    number = PhoneField(label=_("Mobile number"))
    operator = forms.ChoiceField(label=_("Operator"), required=False)
    amount = MoneyField(label=_("Amount in toman"))
    form = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, operators: list[Operator], **kwargs: Any) -> None:  # Form's own
        super().__init__(*args, **kwargs)
        known = [(each.code, _name(each)) for each in operators if each.status == Operator.Status.ACTIVE]
        choice: Any = self.fields["operator"]  # a ChoiceField
        choice.choices = [("", _("By the number")), *known]
        choice.widget.attrs["autocomplete"] = "off"
        if not self.is_bound:
            self.fields["number"].widget.attrs["autofocus"] = True


class Asked(NamedTuple):
    """What a valid form asks for."""

    sale: Sale
    form: SellForm
    again: bool


class Trial(NamedTuple):
    """What is known before a sale: the book, the operators, what would come of it, and its twin."""

    book: Book
    operators: list[Row]
    posting: Posting
    terms: OperatorTerms | None
    twin: Recharge | None


@page(Deed.SELL)
def sell_page(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, SellForm(initial={"form": _new_form(request)}, operators=_operators()))
    form = SellForm(request.POST, operators=_operators())
    if not form.is_valid():
        return _form(request, form, status=422)
    if "change" in request.POST:
        return _form(request, form)
    reference = _reference(request, form.cleaned_data["form"])
    if reference is None:
        return _begin_anew(request, _("This form was not made for you. Check it and send it again."))
    asked = Asked(_sale(request, form, reference), form, request.POST.get("again") == "on")
    return _sell(request, asked) if "confirmed" in request.POST else _confirmation(request, asked)


def _sale(request: MemberRequest, form: SellForm, reference: str) -> Sale:
    given = form.cleaned_data
    return Sale(
        seller_id=request.member.seller_id,
        id=ids.new(request.member.seller_id),
        reference=reference,
        phone_number=given["number"],
        amount=given["amount"],
        operator=given["operator"] or None,
        actor_id=request.member.user_id,
        key_epoch=None,
        allow_duplicate=request.POST.get("again") == "on",
        currency=request.book.currency,
    )


def _confirmation(request: MemberRequest, asked: Asked, *, insist: bool = False) -> HttpResponse:
    """What will be sold, at what price, and what is left after it. `insist`: the doubt was passed over."""
    found = _try(request, asked.sale)
    if found.posting.outcome is not Outcome.POSTED:
        return _refused(request, asked.form, found.posting, found.terms)
    assert found.terms is not None
    assert found.posting.movement is not None
    context = {
        "form": asked.form,
        "sale": asked.sale,
        "typed_amount": people.amount(asked.sale.amount, asked.sale.currency, "en"),
        "operator": operator_names().get(found.terms.code, found.terms.code),
        "now": found.book.available,
        "after": found.posting.movement.after.available,
        "rials": people.money(asked.sale.amount, asked.sale.currency, _language(), "rial"),
        "twin": found.twin,
        "insist": insist,
    }
    return render(request, "portal/sell/confirm.html", context, status=422 if insist else 200)


def _sell(request: MemberRequest, asked: Asked) -> HttpResponse:
    if not asked.again and _try(request, asked.sale).twin is not None:
        return _confirmation(request, asked, insist=True)
    posting = on_django.move(wish=asked.sale, family=Sales(duplicate_window_s=_own_window_s()))
    if posting.outcome in DONE:
        if posting.outcome is Outcome.REPLAYED:
            messages.info(request, _("This form had sold this recharge already; nothing was sold again."))
        return redirect("portal:sold", posting.fact.id)
    if posting.outcome is Outcome.DUPLICATE_RECHARGE:
        return _confirmation(request, asked, insist=True)
    if posting.outcome is Outcome.REFERENCE_MISMATCH:
        return _begin_anew(request, _sentence(request, posting), earlier=posting.fact)
    return _refused(request, asked.form, posting, _terms(asked.sale, _directory_rows()))


def _try(request: MemberRequest, sale: Sale) -> Trial:
    book, operators = trial.read(reading.trip(trial.reads(sale.seller_id)))
    now_us = clock.now_us()
    posting = trial.trial(sale=sale, book=book, operators=operators, now_us=now_us, zone=settings.TIME_ZONE)
    return Trial(book, operators, posting, _terms(sale, operators), _twin(sale, book, now_us=now_us))


def _twin(sale: Sale, book: Book, *, now_us: int) -> Recharge | None:
    """The same number and amount under another reference, a moment ago."""
    since_us = now_us - bulk.watched_s(book.duplicate_window_s, _own_window_s()) * US_PER_SECOND
    asked = (sale.seller_id, sale.seller_id, sale.phone_number, sale.amount, since_us)
    found = reading.rows(sell.SQL["twins"], [literals.numbers([each]) for each in asked])
    rows = [row for _, earlier_id in found for row in _read(sale.seller_id, earlier_id)]
    twins = [Recharge(*row) for row in rows]
    return next((twin for twin in twins if twin.reference != sale.reference), None)


def _terms(sale: Sale, operators: list[Row]) -> OperatorTerms | None:
    """The operator that was chosen or that the number names, whatever may be sold from it."""
    known = trial.directory_of(operators)
    if sale.operator is not None:
        return known.by_code.get(sale.operator)
    return known.of(phones.national(sale.phone_number))


def _refused(
    request: MemberRequest, form: SellForm, posting: Posting, terms: OperatorTerms | None
) -> HttpResponse:
    """The form with what was typed, and what to do. A refusal used no reference up: it stays the same."""
    about = {
        Outcome.UNKNOWN_OPERATOR: "operator",
        Outcome.OPERATOR_INACTIVE: "operator",
        Outcome.AMOUNT_OUT_OF_RANGE: "amount",
        Outcome.PER_RECHARGE_MAX_EXCEEDED: "amount",
        Outcome.BALANCE_TOO_LARGE: "amount",
    }
    form.add_error(about.get(posting.outcome), _sentence(request, posting, terms))
    short_of_credit = posting.outcome is Outcome.INSUFFICIENT_BALANCE
    return _form(request, form, status=422, short_of_credit=short_of_credit)


def _begin_anew(
    request: MemberRequest, why: "Promise | str", *, earlier: Recharge | None = None
) -> HttpResponse:
    """The same values in a form with a reference of its own."""
    data = request.POST.copy()
    data["form"] = _new_form(request)
    anew = SellForm(data, operators=_operators())
    anew.add_error(None, str(why))
    return _form(request, anew, status=422, earlier=earlier)


def _form(request: MemberRequest, form: SellForm, *, status: int = 200, **more: object) -> HttpResponse:
    recognised = _recognised(request, str(form["number"].value() or ""))
    context = {"form": form, "suggested": SUGGESTED, **recognised, **more}
    return render(request, "portal/sell/page.html", context, status=status)


@page(Deed.SELL)
@require_POST
def recognise(request: MemberRequest) -> HttpResponse:
    """What is known of a number while it is typed. It comes in the body: addresses are logged on the way."""
    context = _recognised(request, request.POST.get("number", ""))
    return render(request, "portal/sell/recognised.html", context)


def _recognised(request: MemberRequest, written: str) -> dict[str, Any]:  # a template's context
    digits = phones.beginning(written)
    terms = trial.directory_of(_directory_rows()).of(digits) if len(digits) >= BEGIN_AT else None
    try:
        number = phones.parse(written) if written else None
    except phones.PhoneError:
        number = None
    last = (request.member.seller_id, number, LOOKED_AT, LAST_AMOUNTS)
    return {
        "recognised": operator_names().get(terms.code) if terms else None,
        "inactive": terms is not None and not terms.active,
        "unrecognised": number is not None and terms is None,
        "last_amounts": [row[0] for row in reading.rows(SQL["last_amounts"], last)] if number else [],
    }


@page(Deed.SELL)
def sold(request: MemberRequest, recharge_id: object) -> HttpResponse:
    return render(request, "portal/sell/sold.html", _sold(request, str(recharge_id)))


@page(Deed.SELL)
def sold_live(request: MemberRequest, recharge_id: object) -> HttpResponse:
    """The part that is asked for again until the recharge has come to its end."""
    context = _sold(request, str(recharge_id))
    if context["recharge"].state == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "portal/sell/state.html", context)


def _sold(request: MemberRequest, recharge_id: str) -> dict[str, Any]:  # a template's context
    rows = _read(request.member.seller_id, recharge_id)
    if not rows:
        raise Http404
    recharge = Recharge(*rows[0])
    return {
        "recharge": recharge,
        "operator": operator_names().get(recharge.operator, recharge.operator),
        "final": lifecycle.is_final(State(recharge.state)),
    }


def _read(seller_id: int, recharge_id: str) -> list[Row]:
    return reading.rows(*reverse.read(seller_id, recharge_id))


def _directory_rows() -> list[Row]:
    return reading.rows(sell.SQL["read_operators"], ())


def _operators() -> list[Operator]:
    return list(Operator.objects.all())


def _name(operator: Operator) -> str:
    return operator.name_fa if _language() == people.PERSIAN else operator.name_en


def operator_names() -> dict[str, str]:
    return {operator.code: _name(operator) for operator in _operators()}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _own_window_s() -> int:
    window_s: int = settings.CONFIG.double_spending_timeout
    return window_s


def _sentence(request: MemberRequest, posting: Posting, terms: OperatorTerms | None = None) -> str:
    span = refusals.Range(terms.min_minor, terms.max_minor) if terms else None
    return refusals.sentence(posting, currency=request.book.currency, language=_language(), range_of=span)


def _new_form(request: MemberRequest) -> str:
    """A reference that nobody else can use, made once for each form that is shown anew."""
    return _signer.sign(f"{request.member.user_id}:portal-{ids.new(request.member.seller_id)}")


def _reference(request: MemberRequest, signed: str) -> str | None:
    try:
        whose, _, reference = _signer.unsign(signed).partition(":")
    except BadSignature:
        return None
    return reference if whose == str(request.member.user_id) else None


PAGE = Page(
    urls=[
        path("sell/", sell_page, name="sell"),
        path("sell/recognise/", recognise, name="sell_recognise"),
        path("sell/<uuid:recharge_id>/", sold, name="sold"),
        path("sell/<uuid:recharge_id>/live/", sold_live, name="sold_live"),
    ],
    entry=Entry(order=20, title=_("Sell"), url="portal:sell", icon="sell", deed=Deed.SELL),
)
