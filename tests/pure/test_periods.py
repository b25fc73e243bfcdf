"""A statement is of whole days; a month is one of the reader's calendar."""

import itertools
from datetime import date

import pytest

from topup.portal.periods import MONTHS_SHOWN, Period, month_of, months

TEHRAN = "Asia/Tehran"


@pytest.mark.parametrize(
    ("day", "language", "first", "last"),
    [
        (date(2026, 11, 20), "en", date(2026, 11, 1), date(2026, 11, 30)),
        (date(2028, 2, 29), "en", date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 31), "en", date(2026, 12, 1), date(2026, 12, 31)),
        (date(2026, 11, 20), "fa", date(2026, 10, 23), date(2026, 11, 21)),
        (date(2026, 3, 20), "fa", date(2026, 2, 20), date(2026, 3, 20)),
        (date(2026, 3, 21), "fa", date(2026, 3, 21), date(2026, 4, 20)),
        (date(2025, 3, 20), "fa", date(2025, 2, 19), date(2025, 3, 20)),
    ],
)
def test_a_month_has_all_its_days(day: date, language: str, first: date, last: date) -> None:
    assert month_of(day, language) == Period(first, last)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_months_follow_each_other_without_a_gap(language: str) -> None:
    found = months(today=date(2026, 11, 20), since=date(2020, 1, 1), language=language)
    periods = [month_of(each.begins, language) for each in found]

    assert len(found) == MONTHS_SHOWN
    assert all(later.first == earlier.following for later, earlier in itertools.pairwise(periods))


def test_months_go_back_to_the_sellers_first() -> None:
    found = months(today=date(2026, 11, 20), since=date(2026, 9, 30), language="en")

    assert [each.name for each in found] == ["November 2026", "October 2026", "September 2026"]


def test_a_day_begins_at_its_midnight_where_people_live() -> None:
    day = Period(date(2026, 11, 20), date(2026, 11, 20))

    assert day.begins_us(TEHRAN) == 1_795_120_200 * 1_000_000
    assert day.ends_us(TEHRAN) - day.begins_us(TEHRAN) == 24 * 3600 * 1_000_000


@pytest.mark.parametrize(
    ("period", "language", "name"),
    [
        (Period(date(2026, 11, 1), date(2026, 11, 30)), "en", "November 2026"),
        (Period(date(2026, 11, 1), date(2026, 11, 30)), "fa", "۱۰ آبان ۱۴۰۵ – ۹ آذر ۱۴۰۵"),
        (Period(date(2026, 11, 20), date(2026, 11, 20)), "en", "20 November 2026"),
    ],
)
def test_a_period_is_named_as_people_say_it(period: Period, language: str, name: str) -> None:
    assert period.name(language) == name
