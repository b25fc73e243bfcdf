"""Allowed addresses: the networks that the seller's keys may be used from. For owners.

Owns the page, and the warning before one shuts oneself out. What an address is allowed to do is decided
by the API, at each request.
"""

import ipaddress
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from topup import people
from topup.portal.access import MemberRequest, page
from topup.portal.login import address_of
from topup.portal.pages.settings import sections
from topup.sellers import onboard
from topup.sellers.models import MAX_ADDRESSES, Seller
from topup.sellers.roles import Deed

UNREADABLE = 422
MAX_CHARACTERS = 6_000
"""Of the whole text: MAX_ADDRESSES addresses of version 6, and as much again."""


class NetworksField(forms.CharField):
    """Addresses and networks, one a line or with commas between; cleaned to a list of networks."""

    def __init__(self, **options: Any) -> None:  # CharField's own
        attributes = {"rows": 6, "dir": "ltr", "spellcheck": "false", "class": "code"}
        super().__init__(
            required=False, max_length=MAX_CHARACTERS, widget=forms.Textarea(attrs=attributes), **options
        )

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value).replace(",", " ").split()
        if len(words) > MAX_ADDRESSES:
            raise forms.ValidationError(
                gettext("At most %(most)d; join neighbours into a network."), params={"most": MAX_ADDRESSES}
            )
        return list(dict.fromkeys(map(_network, words)))


def _network(word: str) -> str:
    try:
        return str(ipaddress.ip_network(word, strict=False))
    except ValueError as error:
        raise forms.ValidationError(
            gettext(
                "%(word)s is no address and no network. Write one such as 203.0.113.7 or 203.0.113.0/24."
            ),
            params={"word": people.named(word, get_language() or "en")},
        ) from error


class AddressesForm(forms.Form):
    """`sure` is asked for only where the present address would be shut out."""

    networks = NetworksField(
        label=_("Addresses and networks"), help_text=_("One on each line. Empty: keys work from anywhere.")
    )
    sure = forms.BooleanField(
        label=_("Keys need not work from where I am now"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, here: str, networks: list[str]) -> None:  # what Django calls data
        super().__init__(data, initial={"networks": "\n".join(networks)})
        self.here = here
        self.shuts_out = False

    def clean(self) -> dict[str, Any]:  # Django's own
        given = super().clean() or {}
        wanted = given.get("networks")
        if wanted and not _is_in(self.here, wanted):
            self.shuts_out = True
            self.fields["sure"].widget = forms.CheckboxInput()
            if not given.get("sure"):
                self.add_error("sure", gettext("Tick this to save it nevertheless."))
        return given


@page(Deed.MANAGE_SELLER)
def addresses(request: MemberRequest) -> HttpResponse:
    seller_id, here = request.member.seller_id, address_of(request)
    present = Seller.objects.values_list("allowed_ips", flat=True).get(id=seller_id)
    form = AddressesForm(request.POST if request.method == "POST" else None, here=here, networks=present)
    if form.is_valid():
        onboard.change_addresses(seller_id=seller_id, allowed_ips=form.cleaned_data["networks"])
        messages.success(request, gettext("Saved. It holds from the next request on."))
        return redirect("portal:addresses")
    shut_out = form.shuts_out or (not form.is_bound and bool(present) and not _is_in(here, present))
    context = {"form": form, "here": here, "shut_out": shut_out, "anywhere": not present}
    status = UNREADABLE if form.is_bound else 200
    return sections.show(request, "addresses", "addresses.html", context, status=status)


def _is_in(address: str, networks: list[str]) -> bool:
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(here in ipaddress.ip_network(each) for each in networks)


URLS = [path("settings/addresses/", addresses, name="addresses")]
