"""Today is counted within the time of a look, the newest first, and the next look goes on where it ended."""

from types import ModuleType
from typing import Any

import pytest

from tests.conftest import NewSeller
from tests.portal.selling import grow
from topup import clock
from topup.trips import Connection

ZONE = "UTC"
MANY_S = 600.0
NOTHING_S = 0.0
HOUR_US = 3_600 * clock.US_PER_SECOND


@pytest.fixture
def counting(people: ModuleType) -> Any:  # a module whose models exist once Django is set up
    from topup.console import today  # noqa: PLC0415  # see above

    return today


def noon_us() -> int:
    """Of a day on which no other test sells."""
    return 4_000 * 24 * HOUR_US + 12 * HOUR_US


def test_a_day_is_counted_whole_and_by_its_hours(
    counting: Any, owner: Connection, new_seller: NewSeller
) -> None:
    morning_us = noon_us() - 3 * HOUR_US
    grow(owner, new_seller(), count=3, at_us=morning_us, amount=700)

    found = counting.Counter().look(zone=ZONE, now_us=noon_us(), look_s=MANY_S)

    assert found.whole
    ours = [cell for cell in found.cells if cell.hour == 9]
    assert sum(cell.recharges for cell in ours) == 3
    assert sum(cell.amount for cell in ours) == 2_100


def test_a_look_without_time_shows_what_is_known_and_the_next_goes_on(
    counting: Any, owner: Connection, new_seller: NewSeller
) -> None:
    grow(owner, new_seller(), count=2, at_us=noon_us() + HOUR_US)
    now_us, day = noon_us() + 2 * HOUR_US, counting.Counter()

    first = day.look(zone=ZONE, now_us=now_us, look_s=NOTHING_S)
    whole = day.look(zone=ZONE, now_us=now_us, look_s=MANY_S)
    again = day.look(zone=ZONE, now_us=now_us, look_s=NOTHING_S)

    assert (first.cells, first.hundredths) == ([], 0)
    assert sum(cell.recharges for cell in whole.cells if cell.hour == 13) == 2
    assert again == whole


def test_another_day_begins_with_nothing(counting: Any) -> None:
    day = counting.Counter()
    day.look(zone=ZONE, now_us=noon_us(), look_s=MANY_S)

    assert day.look(zone=ZONE, now_us=noon_us() + 24 * HOUR_US, look_s=NOTHING_S).hundredths == 0
