"""The clock: the only reader of the time. Everything that decides is told it.

Inside the money path a moment is an integer, microseconds since 1970 in UTC (`…_us`), which is
PostgreSQL's own resolution; a datetime is made at the edges.
"""

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

US_PER_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now_us() -> int:
    """This moment, in microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


def monotonic_s() -> float:
    """Seconds from a fixed but unknown start, for durations only."""
    return time.monotonic()


def from_us(moment_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=moment_us)


def to_us(moment: datetime) -> int:
    """Raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=1024)
def rfc3339(moment_us: int) -> str:
    """`2026-11-20T10:44:00.123456Z`, as every answer writes a time. The sales of a batch share theirs."""
    return from_us(moment_us).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def day_in(zone: str, moment_us: int) -> date:
    """The calendar day of a moment in a time zone; a day is cached until it ends there."""
    return _day_of_hour_quarter(zone, moment_us // (900 * US_PER_SECOND))


@lru_cache(maxsize=64)
def _day_of_hour_quarter(zone: str, quarter: int) -> date:
    # Every zone's offset is a multiple of a quarter of an hour since 1972, so a quarter has one day.
    return from_us(quarter * 900 * US_PER_SECOND).astimezone(ZoneInfo(zone)).date()
