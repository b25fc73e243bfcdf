"""The forms about a seller: registering one, changing its terms, adjusting its balance.

Owns what each form accepts. It must never write anything: a form's page does, with one domain call.
"""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError

from topup import ids
from topup.console.admin.addresses import AddressesField
from topup.console.admin.of_sellers import identifier
from topup.credit.decide import MAX_TEXT
from topup.money import MAX_MINOR
from topup.sellers.models import Seller

NAME_LENGTH = 120
USERNAME_LENGTH = 150
MAX_WINDOW_S = 604_800
"""A week, as the book's own constraint has it: the same sale a week later is meant."""


def _whole_number() -> AdminTextInputWidget:
    """A field for digits. A number field of the browser would change by the mouse's wheel."""
    return AdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"})


def _limit(label: str, help_text: str, *, most: int = MAX_MINOR) -> forms.IntegerField:
    # What was shown is sent along, so that a form opened long ago undoes no newer change.
    return forms.IntegerField(
        required=False,
        min_value=0,
        max_value=most,
        widget=_whole_number(),
        label=label,
        help_text=help_text,
        show_hidden_initial=True,
    )


class RegisterForm(forms.Form):
    """A new seller and its first member."""

    name = forms.CharField(max_length=NAME_LENGTH, widget=AdminTextInputWidget)
    username = forms.CharField(max_length=USERNAME_LENGTH, widget=AdminTextInputWidget)
    email = forms.EmailField(required=False, widget=AdminTextInputWidget)
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "vTextField", "autocomplete": "new-password"}),
    )


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    """What staff set for a seller: its name, where its keys work, and how much it may sell."""

    name = forms.CharField(max_length=NAME_LENGTH, widget=AdminTextInputWidget, show_hidden_initial=True)
    allowed_ips = AddressesField(label="Allowed addresses", show_hidden_initial=True)
    daily_limit = _limit("Daily limit", "IRR a day; empty: no limit.")
    per_recharge_max = _limit("Most per recharge", "IRR in one recharge; empty: no limit.")
    duplicate_window_s = _limit(
        "Duplicate window",
        "Seconds in which the same number and amount is not sold again under another key; "
        "0: none; empty: the installation's own, DOUBLE_SPENDING_TIMEOUT.",
        most=MAX_WINDOW_S,
    )

    class Meta:
        model = Seller
        fields = ("name", "allowed_ips")


class AdjustForm(forms.Form):
    """An adjustment. `once` is its id and its key: one form moves money once, however often it is sent."""

    once = forms.CharField(widget=forms.HiddenInput)
    amount = forms.IntegerField(
        min_value=-MAX_MINOR,
        max_value=MAX_MINOR,
        widget=_whole_number(),
        label="Amount (IRR)",
        help_text="Added to what is available; with a minus sign: taken from it.",
    )
    reason = forms.CharField(max_length=MAX_TEXT, widget=AdminTextareaWidget)

    def __init__(self, data: Any = None, *, seller_id: int) -> None:  # what Django calls a form's data
        super().__init__(data, initial={"once": ids.new(seller_id)})
        self.seller_id = seller_id

    def clean_once(self) -> str:
        once = identifier(self.cleaned_data["once"])
        if once is None or ids.seller_of(once) != self.seller_id:
            raise ValidationError("This form is not about this seller. Open it anew.")
        return once

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount == 0:
            raise ValidationError("An adjustment of 0 moves nothing.")
        return amount
