"""The time that a statement is about: whole days, from the first to the last, both in it.

Owns months and ranges, in the calendar of the language. Pure: the day that it is, is told.
"""

from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from topup import clock, people

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
"""Days outside are a slip of the hand."""
MONTHS_SHOWN = 24
"""Months to choose from; an older one is asked for by its days."""
LONGEST_MONTH = timedelta(days=32)
"""From the first of a month, always a day of the next one, in both calendars."""


class Period(NamedTuple):
    first: date
    last: date

    @property
    def following(self) -> date:
        return self.last + timedelta(days=1)

    def begins_us(self, zone: str) -> int:
        return _midnight_us(self.first, zone)

    def ends_us(self, zone: str) -> int:
        """The first moment that is no longer in it."""
        return _midnight_us(self.following, zone)

    def name(self, language: str) -> str:
        """`November 2026`, or the first and the last day where it is no whole month."""
        if self == month_of(self.first, language):
            return people.month_in_words(self.first, language)
        first, last = people.day_in_words(self.first, language), people.day_in_words(self.last, language)
        return first if self.first == self.last else f"{first} – {last}"


class Month(NamedTuple):
    """A month to choose: its first day, and its name."""

    begins: date
    name: str


def month_of(day: date, language: str) -> Period:
    """The month that a day is in, by the calendar of the language."""
    first = people.month_begins(day, language)
    return Period(first, people.month_begins(first + LONGEST_MONTH, language) - timedelta(days=1))


def months(*, today: date, since: date, language: str) -> list[Month]:
    """This month and those before it, as far back as `since`."""
    found: list[Month] = []
    begins = people.month_begins(today, language)
    while len(found) < MONTHS_SHOWN:
        found.append(Month(begins, people.month_in_words(begins, language)))
        if begins <= since:
            break
        begins = people.month_begins(begins - timedelta(days=1), language)
    return found


def _midnight_us(day: date, zone: str) -> int:
    return clock.to_us(datetime.combine(day, clock_time(), ZoneInfo(zone)))
