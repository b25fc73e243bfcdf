"""A balance as of a time is that after the last movement made by then, whatever the clock did.

`ledger.seq_at_v1` finds that movement by halving, which needs a book's times never to go back. The door
keeps them so, and every answer here is held to a search from one end of the journal to the other.
"""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import posting
from tests.support.samples import NOON_US, a_command
from topup import trips
from topup.ledger import direct, door
from topup.ledger.core import Kind
from topup.trips import Connection

EXAMPLES = 40
"""Books made and asked about, a few milliseconds each."""
STEPS_US = st.lists(st.integers(-3, 3), min_size=0, max_size=25)
"""How the clock goes on from one movement to the next: on, not at all, or back."""
AROUND = range(-5, 5)


def post_at(connection: Connection, seller_id: int, now_us: int) -> None:
    """One credit, by a process whose clock says so."""
    credit = a_command(Kind.CREDIT, 1, seller_id=seller_id)
    steps = door.procedure([credit], posting.Moves(), now=lambda: now_us, zone="UTC", careful=False)
    direct.carry_out(connection, steps)


def a_book(connection: Connection, steps_us: Sequence[int]) -> tuple[int, list[int]]:
    """A book whose clock went so, and the times of its movements as they are stored."""
    seller_id = posting.open_book(connection)
    for now_us in itertools.accumulate(steps_us, initial=NOON_US):
        post_at(connection, seller_id, now_us)
    return seller_id, [line.moment_us for line in posting.journal_of(connection, seller_id)]


def seq_at(connection: Connection, seller_id: int, moment_us: int) -> int:
    row = connection.execute("SELECT ledger.seq_at_v1(%s, 'IRR', %s)", [seller_id, moment_us]).fetchone()
    assert row is not None
    return int(row[0])


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps_us=STEPS_US)
def test_the_search_finds_what_reading_everything_finds(steps_us: list[int], app: Connection) -> None:
    seller_id, times = a_book(app, steps_us)

    for moment_us in {time + offset for time in times for offset in AROUND}:
        by_then = [time for time in times if time <= moment_us]
        assert seq_at(app, seller_id, moment_us) == len(by_then)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps_us=STEPS_US)
def test_time_never_goes_back_within_a_book(steps_us: list[int], app: Connection) -> None:
    _, times = a_book(app, steps_us)

    clock = itertools.accumulate(steps_us, initial=NOON_US)
    assert times == list(itertools.accumulate(clock, max))


def test_a_clock_that_went_back_for_a_day_loses_no_movement(app: Connection) -> None:
    day_us = 86_400_000_000
    seller_id, times = a_book(app, [1_000_000, -day_us, 1_000_000, day_us])

    assert times == sorted(times)
    assert seq_at(app, seller_id, NOON_US) == 1
    assert seq_at(app, seller_id, NOON_US + 999_999) == 1
    assert seq_at(app, seller_id, NOON_US + 1_000_000) == 4
    assert seq_at(app, seller_id, NOON_US + day_us) == 5


@pytest.mark.parametrize("moment_us", [-(2**63), 0, NOON_US - 1])
def test_before_its_first_movement_a_book_is_at_none(moment_us: int, app: Connection) -> None:
    seller_id, _ = a_book(app, [5])

    assert seq_at(app, seller_id, moment_us) == 0
    assert trips.run(app, [(door.SQL["book_at"], (seller_id, "IRR", moment_us))]) == [[]]


def test_long_after_its_last_movement_a_book_is_at_that(app: Connection) -> None:
    seller_id, _ = a_book(app, [5, 5])

    assert seq_at(app, seller_id, 2**63 - 1) == 3
    assert trips.run(app, [(door.SQL["book_at"], (seller_id, "IRR", 2**63 - 1))]) == [[(3, 0, 3)]]


def test_a_book_that_is_empty_or_is_not_there_is_at_none(app: Connection) -> None:
    seller_id = posting.open_book(app)

    assert seq_at(app, seller_id, 2**63 - 1) == 0
    assert seq_at(app, 2**31, 2**63 - 1) == 0


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps_us=STEPS_US, offset=st.integers(-50, 50))
def test_the_vector_is_that_of_the_movement_found(steps_us: list[int], offset: int, app: Connection) -> None:
    seller_id, _ = a_book(app, steps_us)
    seq = seq_at(app, seller_id, NOON_US + offset)

    ((*found,),) = trips.run(app, [(door.SQL["book_at"], (seller_id, "IRR", NOON_US + offset))])

    assert found == ([(seq, 0, seq)] if seq else [])
