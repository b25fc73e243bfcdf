"""One recharge: what happened to it, what moved for it, its receipt, and its dispute.

Owns these pages. The words are in `recharge_story`, opening a dispute in `recharge_dispute`. Another
seller's recharge is not found, exactly as one that does not exist.
"""

from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from topup import sqlfiles
from topup.portal import live, reading
from topup.portal.access import MemberRequest, page
from topup.portal.menu import Page
from topup.portal.pages import recharge_dispute, recharge_story
from topup.portal.pages.recharge_dispute import Came, DisputeForm
from topup.portal.pages.recharge_story import Words
from topup.portal.pages.recharges_filter import operator_names
from topup.recharges import disputes, timeline
from topup.recharges import reverse as reversing
from topup.recharges.disputes import Dispute
from topup.recharges.lifecycle import State
from topup.recharges.rules import Recharge
from topup.recharges.timeline import Life
from topup.sellers.models import User
from topup.sellers.roles import Deed

SQL = sqlfiles.load(Path(__file__).with_name("recharge.sql"))
TEMPLATE = "portal/recharge/live.html"
KEY = "recharge"
MAX_DISPUTES = 10
"""Disputes of one recharge that are shown, the newest first."""
PAPERS = ("a6", "a4")
WRONG, NOT_NOW = 422, 503

SAID: dict[Came, tuple[int, Any]] = {  # a message's level and its text
    Came.OPENED: (messages.SUCCESS, _("The dispute is open. Staff will answer it here.")),
    Came.SENT_BEFORE: (
        messages.WARNING,
        _("This form was sent before, with other words. It was not sent again."),
    ),
    Came.OPEN_ALREADY: (messages.WARNING, _("A dispute of it is open already. Wait for its answer.")),
    Came.NOT_SUCCEEDED: (messages.ERROR, _("Only a recharge that succeeded can be disputed.")),
    Came.NOT_NOW: (messages.ERROR, _("We are too busy at the moment. Nothing was written; try again.")),
}


class Moved(NamedTuple):
    """A movement of the seller's book for this recharge; `available` and `held` are what it left."""

    version: int
    kind: str
    amount: int
    available: int
    held: int
    at_us: int

    @property
    def words(self) -> Words:
        return recharge_story.MOVEMENTS.get(self.kind, self.kind)


class Whole(NamedTuple):
    """Everything there is to know of one recharge."""

    recharge: Recharge
    life: Life
    movements: list[Moved]
    disputes: list[Dispute]
    reversal_reason: str

    @property
    def open_dispute(self) -> Dispute | None:
        return next((each for each in self.disputes if each.state == disputes.State.OPEN), None)


@page()
def recharge(request: MemberRequest, recharge_id: UUID) -> HttpResponse:
    whole = _read(request, recharge_id)
    url = reverse("portal:recharge_live", args=[recharge_id])
    shown = live.part(request, key=KEY, url=url, template=TEMPLATE, context=_context(request, whole))
    return render(request, "portal/recharge/page.html", {"recharge": whole.recharge, "shown": shown})


@page()
def recharge_live(request: MemberRequest, recharge_id: UUID) -> HttpResponse:
    whole = _read(request, recharge_id)
    url = reverse("portal:recharge_live", args=[recharge_id])
    return live.answer(request, key=KEY, url=url, template=TEMPLATE, context=_context(request, whole))


@page()
def receipt(request: MemberRequest, recharge_id: UUID) -> HttpResponse:
    found = _find(request, recharge_id)
    wanted = request.GET.get("paper", "")
    context = {
        "recharge": found,
        "operator": operator_names().get(found.operator, found.operator),
        "paper": wanted if wanted in PAPERS else PAPERS[0],
        "papers": PAPERS,
    }
    return render(request, "portal/recharge/receipt.html", context)


@page(Deed.DISPUTE)
def dispute(request: MemberRequest, recharge_id: UUID) -> HttpResponse:
    """The form; sent, it opens a dispute and leads back to the recharge."""
    whole = _read(request, recharge_id)
    form = DisputeForm(request.POST if request.method == "POST" else None)
    came = recharge_dispute.objection(whole.recharge, whole.open_dispute)
    if request.method == "POST":
        came = _send(request, whole.recharge, form) if form.is_valid() else None
    if came is None:
        return _form(request, whole.recharge, form, status=WRONG if form.errors else 200)
    messages.add_message(request, *SAID[came])
    if came is Came.NOT_NOW:
        return _form(request, whole.recharge, form, status=NOT_NOW)
    return redirect("portal:recharge", recharge_id)


def _send(request: MemberRequest, found: Recharge, form: DisputeForm) -> Came:
    return recharge_dispute.send(
        seller_id=found.seller_id,
        recharge_id=found.id,
        reason=form.cleaned_data["reason"],
        by=request.member.user_id,
        key=form.cleaned_data["key"],
    )


def _form(request: MemberRequest, found: Recharge, form: DisputeForm, *, status: int) -> HttpResponse:
    context = {"recharge": found, "form": form}
    return render(request, "portal/recharge/dispute.html", context, status=status)


def _find(request: MemberRequest, recharge_id: UUID) -> Recharge:
    rows = reading.rows(*reversing.read(request.member.seller_id, str(recharge_id)))
    if not rows:
        raise Http404
    return Recharge(*rows[0])


def _read(request: MemberRequest, recharge_id: UUID) -> Whole:
    found = _find(request, recharge_id)
    whose = (found.seller_id, found.id)
    *of_life, moved, disputed, ((reason,),) = reading.trip(
        [
            *timeline.reads(seller_id=found.seller_id, recharge_id=found.id),
            (SQL["movements"], whose),
            (SQL["disputes"], (*whose, MAX_DISPUTES)),
            (SQL["reversal"], whose),
        ]
    )
    return Whole(
        recharge=found,
        life=timeline.life(found, of_life),
        movements=[Moved(*row) for row in moved],
        disputes=[Dispute(*row) for row in disputed],
        reversal_reason=reason,
    )


def _context(request: MemberRequest, whole: Whole) -> dict[str, Any]:  # a template's context
    found = whole.recharge
    may_dispute = (
        Deed.DISPUTE in request.member.deeds
        and request.book.active
        and recharge_dispute.objection(found, whole.open_dispute) is None
    )
    return {
        "whole": whole,
        "recharge": found,
        "steps": recharge_story.steps(whole.life.events),
        "failure": recharge_story.failure(found.failure_code),
        "operator": operator_names().get(found.operator, found.operator),
        "sold_by": _name_of(whole.life.events[0].actor_id, request.member.seller_id),
        "disputes": [(each, recharge_story.DISPUTES.get(each.state, each.state)) for each in whole.disputes],
        "may_dispute": may_dispute,
        "unknown": found.state == State.UNKNOWN,
    }


def _name_of(user_id: int, seller_id: int) -> str:
    """A member of this seller by name; who is none, or is no longer, stays without one."""
    user = User.objects.filter(pk=user_id, seller_id=seller_id).first()
    return "" if user is None else user.get_full_name() or user.get_username()


PAGE = Page(
    urls=[
        path("recharges/<uuid:recharge_id>/", recharge, name="recharge"),
        path("recharges/<uuid:recharge_id>/live/", recharge_live, name="recharge_live"),
        path("recharges/<uuid:recharge_id>/receipt/", receipt, name="receipt"),
        path("recharges/<uuid:recharge_id>/dispute/", dispute, name="dispute"),
    ]
)
