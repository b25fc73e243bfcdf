"""The explorer misses no order, and names what is wrong with one: it is shown things that are wrong."""

from collections.abc import Callable, Iterator
from math import comb

import psycopg
import pytest

from tests.interleavings import explorer
from tests.interleavings.conftest import Explore, OpenActors
from tests.interleavings.explorer import Act
from tests.interleavings.worlds import World
from topup.trips import Connection

LOCK = "SELECT pg_advisory_xact_lock(%s)"
MINE, YOURS = 1_000_000_007, 1_000_000_008
"""Numbers of locks that nobody else takes."""


@pytest.fixture
def counter(superuser: Connection) -> Iterator[None]:
    """A number that anybody may change, without anything that guards it."""
    superuser.execute(
        "CREATE TABLE public.counted (number bigint); INSERT INTO counted VALUES (0);"
        "GRANT ALL ON public.counted TO PUBLIC"
    )
    yield
    superuser.execute("DROP TABLE public.counted")


def saying(*statements: str) -> Act:
    def say(connection: Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return say


def locking(*numbers: int) -> Act:
    def lock(connection: Connection) -> None:
        connection.execute("BEGIN")
        try:
            for number in numbers:
                connection.execute(LOCK, [number])
        except psycopg.errors.DeadlockDetected:
            connection.execute("ROLLBACK")
        else:
            connection.execute("COMMIT")

    return lock


@pytest.mark.parametrize(("first", "second"), [(1, 1), (2, 2), (3, 2), (3, 4)])
def test_all_orders_of_two_who_have_nothing_in_common_are_run(
    open_actors: OpenActors, connection: Connection, first: int, second: int
) -> None:
    acts = [saying(*["SELECT 'one'"] * first), saying(*["SELECT 'two'"] * second)]

    stories = {str(order) for order in explorer.orders(open_actors(2), connection, lambda: acts)}

    assert len(stories) == comb(first + second, first)


@pytest.mark.parametrize(("switches", "expected"), [(0, 2), (1, 6), (2, 14), (None, 20)])
def test_a_bound_leaves_out_what_switches_more_often(
    open_actors: OpenActors, connection: Connection, switches: int | None, expected: int
) -> None:
    """Of the 20 orders of three and three statements two switch never, four once, eight twice."""
    acts = [saying(*["SELECT 1"] * 3)] * 2

    found = list(explorer.orders(open_actors(2), connection, lambda: acts, switches=switches))

    assert len(found) == expected
    assert sum(order.serial for order in found) == 2
    assert max(order.switches for order in found) == (4 if switches is None else switches)


def test_who_waits_for_a_lock_goes_on_when_it_is_free(
    open_actors: OpenActors, connection: Connection
) -> None:
    acts = [locking(MINE), locking(MINE)]

    found = list(explorer.orders(open_actors(2), connection, lambda: acts))

    assert {order.waited for order in found} == {True, False}
    assert [order for order in found if any(order.errors)] == []


def test_a_deadlock_is_found(open_actors: OpenActors, connection: Connection) -> None:
    acts = [locking(MINE, YOURS), locking(YOURS, MINE)]

    found = explorer.orders(open_actors(2), connection, lambda: acts)

    assert next(order for order in found if order.deadlocked).serial is False


@pytest.mark.usefixtures("counter")
def test_an_update_that_is_lost_is_found(explore: Explore) -> None:
    """Both read the number and write the next one: one after the other they come to two."""

    def count(connection: Connection) -> object:
        row = connection.execute("SELECT number FROM public.counted").fetchone()
        assert row is not None
        connection.execute("UPDATE public.counted SET number = %s", [row[0] + 1])
        return row[0]

    def world(connection: Connection) -> World:
        connection.execute("UPDATE public.counted SET number = 0")
        return World((), [count, count])

    with pytest.raises(AssertionError, match="nobody comes to this one after the other"):
        explore(world)


def test_actors_that_have_nothing_in_common_prove_nothing(explore: Explore) -> None:
    alone: Callable[[Connection], World] = lambda _: World((), [saying("SELECT 1")] * 2)  # noqa: E731

    with pytest.raises(AssertionError, match="nobody ever waited"):
        explore(alone)


def test_an_actor_that_fails_fails_the_test(explore: Explore) -> None:
    failing: Callable[[Connection], World] = lambda _: World((), [saying("SELECT 1/0")] * 2)  # noqa: E731

    with pytest.raises(psycopg.errors.DivisionByZero):
        explore(failing)
