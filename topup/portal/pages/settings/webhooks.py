"""Webhooks: where the seller's programs are told, what was sent there, and trying it. For owners.

Owns the pages. What may be an endpoint and what is sent is `topup.webhooks`'.
"""

import uuid
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from topup import clock, ids
from topup.ledger import literals
from topup.portal import paging, reading, writing
from topup.portal.access import MemberRequest, page
from topup.portal.pages.settings import sections
from topup.portal.pages.settings.webhook_forms import EVENTS, STATES, TONES, WORDS, AddForm, ChangeForm
from topup.sellers.roles import Deed
from topup.trips import Statement
from topup.vault import Vault
from topup.webhooks import endpoints
from topup.webhooks.endpoints import Attempt, Delivery, Endpoint
from topup.webhooks.outbox import SQL

UNREADABLE, BUSY = 422, 503
NOT_NOW = _("This could not be written just now. Nothing happened; try again in a moment.")
SENT_BEFORE = _(
    "This form was sent before and added its endpoint. Make another secret if you did not keep it."
)
DISABLED = _("This endpoint is switched off. Switch it on first.")


class Sent(NamedTuple):
    """A delivery as the page shows it."""

    delivery: Delivery
    title: "Promise | str"
    state: "Promise | str"
    tone: str
    attempts: list[Attempt]


@page(Deed.MANAGE_WEBHOOKS)
def list_endpoints(request: MemberRequest) -> HttpResponse:
    return _listed(request, AddForm(seller_id=request.member.seller_id))


@page(Deed.MANAGE_WEBHOOKS)
def add(request: MemberRequest) -> HttpResponse:
    """The secret is in this one answer, which nobody keeps."""
    if request.method != "POST":
        return redirect("portal:webhooks")
    seller_id = request.member.seller_id
    form = AddForm(request.POST, seller_id=seller_id)
    if not form.is_valid():
        return _listed(request, form, status=UNREADABLE)
    given = form.cleaned_data
    statement, secret = endpoints.add(
        seller_id=seller_id,
        endpoint_id=given["once"],
        url=given["url"],
        description=given["description"],
        types=given["types"],
        vault=Vault(settings.CONFIG),
        now_us=clock.now_us(),
    )
    try:
        writing.run([statement])
    except writing.Meanwhile:
        messages.error(request, SENT_BEFORE)
        return redirect("portal:webhooks")
    except writing.NotNow:
        form.add_error(None, NOT_NOW)
        return _listed(request, form, status=BUSY)
    if _read(request, given["once"]) is None:
        most = gettext("There are %(most)d endpoints, which are the most. Delete one.")
        form.add_error(None, most % {"most": endpoints.MAX_ENDPOINTS})
        return _listed(request, form, status=UNREADABLE)
    return _secret(request, given["once"], secret)


@page(Deed.MANAGE_WEBHOOKS)
def show(request: MemberRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    found = _find(request, endpoint_id)
    if request.method != "POST":
        given = {"url": found.url, "description": found.description, "types": found.types}
        return _shown(request, found, ChangeForm(initial=given))
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form, status=UNREADABLE)
    return _write(
        request, found, gettext("Saved."), endpoints.change(found, now_us=clock.now_us(), **form.cleaned_data)
    )


@require_POST
@page(Deed.MANAGE_WEBHOOKS)
def switch(request: MemberRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    found = _find(request, endpoint_id)
    enabled = request.POST.get("enabled") == "true"
    said = (
        gettext("The endpoint is on: it hears of what happens from now on.")
        if enabled
        else gettext("The endpoint is off.")
    )
    return _write(request, found, said, endpoints.change(found, now_us=clock.now_us(), enabled=enabled))


@require_POST
@page(Deed.MANAGE_WEBHOOKS)
def test(request: MemberRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    found = _find(request, endpoint_id)
    if not found.enabled:
        messages.error(request, DISABLED)
        return redirect("portal:webhook", found.id)
    sent = endpoints.test(found, delivery_id=ids.new(found.seller_id), now_us=clock.now_us())
    return _write(
        request, found, gettext("A test is on its way. Load the page again to see what came of it."), sent
    )


@page(Deed.MANAGE_WEBHOOKS)
def rotate(request: MemberRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """A form that is sent twice rotates once: `since` says which secret it was about."""
    found = _find(request, endpoint_id)
    since = str(found.previous_until_us or 0)
    if request.method != "POST" or request.POST.get("since") != since:
        return sections.show(request, "webhooks", "webhook_rotate.html", {"found": found, "since": since})
    statement, secret = endpoints.rotate(found, vault=Vault(settings.CONFIG), now_us=clock.now_us())
    try:
        writing.run([statement])
    except (writing.Meanwhile, writing.NotNow):
        messages.error(request, NOT_NOW)
        return redirect("portal:webhook", found.id)
    return _secret(request, found.id, secret)


@page(Deed.MANAGE_WEBHOOKS)
def remove(request: MemberRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    found = _find(request, endpoint_id)
    if request.method != "POST":
        return sections.show(request, "webhooks", "webhook_remove.html", {"found": found})
    answer = _write(request, found, gettext("The endpoint is deleted."), endpoints.remove(found))
    return redirect("portal:webhooks") if _read(request, found.id) is None else answer


@require_POST
@page(Deed.MANAGE_WEBHOOKS)
def replay(request: MemberRequest, delivery_id: uuid.UUID) -> HttpResponse:
    rows = reading.rows(SQL["get_delivery"], (request.member.seller_id, str(delivery_id)))
    if not rows:
        raise Http404
    delivery = Delivery(*rows[0])
    found = _find(request, uuid.UUID(delivery.endpoint_id))
    if not found.enabled:
        messages.error(request, DISABLED)
        return redirect("portal:webhook", found.id)
    return _write(
        request,
        found,
        gettext("It is sent again."),
        endpoints.replay(found.seller_id, delivery.id, now_us=clock.now_us()),
    )


def _write(request: MemberRequest, found: Endpoint, said: str, statement: Statement) -> HttpResponse:
    try:
        writing.run([statement])
    except (writing.Meanwhile, writing.NotNow):
        messages.error(request, NOT_NOW)
    else:
        messages.success(request, said)
    return redirect("portal:webhook", found.id)


def _read(request: MemberRequest, endpoint_id: str) -> Endpoint | None:
    rows = reading.rows(SQL["get_endpoint"], (request.member.seller_id, endpoint_id))
    return Endpoint(*rows[0]) if rows else None


def _find(request: MemberRequest, endpoint_id: uuid.UUID) -> Endpoint:
    found = _read(request, str(endpoint_id))
    if found is None:
        raise Http404
    return found


def _secret(request: MemberRequest, endpoint_id: str, secret: str) -> HttpResponse:
    context = {"endpoint_id": endpoint_id, "secret": secret}
    return sections.show(request, "webhooks", "webhook_secret.html", context)


def _listed(request: MemberRequest, form: AddForm, *, status: int = 200) -> HttpResponse:
    found = reading.rows(SQL["list_endpoints"], (request.member.seller_id,))
    context = {"endpoints": [Endpoint(*row) for row in found], "form": form, "most": endpoints.MAX_ENDPOINTS}
    return sections.show(request, "webhooks", "webhooks.html", context, status=status)


def _shown(request: MemberRequest, found: Endpoint, form: ChangeForm, *, status: int = 200) -> HttpResponse:
    wanted = paging.wanted(request)
    values = (found.seller_id, found.id, wanted.above, wanted.below, wanted.fetch)
    rows = [Delivery(*row) for row in reading.rows(wanted.order(SQL["list_deliveries"]), values)]
    part = wanted.part(rows, lambda delivery: delivery.id)
    context = {
        "found": found,
        "chosen": [EVENTS.get(each, each) for each in found.types],
        "form": form,
        "part": part,
        "sent": _with_attempts(found.seller_id, part.rows),
    }
    return sections.show(request, "webhooks", "webhook.html", context, status=status)


def _with_attempts(seller_id: int, deliveries: list[Delivery]) -> list[Sent]:
    named = literals.words(delivery.id for delivery in deliveries)
    attempts: dict[str, list[Attempt]] = {}
    for row in reading.rows(SQL["attempts_at"], (seller_id, named)):
        attempts.setdefault(row[0], []).append(Attempt(*row))
    return [
        Sent(
            each,
            WORDS.get(each.type, each.type),
            STATES[each.state],
            TONES[each.state],
            attempts.get(each.id, []),
        )
        for each in deliveries
    ]


URLS = [
    path("settings/webhooks/", list_endpoints, name="webhooks"),
    path("settings/webhooks/add/", add, name="webhook_add"),
    path("settings/webhooks/<uuid:endpoint_id>/", show, name="webhook"),
    path("settings/webhooks/<uuid:endpoint_id>/switch/", switch, name="webhook_switch"),
    path("settings/webhooks/<uuid:endpoint_id>/test/", test, name="webhook_test"),
    path("settings/webhooks/<uuid:endpoint_id>/secret/", rotate, name="webhook_rotate"),
    path("settings/webhooks/<uuid:endpoint_id>/delete/", remove, name="webhook_remove"),
    path("settings/webhooks/deliveries/<uuid:delivery_id>/replay/", replay, name="webhook_replay"),
]
