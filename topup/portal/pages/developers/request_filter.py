"""What can be looked for in the request log: a status or a kind of them, and a request's id.

Owns the form and the sentences that say what is wrong with it.
"""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

ANY_STATUS = (100, 600)
_STATUS = re.compile(r"[1-5](?:xx|[0-9]{2})")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class FilterForm(forms.Form):
    status = forms.CharField(
        label=_("Status"),
        required=False,
        max_length=3,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "4xx"}),
    )
    request_id = forms.CharField(
        label=_("Request id"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def clean_status(self) -> tuple[int, int]:
        """The statuses from the first to before the second."""
        written = self.cleaned_data["status"].strip().lower()
        if not written:
            return ANY_STATUS
        if not _STATUS.fullmatch(written):
            raise forms.ValidationError(_("Write a status such as 402, or a kind of them such as 4xx."))
        if written.endswith("xx"):
            return int(written[0]) * 100, int(written[0]) * 100 + 100
        return int(written), int(written) + 1

    def clean_request_id(self) -> str:
        written = str(self.cleaned_data["request_id"]).strip()
        if written and not _REQUEST_ID.fullmatch(written):
            raise forms.ValidationError(_("This is no request id. Copy it from the header Request-Id."))
        return written
