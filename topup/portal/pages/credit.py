"""Credit: asking for it, with the transfer's number and receipt; and what became of each request.

Owns the pages. What a request is, who may cancel it and what counts as a receipt is `topup.credit`'s.
"""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from topup import clock, ids
from topup.credit import ask as asking
from topup.credit import decide, receipts
from topup.credit.ask import Ask
from topup.credit.lifecycle import State
from topup.ledger import references
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.portal import paging, reading, states, writing
from topup.portal.access import MemberRequest, page
from topup.portal.menu import Entry, Page
from topup.portal.pages import credit_steps
from topup.portal.pages.credit_forms import AskForm, ReceiptForm
from topup.portal.pages.credit_steps import SQL, Line, Request
from topup.sellers.roles import Deed

NOT_NOW = _("This could not be written just now. Nothing happened; try again in a moment.")
SENT_BEFORE = _(
    "You sent this form already, with another content, and that request stands. "
    "Send it again if you want to ask for this as well."
)


@page()
def list_requests(request: MemberRequest) -> HttpResponse:
    wanted = paging.wanted(request)
    chosen = request.GET.get("state", "")
    state = chosen if chosen in set(State) else None
    values = (request.member.seller_id, wanted.above, wanted.below, state, wanted.fetch)
    found = [Line(*row) for row in reading.rows(wanted.order(SQL["credit_requests"]), values)]
    context = {
        "part": wanted.part(found, lambda line: line.id),
        "chosen": state or "",
        "choices": [("", _("All")), *((str(each), states.WORDS[each]) for each in State)],
    }
    return render(request, "portal/credit/list.html", context)


@page(Deed.ASK_CREDIT)
def ask(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "portal/credit/ask.html", {"form": AskForm()})
    form = AskForm(request.POST, request.FILES)
    if not form.is_valid():
        return _again(request, form, 422)
    wish = _wish(request, form)
    try:
        writing.run(asking.steps(wish, now_us=clock.now_us()))
    except writing.NotNow:
        form.add_error(None, NOT_NOW)
        return _again(request, form, 503)
    except writing.Meanwhile:
        return _sent_before(request, form, wish)
    messages.success(request, gettext("Asked. Staff will look at it."))
    return redirect("portal:credit_request", wish.id)


def _again(request: MemberRequest, form: AskForm, status: int) -> HttpResponse:
    return render(request, "portal/credit/ask.html", {"form": form}, status=status)


def _wish(request: MemberRequest, form: AskForm) -> Ask:
    member, given = request.member, form.cleaned_data
    wish = Ask(
        seller_id=member.seller_id,
        id=ids.new(member.seller_id),
        amount=given["amount"],
        note=given["note"],
        by=member.user_id,
        currency=request.book.currency,
        bank_reference=given["bank_reference"],
        receipt=given["receipt"],
    )
    return wish._replace(reference=Reference("ask", str(given["key"]), asking.asked_for(wish)))


def _sent_before(request: MemberRequest, form: AskForm, wish: Ask) -> HttpResponse:
    """The form's key was used: lead to what it made, or say that its content is another now."""
    rows = reading.rows(*references.recall(wish.seller_id, wish.reference))
    posting = references.used(wish.reference, rows)
    assert posting is not None
    if posting.outcome is Outcome.REPLAYED:
        return redirect("portal:credit_request", posting.fact)
    form.add_error(None, SENT_BEFORE)
    form.begin_anew()
    return _again(request, form, 422)


@require_GET
@page()
def show(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    return _shown(request, _find(request, request_id), ReceiptForm())


def _shown(request: MemberRequest, found: Request, form: ReceiptForm, *, status: int = 200) -> HttpResponse:
    context = {"asked": found, "steps": credit_steps.steps(found), "form": form}
    return render(request, "portal/credit/request.html", context, status=status)


@require_POST
@page(Deed.ASK_CREDIT)
def cancel(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    found = _find(request, request_id)
    rows = reading.rows(*decide.read(request.member.seller_id, found.id))
    stored = decide.CreditRequest(*rows[0])
    by = request.member.user_id
    if decide.objection(stored, state=State.CANCELLED, by=by) is not None:
        return _too_late(request, found)
    decision = decide.without_money(stored, state=State.CANCELLED, by=by, reason="", now_us=clock.now_us())
    try:
        writing.run([decision])
    except writing.Meanwhile:
        return _too_late(request, found)
    except writing.NotNow:
        messages.error(request, NOT_NOW)
    else:
        messages.success(request, gettext("The request is cancelled."))
    return redirect("portal:credit_request", found.id)


def _too_late(request: MemberRequest, found: Request) -> HttpResponseRedirect:
    messages.error(request, gettext("This request was decided meanwhile."))
    return redirect("portal:credit_request", found.id)


@page()
def receipt(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    """The receipt itself; only the seller's members and staff get to see it."""
    rows = reading.rows(*receipts.read(request.member.seller_id, str(request_id)))
    if not rows:
        raise Http404
    found = receipts.from_row(rows[0])
    return HttpResponse(found.content, headers=dict(receipts.headers(found, request_id=str(request_id))))


@require_POST
@page(Deed.ASK_CREDIT)
def send_receipt(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    """A receipt that comes after the request, while that waits and has none."""
    found = _find(request, request_id)
    form = ReceiptForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, found, form, status=422)
    member = request.member
    kept = receipts.keep(
        form.cleaned_data["receipt"],
        seller_id=member.seller_id,
        request_id=found.id,
        by=member.user_id,
        now_us=clock.now_us(),
    )
    try:
        writing.run([kept])
    except writing.Meanwhile:
        messages.error(request, gettext("This request has a receipt, or was decided meanwhile."))
    except writing.NotNow:
        messages.error(request, NOT_NOW)
    else:
        messages.success(request, gettext("The receipt is with the request now."))
    return redirect("portal:credit_request", found.id)


def _find(request: MemberRequest, request_id: uuid.UUID) -> Request:
    found = credit_steps.read(request.member.seller_id, str(request_id))
    if found is None:
        raise Http404
    return found


PAGE = Page(
    urls=[
        path("credit/", list_requests, name="credit"),
        path("credit/ask/", ask, name="credit_ask"),
        path("credit/<uuid:request_id>/", show, name="credit_request"),
        path("credit/<uuid:request_id>/cancel/", cancel, name="credit_cancel"),
        path("credit/<uuid:request_id>/receipt/", receipt, name="credit_receipt"),
        path("credit/<uuid:request_id>/receipt/send/", send_receipt, name="credit_receipt_send"),
    ],
    entry=Entry(order=40, title=_("Credit"), url="portal:credit", icon="credit"),
)
