"""Which recharges a list is about: the form, and what it comes to.

Owns the names in the query string, which links elsewhere use too (`?state=unknown`), and the quick choices
of days. It must never read a recharge.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from topup import clock, people
from topup.gateways.models import Operator
from topup.portal import states
from topup.portal.fields import DayField, PhoneField
from topup.recharges.lifecycle import State

MAX_REFERENCE = 255
"""Characters of a reference."""
WEEK_DAYS = 7
DAYS = ("since", "until")
FOLDED = ("state", "operator", *DAYS)


class Filter(NamedTuple):
    """What is looked for; None is any. `since_us` is included, `until_us` is not."""

    phone_number: int | None = None
    reference: str | None = None
    operator: str | None = None
    state: str | None = None
    since_us: int | None = None
    until_us: int | None = None


class Quick(NamedTuple):
    """A choice of days that is one press away; `query` has the other filters too."""

    title: "Promise | str"
    query: str
    chosen: bool


class FilterForm(forms.Form):
    """The form above the list. Everything in it may be left out."""

    number = PhoneField(required=False, label=_("Phone number"))
    reference = forms.CharField(
        required=False,
        max_length=MAX_REFERENCE,
        label=_("Your reference"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(required=False, label=_("State"))
    operator = forms.ChoiceField(required=False, label=_("Operator"))
    since = DayField(required=False, label=_("From the day"))
    until = DayField(required=False, label=_("Up to the day"))

    def __init__(self, query: QueryDict) -> None:
        super().__init__(_readable(query))
        any_of_them = [("", _("any"))]
        self._choice("state").choices = any_of_them + [(each.value, states.WORDS[each]) for each in State]
        self._choice("operator").choices = any_of_them + list(operator_names().items())
        for name in DAYS:
            self.fields[name].widget.attrs["placeholder"] = _example()

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    @property
    def narrowed(self) -> bool:
        """Whether anything is chosen that a phone folds away."""
        return any(self.data.get(name) for name in FOLDED)

    def clean(self) -> dict[str, Any]:  # Django's own
        found: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return found

    def filter(self, zone: str) -> Filter:
        """What a valid form looks for."""
        found = self.cleaned_data
        since, until = found["since"], found["until"]
        return Filter(
            phone_number=found["number"],
            reference=found["reference"] or None,
            operator=found["operator"] or None,
            state=found["state"] or None,
            since_us=None if since is None else morning_us(since, zone),
            until_us=None if until is None else morning_us(_next(until), zone),
        )


def operator_names() -> dict[str, str]:
    """What people call the operators, by their codes."""
    name = "name_fa" if language() == people.PERSIAN else "name_en"
    return dict(Operator.objects.values_list("code", name))


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def morning_us(day: date, zone: str) -> int:
    """When a day begins where people live."""
    return clock.to_us(datetime.combine(day, clock_time(), ZoneInfo(zone)))


def quick_choices(query: QueryDict, today: date) -> Iterator[Quick]:
    """Today, seven days, this month: with the other filters as they are."""
    chosen = tuple(_day(query.get(name, "")) for name in DAYS)
    week, month = today - timedelta(days=WEEK_DAYS - 1), people.month_begins(today, language())
    for title, since in ((_("Today"), today), (_("Seven days"), week), (_("This month"), month)):
        yield Quick(title, _with_days(query, since, today), chosen == (since, today))
    yield Quick(_("All"), _with_days(query, None, None), chosen == (None, None))


def _next(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _with_days(query: QueryDict, since: date | None, until: date | None) -> str:
    changed = query.copy()
    for name in ("before", "after", *DAYS):
        changed.pop(name, None)
    for name, value in zip(DAYS, (since, until), strict=True):
        if value is not None:
            changed[name] = value.isoformat()
    return f"?{changed.urlencode()}"


def _readable(query: QueryDict) -> QueryDict:
    """The query with its days as the language of the page writes them."""
    shown = query.copy()
    for name in DAYS:
        day = _day(query.get(name, ""))
        if day is not None:
            shown[name] = people.day(day, language())
    return shown


def _day(written: str) -> date | None:
    try:
        return people.read_day(written)
    except people.NotADay:
        return None


def _example() -> str:
    return "۱۴۰۵/۰۸/۲۹" if language() == people.PERSIAN else "2026-11-20"
