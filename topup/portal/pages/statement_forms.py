"""The form of Statement: a month, or any range of days.

Owns the sentences that say what is wrong with a range.
"""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from topup.portal import periods
from topup.portal.fields import DayField
from topup.portal.periods import FIRST_DAY, LAST_DAY, Period

MAX_VERSION = 2**63 - 1


class PeriodForm(forms.Form):
    """`month` is any day of a month, which is one of the language's calendar; a range has both its days."""

    month = DayField(required=False)
    after = forms.IntegerField(required=False, min_value=0, max_value=MAX_VERSION)

    period: Period | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Form's own
        super().__init__(*args, **kwargs)
        # `from` is a word of Python, so this field cannot be written above.
        self.fields["from"] = DayField(label=_("First day"), required=False)
        self.fields["to"] = DayField(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:  # Form's own
        given: dict[str, Any] = super().clean() or {}
        first, last, month = given.get("from"), given.get("to"), given.get("month")
        if self.errors:
            return given
        if month:
            self.period = periods.month_of(_known(month), get_language() or "")
        elif first or last:
            self.period = self._range(first, last)
        return given

    def _range(self, first: date | None, last: date | None) -> Period | None:
        if first is None or last is None:
            self.add_error("from" if first is None else "to", _("Write both days."))
            return None
        if first > last:
            self.add_error("to", _("The last day is before the first."))
            return None
        return Period(_known(first), _known(last))


def _known(day: date) -> date:
    if not FIRST_DAY <= day < LAST_DAY:
        raise forms.ValidationError(
            _("Write a day between the years 2000 and 2100 (1379 and 1478)."), code="day"
        )
    return day
