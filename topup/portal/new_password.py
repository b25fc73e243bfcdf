"""Choosing a password: typed twice, for who has none yet.

Owns the two fields and what is wrong between them. Whether a password will do is Django's to say.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MAX_PASSWORD = 128
"""Characters, as of the API: a hash of a longer one would only cost time."""
_NEW: dict[str, Any] = {"dir": "ltr", "autocomplete": "new-password"}  # attributes of an input


class ChosenPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        help_text=_("At least 8 characters, not digits alone, and nothing that others would guess."),
    )
    again = forms.CharField(label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs=_NEW))

    def clean(self) -> dict[str, Any]:  # Django's own
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", gettext("The two passwords differ."))
        return given
