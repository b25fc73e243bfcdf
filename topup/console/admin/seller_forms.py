"""The forms about a seller: registering one, changing its terms, adjusting its balance.

Owns what each form accepts. It must never write anything: a form's page does, with one domain call.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from topup import ids
from topup.console.admin.addresses import AddressesField
from topup.console.amounts import AmountField
from topup.console.wording import Title
from topup.console.written import identifier
from topup.credit.decide import MAX_TEXT
from topup.sellers.models import Seller

NAME_LENGTH = 120
USERNAME_LENGTH = 150
MAX_WINDOW_S = 604_800
"""A week, as the book's own constraint has it: the same sale a week later is meant."""


def _limit(label: Title, help_text: Title) -> AmountField:
    # What was shown is sent along, so that a form opened long ago undoes no newer change.
    return AmountField(zero=True, required=False, label=label, help_text=help_text, show_hidden_initial=True)


class RegisterForm(forms.Form):
    """A new seller and its first member."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH, widget=UnfoldAdminTextInputWidget)
    username = forms.CharField(
        label=_("Username of its owner"), max_length=USERNAME_LENGTH, widget=UnfoldAdminTextInputWidget
    )
    email = forms.EmailField(label=_("Email"), required=False, widget=UnfoldAdminTextInputWidget)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    """What staff set for a seller: its name, where its keys work, and how much it may sell."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LENGTH, widget=UnfoldAdminTextInputWidget, show_hidden_initial=True
    )
    allowed_ips = AddressesField(label=_("Allowed addresses"), show_hidden_initial=True)
    daily_limit = _limit(_("Daily limit"), _("Toman a day; empty: no limit."))
    per_recharge_max = _limit(_("Most per recharge"), _("Toman in one recharge; empty: no limit."))
    duplicate_window_s = forms.IntegerField(
        label=_("Duplicate window"),
        help_text=_(
            "Seconds in which the same number and amount is not sold again under another key; "
            "0: none; empty: the installation's own, DOUBLE_SPENDING_TIMEOUT."
        ),
        required=False,
        min_value=0,
        max_value=MAX_WINDOW_S,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        show_hidden_initial=True,
    )

    class Meta:
        model = Seller
        fields = ("name", "allowed_ips")


class StandingForm(forms.Form):
    """Suspending or activating, with why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=MAX_TEXT, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )


class AdjustForm(forms.Form):
    """An adjustment. `once` is its id and its key: one form moves money once, however often it is sent."""

    once = forms.CharField(widget=forms.HiddenInput)
    amount = AmountField(
        signed=True,
        zero=True,
        label=_("Amount (toman)"),
        help_text=_("Added to what is available; with a minus sign: taken from it."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=MAX_TEXT, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, seller_id: int) -> None:  # what Django calls a form's data
        super().__init__(data, initial={"once": ids.new(seller_id)})
        self.seller_id = seller_id

    def clean_once(self) -> str:
        once = identifier(self.cleaned_data["once"])
        if once is None or ids.seller_of(once) != self.seller_id:
            raise ValidationError(gettext("This form is not about this seller. Open it anew."))
        return once

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount == 0:
            raise ValidationError(gettext("An adjustment of 0 moves nothing."))
        return amount
