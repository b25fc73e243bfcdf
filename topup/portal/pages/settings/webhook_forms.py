"""The forms of webhooks, and what the types of events and the states of deliveries are called.

Owns the sentences. What may be an endpoint is decided by `topup.webhooks.endpoints`.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from topup import ids
from topup.webhooks import endpoints
from topup.webhooks.events import TEST, Type

EVENTS = {
    "recharge.succeeded": _("A recharge was delivered"),
    "recharge.failed": _("A recharge failed; its price is back"),
    "recharge.unknown": _("An operator's answer was lost; the price stays held"),
    "recharge.reversed": _("A recharge was reversed; its price is back"),
    "credit_request.approved": _("A credit request was approved"),
    "credit_request.rejected": _("A credit request was rejected"),
    "balance.low": _("The balance went under your threshold"),
    "dispute.opened": _("A dispute was opened"),
    "dispute.reversed": _("A dispute was accepted; the price is back"),
    "dispute.refused": _("A dispute was refused"),
}
WORDS = {**EVENTS, TEST: _("A test")}
CHOICES = [(str(type_), EVENTS.get(type_, str(type_))) for type_ in Type]
STATES = {"pending": _("waiting"), "delivered": _("delivered"), "failed": _("failed")}
TONES = {"pending": "doubt", "delivered": "good", "failed": "bad"}
NOT_SENDABLE = _(
    "We do not send there. The address begins with https:// or http://, names a host of the open internet, "
    "and has no user name or password in it."
)


class ChangeForm(forms.Form):
    url = forms.CharField(
        label=_("Address that is told"),
        max_length=endpoints.MAX_URL,
        widget=forms.URLInput(
            attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "https://shop.example/hooks/topup"}
        ),
    )
    description = forms.CharField(label=_("Note"), max_length=endpoints.MAX_DESCRIPTION, required=False)
    types = forms.MultipleChoiceField(
        label=_("Events"), choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            endpoints.check_url(url, allowed=settings.CONFIG.webhook_hosts)
        except endpoints.NotSendable as error:
            raise forms.ValidationError(NOT_SENDABLE, code="not_sendable") from error
        return url


class AddForm(ChangeForm):
    """`once` becomes the endpoint's id: sending the form twice adds one."""

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, seller_id: int) -> None:  # what Django calls a form's data
        super().__init__(data, initial={"once": ids.new(seller_id)})
        self.seller_id = seller_id

    def clean_once(self) -> str:
        once = str(self.cleaned_data["once"])
        if ids.seller_of(once) != self.seller_id:
            raise forms.ValidationError(_("This form is not about your company. Open the page again."))
        return once
