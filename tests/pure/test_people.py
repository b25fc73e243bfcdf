"""What people read and type: exact to the rial, in both languages, and the same on the way back."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topup import people
from topup.money import MAX_MINOR
from topup.people import NotADay, NotAnAmount, Wrong

TEHRAN = "Asia/Tehran"
LANGUAGES = st.sampled_from(["en", "fa"])
AMOUNTS = st.integers(min_value=1, max_value=MAX_MINOR)
MOMENT_US = 1_795_169_100_000_000  # 2026-11-20 10:05:00 UTC


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("rials", "english", "persian"),
    [
        (125_000, "12,500 toman", "۱۲٬۵۰۰ تومان"),
        (125_005, "12,500.5 toman", "۱۲٬۵۰۰٫۵ تومان"),
        (5, "0.5 toman", "۰٫۵ تومان"),
        (0, "0 toman", "۰ تومان"),
        (-125_000, "−12,500 toman", "\u200e−۱۲٬۵۰۰ تومان"),
        (MAX_MINOR, "922,337,203,685,477,580.7 toman", "۹۲۲٬۳۳۷٬۲۰۳٬۶۸۵٬۴۷۷٬۵۸۰٫۷ تومان"),
    ],
)
def test_rials_are_shown_in_toman_with_the_unit_written(rials: int, english: str, persian: str) -> None:
    assert plain(people.money(rials, "IRR", "en")) == english
    assert plain(people.money(rials, "IRR", "fa")) == persian


def test_rials_can_be_shown_as_they_are() -> None:
    assert plain(people.money(125_005, "IRR", "en", "rial")) == "125,005 rial"
    assert plain(people.money(125_005, "IRR", "fa", "rial")) == "۱۲۵٬۰۰۵ ریال"


@given(AMOUNTS, LANGUAGES, st.sampled_from(["toman", "rial"]))
def test_what_is_shown_reads_back_as_the_same_amount(rials: int, language: str, unit: people.Unit) -> None:
    assert people.read_money(people.money(rials, "IRR", language, unit)) == rials


@pytest.mark.parametrize(
    "written",
    [
        "12500", "12,500", "12 500", "۱۲۵۰۰", "۱۲٬۵۰۰", "۱۲،۵۰۰", "١٢٥٠٠", " 12,500 toman ", "۱۲٬۵۰۰ تومان",
        "۱۲۵۰۰تومن", "12,500.0", "125,000 rial", "۱۲۵٬۰۰۰ ریال", "125000 IRR", "12'500", "\u200f۱۲٬۵۰۰",
    ],
)  # fmt: skip
def test_an_amount_may_be_typed_as_people_do(written: str) -> None:
    assert people.read_money(written) == 125_000


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("", Wrong.UNREADABLE),
        ("abc", Wrong.UNREADABLE),
        ("1e5", Wrong.UNREADABLE),
        ("12,50", Wrong.UNREADABLE),
        ("1,2500", Wrong.UNREADABLE),
        ("12.500", Wrong.TOO_FINE),
        ("0.05", Wrong.TOO_FINE),
        ("12.5 rial", Wrong.TOO_FINE),
        ("0", Wrong.NOT_POSITIVE),
        ("-5", Wrong.NOT_POSITIVE),
        ("−۵", Wrong.NOT_POSITIVE),
        ("9" * 30, Wrong.TOO_LARGE),
        ("9" * 61, Wrong.UNREADABLE),
    ],
)
def test_what_is_no_amount_is_refused_and_told_why(written: str, wrong: Wrong) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        people.read_money(written)

    assert refusal.value.wrong is wrong


@given(st.text(max_size=70))
def test_whatever_is_typed_is_an_amount_or_refused(written: str) -> None:
    with suppress(NotAnAmount):
        assert 1 <= people.read_money(written) <= MAX_MINOR


def test_days_are_shown_by_the_calendar_of_the_language() -> None:
    when = date(2026, 11, 20)

    assert (people.day(when, "en"), people.day(when, "fa")) == ("2026-11-20", "۱۴۰۵/۰۸/۲۹")
    assert people.day_in_words(when, "en") == "20 November 2026"
    assert people.day_in_words(when, "fa") == "۲۹ آبان ۱۴۰۵"


def test_a_month_begins_by_the_calendar_of_the_language() -> None:
    when = date(2026, 11, 20)

    assert people.month_begins(when, "en") == date(2026, 11, 1)
    assert people.month_begins(when, "fa") == date(2026, 10, 23)
    assert people.month_in_words(when, "fa") == "آبان ۱۴۰۵"


@given(st.dates(min_value=date(1700, 1, 1), max_value=date(2300, 1, 1)), LANGUAGES)
def test_a_day_that_is_shown_reads_back_as_the_same_day(when: date, language: str) -> None:
    assert people.read_day(people.day(when, language)) == when


@pytest.mark.parametrize("written", ["", "yesterday", "1405/13/01", "2026-02-30", "1405/12/31", "05/08/29"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(NotADay):
        people.read_day(written)


def test_a_moment_is_told_in_the_zone_that_people_live_in() -> None:
    assert people.moment(MOMENT_US, "en", TEHRAN) == "2026-11-20 13:35"
    assert people.moment(MOMENT_US, "fa", TEHRAN, seconds=True) == "۱۴۰۵/۰۸/۲۹ ۱۳:۳۵:۰۰"


@pytest.mark.parametrize(
    ("number", "english", "persian"),
    [
        (989123456789, "0912 345 6789", "۰۹۱۲ ۳۴۵ ۶۷۸۹"),
        (4915112345678, "+4915112345678", "+۴۹۱۵۱۱۲۳۴۵۶۷۸"),
    ],
)
def test_a_phone_number_is_written_as_at_home(number: int, english: str, persian: str) -> None:
    assert (people.phone(number, "en"), people.phone(number, "fa")) == (english, persian)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(987, 1000, "98.7%"), (1, 1, "100%"), (999_999, 1_000_000, "99.9%"), (0, 0, "–")],
)
def test_a_share_is_all_only_where_it_is_all(part: int, whole: int, shown: str) -> None:
    assert people.percent(part, whole, "en") == shown
