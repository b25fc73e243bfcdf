"""The balance, now and as of any time, is what the journal says."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.api.calls import V1, adjust, balance, fields, ok, problem, sold
from tests.conftest import Api, NewSeller


def at(client: httpx.Client, moment: str) -> tuple[int, int]:
    """Available and version at a moment."""
    shown = ok(client.get(f"{V1}/balance", params={"at": moment}))
    return shown["available"], shown["version"]


def moved(moment: str, **by: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(**by)).isoformat()


def test_a_new_seller_has_nothing(api: Api, new_seller: NewSeller) -> None:
    shown = balance(api(new_seller()))

    assert shown.pop("as_of")
    assert shown.pop("low_balance_threshold") is None
    assert shown == {"currency": "IRR", "available": 0, "held": 0, "total": 0, "version": 0}


def test_a_balance_is_what_is_left(selling: httpx.Client) -> None:
    sold(selling, amount=1)

    shown = balance(selling)

    assert (shown["available"], shown["held"], shown["total"]) == (999_999, 0, 999_999)
    assert shown["version"] == 2


def test_a_balance_as_of_any_time_is_what_was_left_then(selling: httpx.Client) -> None:
    first, second = sold(selling, amount=1), sold(selling, amount=2)

    before = [at(selling, moved(each["created_at"], microseconds=-1)) for each in (first, second)]
    then = [at(selling, each["created_at"]) for each in (first, second)]

    assert before == [(1_000_000, 1), (999_999, 2)]
    assert then == [(999_999, 2), (999_997, 3)]


def test_before_the_first_movement_there_was_nothing(selling: httpx.Client) -> None:
    assert at(selling, "2020-01-01T00:00:00Z") == (0, 0)
    assert at(selling, "0001-01-01T00:00:00Z") == (0, 0)


def test_in_the_future_is_what_is_now(selling: httpx.Client) -> None:
    later = (datetime.now(UTC) + timedelta(days=3650)).isoformat()

    assert at(selling, later) == (1_000_000, 1)
    assert at(selling, "9999-12-31T23:59:59Z") == (1_000_000, 1)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_beyond_the_calendar_is_no_fault(selling: httpx.Client, moment: str) -> None:
    answer = selling.get(f"{V1}/balance", params={"at": moment})

    assert answer.status_code in {200, 422}, answer.text


def test_a_time_may_be_written_in_any_zone(selling: httpx.Client) -> None:
    made = sold(selling)["created_at"]
    in_tehran = datetime.fromisoformat(made).astimezone(tz=None).isoformat()

    assert at(selling, in_tehran) == (995_000, 2)


def test_a_time_without_a_zone_is_refused(selling: httpx.Client) -> None:
    refusal = problem(selling.get(f"{V1}/balance?at=2026-01-01T00:00:00"), 422, "validation_error")

    assert fields(refusal) == ["at"]
    assert "zone" in refusal["detail"]


def test_an_old_balance_is_told_with_the_time_asked_for(selling: httpx.Client) -> None:
    shown = ok(selling.get(f"{V1}/balance?at=2026-01-01T00:00:00Z"))

    assert shown["as_of"] == "2026-01-01T00:00:00.000000Z"


def test_an_adjustment_shows_at_once(selling: httpx.Client, deciding: httpx.Client) -> None:
    seller_id = ok(selling.get(f"{V1}/sellers"))["data"][0]["id"]

    adjust(deciding, seller_id, -999_999)

    assert balance(selling)["available"] == 1
