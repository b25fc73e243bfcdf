"""The forms of Credit: what a member types and sends when they ask.

Owns the sentences that say what is wrong with a receipt. What is one is decided by `topup.credit.receipts`.
"""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from topup import people
from topup.credit import ask, receipts
from topup.credit.decide import MAX_TEXT
from topup.credit.receipts import MediaType, Receipt
from topup.portal.choosing import ChosenFile
from topup.portal.fields import MoneyField

MEBIBYTE = 1024 * 1024
TOO_LARGE = _("This file is larger than %(most)s MB. Send a smaller picture.")
NO_RECEIPT = _("This is neither a picture (JPEG, PNG, WebP) nor a PDF.")


class ReceiptField(forms.FileField):
    """A file; cleaned to a `Receipt`, by its content and never by its name."""

    def __init__(self, **options: Any) -> None:  # FileField's own
        accepted = ",".join(MediaType)
        super().__init__(widget=ChosenFile(attrs={"accept": accepted}), **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # Django's own
        """With the limit, so that the page's script can tell before the upload."""
        return {**super().widget_attrs(widget), "data-most": receipts.MAX_BYTES}

    def clean(self, data: Any, initial: Any = None) -> Receipt | None:  # Django's own
        sent = super().clean(data, initial)
        if not sent:
            return None
        if sent.size > receipts.MAX_BYTES:
            raise _too_large()
        try:
            return receipts.receipt(sent.read())
        except receipts.NotAReceipt as error:
            raise forms.ValidationError(NO_RECEIPT, code="no_receipt") from error


def _too_large() -> forms.ValidationError:
    most = people.number(receipts.MAX_BYTES // MEBIBYTE, get_language() or settings.LANGUAGE_CODE)
    return forms.ValidationError(TOO_LARGE, code="too_large", params={"most": most})


class AskForm(forms.Form):
    """`key` is made with the form: sending it twice asks once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = MoneyField(label=_("Amount in toman"), help_text=_("What you have transferred to our account."))
    bank_reference = forms.CharField(
        label=_("Tracking number of the transfer"),
        max_length=ask.MAX_BANK_REFERENCE,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("The bank prints it on the receipt. With it staff find your transfer sooner."),
    )
    receipt = ReceiptField(
        label=_("Receipt"), required=False, help_text=_("A picture or a PDF of at most 5 MB.")
    )
    note = forms.CharField(
        label=_("Note to the staff"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Form's own
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())

    def clean_bank_reference(self) -> str:
        return ask.tidy(self.cleaned_data["bank_reference"])

    def begin_anew(self) -> None:
        """Give the form another key, so that sending it again is another wish."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        self.data["key"] = str(uuid.uuid4())  # type: ignore[index]  # the copy can be changed


class ReceiptForm(forms.Form):
    receipt = ReceiptField(label=_("Receipt"), help_text=_("A picture or a PDF of at most 5 MB."))
