"""API keys: making one, whose secret is shown once; what each was last used for; revoking. For owners.

Owns the pages. What a key is and when it stops to open is `topup.sellers.tokens`'.
"""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from topup import clock, ids, people
from topup.portal import paging
from topup.portal.access import MemberRequest, page
from topup.portal.pages.settings import sections
from topup.sellers import tokens
from topup.sellers.models import ApiKey, User
from topup.sellers.roles import Deed

UNREADABLE = 422
LIVES = (("", _("Until it is revoked")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")))
"""Days that a new key is good for."""
SENT_BEFORE = _(
    "This form was sent before and made its key, whose secret is not to be had again. "
    "If you did not keep it, revoke that key and make another."
)
TOO_MANY = _("This member has %(most)d keys, which are the most. Revoke one that is not used.")


class WhoseField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    def label_from_instance(self, obj: User) -> str:
        name = people.named(obj.get_full_name() or obj.get_username(), get_language() or "en")
        return f"{name} ({obj.get_role_display()})"


class KeyForm(forms.Form):
    """`once` becomes the key's id: sending the form twice makes one key."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    label = forms.CharField(
        label=_("Name of the key"), max_length=60, help_text=_("Such as the program that will use it.")
    )
    user = WhoseField(
        label=_("Whose key"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("It may do what this member's role allows: for a till a cashier's key is enough."),
    )
    days = forms.ChoiceField(label=_("Good for"), choices=LIVES, required=False)

    def __init__(self, data: Any = None, *, seller_id: int, user_id: int) -> None:  # what Django calls data
        super().__init__(data, initial={"once": ids.new(seller_id), "user": user_id})
        self.seller_id = seller_id
        whose: Any = self.fields["user"]
        whose.queryset = User.objects.filter(seller_id=seller_id, is_active=True).order_by("username")

    def clean_once(self) -> str:
        once = str(self.cleaned_data["once"])
        if ids.seller_of(once) != self.seller_id:
            raise forms.ValidationError(gettext("This form is not about your company. Open the page again."))
        return once


@page(Deed.MANAGE_KEYS)
def list_keys(request: MemberRequest) -> HttpResponse:
    return _listed(request, _form(request))


@page(Deed.MANAGE_KEYS)
def make(request: MemberRequest) -> HttpResponse:
    """The secret is in this one answer, which nobody keeps."""
    if request.method != "POST":
        return redirect("portal:keys")
    form = _form(request, request.POST)
    if not form.is_valid():
        return _listed(request, form, status=UNREADABLE)
    given = form.cleaned_data
    now = clock.from_us(clock.now_us())
    expires_at = now + timedelta(days=int(given["days"])) if given["days"] else None
    try:
        row, secret = tokens.issue(
            user=given["user"], label=given["label"], now=now, expires_at=expires_at, key_id=given["once"]
        )
    except tokens.MadeBefore:
        messages.error(request, SENT_BEFORE)
        return redirect("portal:keys")
    except tokens.TooManyKeys:
        form.add_error("user", TOO_MANY % {"most": tokens.MAX_KEYS})
        return _listed(request, form, status=UNREADABLE)
    balance = request.build_absolute_uri("/api/v1/balance")
    command = f"curl {balance} -H 'Authorization: Token {secret}'"
    context = {"key": row, "secret": secret, "command": command}
    return sections.show(request, "keys", "key_made.html", context)


@page(Deed.MANAGE_KEYS)
def revoke(request: MemberRequest, key_id: uuid.UUID) -> HttpResponse:
    found = _keys(request).filter(id=key_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return sections.show(request, "keys", "key_revoke.html", {"key": shown(found)})
    if tokens.revoke(user=found.user, key_id=str(found.id)):
        messages.success(request, gettext("The key is revoked. It opens nothing from now on."))
    else:
        messages.info(request, gettext("This key was revoked already."))
    return redirect("portal:keys")


def _keys(request: MemberRequest) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(user__seller_id=request.member.seller_id).select_related("user")


def _form(request: MemberRequest, data: Any = None) -> KeyForm:  # what Django calls a form's data
    return KeyForm(data, seller_id=request.member.seller_id, user_id=request.member.user_id)


def _listed(request: MemberRequest, form: KeyForm, *, status: int = 200) -> HttpResponse:
    wanted = paging.wanted(request)
    revoked = request.GET.get("show") == "revoked"
    found = _keys(request).filter(revoked_at__isnull=not revoked, id__gt=wanted.above, id__lt=wanted.below)
    rows = list(found.order_by("id" if wanted.rising else "-id")[: wanted.fetch])
    part = wanted.part([shown(row) for row in rows], lambda key: str(key["id"]))
    context = {"form": form, "part": part, "revoked": revoked}
    return sections.show(request, "keys", "keys.html", context, status=status)


def shown(key: ApiKey) -> dict[str, Any]:  # a template's context
    """A key as the pages show it, its times in microseconds."""
    now_us = clock.now_us()
    times = {name: getattr(key, name) for name in ("created_at", "expires_at", "revoked_at", "last_used_at")}
    in_us = {f"{name}_us": moment and clock.to_us(moment) for name, moment in times.items()}
    expired = in_us["expires_at_us"] is not None and in_us["expires_at_us"] <= now_us
    state = "revoked" if key.revoked_at else "expired" if expired else "active"
    begins = f"tk_{key.id.hex[:12]}…"
    return {"id": key.id, "label": key.label, "user": key.user, "begins": begins, "state": state, **in_us}


URLS = [
    path("settings/keys/", list_keys, name="keys"),
    path("settings/keys/make/", make, name="key_make"),
    path("settings/keys/<uuid:key_id>/revoke/", revoke, name="key_revoke"),
]
