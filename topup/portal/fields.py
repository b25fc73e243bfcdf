"""Fields of forms that read what people type: toman, phone numbers, days of either calendar.

Owns the sentences that say what is wrong with it. What is valid is decided by `topup.people` and
`topup.phones`.
"""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from topup import people, phones
from topup.people import Wrong

WRONG_AMOUNT = {
    Wrong.UNREADABLE: _("Write an amount in toman, such as 50,000."),
    Wrong.TOO_FINE: _("Write whole tomans. A point has one digit after it: a rial is a tenth of a toman."),
    Wrong.NOT_POSITIVE: _("Write an amount of more than 0."),
    Wrong.TOO_LARGE: _("This amount is too large."),
}


class TypedField(forms.CharField):
    """A text that is read as something else; an empty one is nothing."""

    max_characters = people.MAX_CHARACTERS
    kind: str
    """The class of its input, which the stylesheet knows."""

    def __init__(self, **options: Any) -> None:  # CharField's own
        super().__init__(max_length=self.max_characters, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # Django's own
        return {**super().widget_attrs(widget), "autocomplete": "off", "dir": "ltr", "class": self.kind}

    def clean(self, value: Any) -> Any:  # what `read` makes of it, or None
        written = super().clean(value)
        return self.read(written) if written else None

    def read(self, written: str) -> Any:  # of each field's own type
        """What was typed. Raises ValidationError."""
        raise NotImplementedError


class MoneyField(TypedField):
    """An amount typed in toman; cleaned to whole minor units (rials)."""

    kind = "amount"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # Django's own
        return {**super().widget_attrs(widget), "inputmode": "decimal"}

    def read(self, written: str) -> int:
        try:
            return people.read_money(written)
        except people.NotAnAmount as error:
            raise forms.ValidationError(WRONG_AMOUNT[error.wrong], code=str(error.wrong)) from error


class PhoneField(TypedField):
    """A mobile number in any way of writing it; cleaned to E.164 as an integer."""

    max_characters = phones.MAX_CHARACTERS
    kind = "phone"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # Django's own
        return {**super().widget_attrs(widget), "inputmode": "tel"}

    def read(self, written: str) -> int:
        try:
            return phones.parse(written)
        except phones.PhoneError as error:
            raise forms.ValidationError(
                _("This is no mobile number. Write one such as 0912 345 6789."), code="phone"
            ) from error


class DayField(TypedField):
    """A day, by the Persian or the Gregorian calendar; cleaned to a date."""

    kind = "day"

    def read(self, written: str) -> date:
        try:
            return people.read_day(written)
        except people.NotADay as error:
            raise forms.ValidationError(
                _("Write a day such as 2026-11-20 or 1405/08/29."), code="day"
            ) from error
