"""Moments are exact to the microsecond, and a day begins where the seller lives."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topup import clock

TEHRAN = timezone(timedelta(hours=3, minutes=30))
AFTER_1970 = datetime(1970, 1, 2)  # noqa: DTZ001  # the strategy adds the zone itself
YEAR_1972_US = 63_072_000_000_000
YEAR_9000_US = 221_845_392_000_000_000
ZONES = [
    "Asia/Tehran", "UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns",
    "Pacific/Kiritimati", "Pacific/Chatham",
]  # fmt: skip


@given(st.integers(0, YEAR_9000_US))
def test_a_moment_survives_the_way_to_a_datetime_and_back(moment_us: int) -> None:
    assert clock.to_us(clock.from_us(moment_us)) == moment_us


@given(st.datetimes(min_value=AFTER_1970, timezones=st.just(TEHRAN)))
def test_a_datetime_of_any_zone_survives_to_the_microsecond(moment: datetime) -> None:
    assert clock.from_us(clock.to_us(moment)) == moment


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.to_us(datetime(2027, 1, 15))  # noqa: DTZ001  # that it has no zone is the point


@pytest.mark.parametrize(
    ("moment_us", "written"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (1_800_000_000_123_456, "2027-01-15T08:00:00.123456Z"),
        (951_782_400_000_000 - 1, "2000-02-28T23:59:59.999999Z"),
    ],
)
def test_a_moment_is_written_as_rfc_3339_in_utc(moment_us: int, written: str) -> None:
    assert clock.rfc3339(moment_us) == written


def test_a_day_in_tehran_begins_at_half_past_eight_in_the_evening_utc() -> None:
    midnight_us = clock.to_us(datetime(2027, 1, 14, 20, 30, tzinfo=UTC))

    assert clock.day_in("Asia/Tehran", midnight_us - 1) == date(2027, 1, 14)
    assert clock.day_in("Asia/Tehran", midnight_us) == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("midnight", "day"),
    [
        pytest.param(datetime(2027, 3, 27, 23, 0, tzinfo=UTC), date(2027, 3, 28), id="in winter time"),
        pytest.param(datetime(2027, 3, 28, 22, 0, tzinfo=UTC), date(2027, 3, 29), id="in summer time"),
        pytest.param(
            datetime(2027, 10, 30, 22, 0, tzinfo=UTC), date(2027, 10, 31), id="in summer time still"
        ),
        pytest.param(datetime(2027, 10, 31, 23, 0, tzinfo=UTC), date(2027, 11, 1), id="in winter time again"),
    ],
)
def test_a_day_follows_the_clocks_that_change(midnight: datetime, day: date) -> None:
    midnight_us = clock.to_us(midnight)

    assert clock.day_in("Europe/Berlin", midnight_us - 1) == day - timedelta(days=1)
    assert clock.day_in("Europe/Berlin", midnight_us) == day


@given(zone=st.sampled_from(ZONES), moment_us=st.integers(YEAR_1972_US, YEAR_9000_US))
def test_the_remembered_day_is_the_calendars(zone: str, moment_us: int) -> None:
    assert clock.day_in(zone, moment_us) == clock.from_us(moment_us).astimezone(ZoneInfo(zone)).date()


def test_durations_never_go_back() -> None:
    readings = [clock.monotonic_s() for _ in range(1_000)]

    assert readings == sorted(readings)


def test_now_is_now() -> None:
    assert abs(clock.from_us(clock.now_us()) - datetime.now(UTC)) < timedelta(seconds=5)
