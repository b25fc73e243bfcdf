"""What must hold in every order, and be the same as in some order without any interleaving.

Owns the judgement on the orders of a world: no deadlock, every seller whole, and an end (what the actors
were answered, and what stands in the database) that one after the other could have come to as well.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.interleavings import explorer, whole
from tests.interleavings.explorer import Order
from tests.interleavings.stepwise import Stepwise
from tests.interleavings.worlds import World
from topup.trips import Connection


class End(NamedTuple):
    """What an order came to, without what differs from world to world, such as ids."""

    answers: tuple[object, ...]
    left: tuple[object, ...]


class Explored(NamedTuple):
    """All orders of a world. `ends` are those that its actors come to one after the other."""

    orders: int
    ends: set[End]

    @property
    def answers(self) -> set[tuple[object, ...]]:
        return {end.answers for end in self.ends}


def explored(
    connections: Sequence[Stepwise],
    connection: Connection,
    world: Callable[[Connection], World],
    *,
    switches: int | None,
    most: int | None,
) -> Explored:
    """Run the orders, and hold each to what must be true of it. `switches` is that of `explorer.orders`;
    more orders than `most` are a mistake of the test."""
    sellers: tuple[int, ...] = ()

    def begin() -> Sequence[explorer.Act]:
        nonlocal sellers
        sellers, acts = world(connection)
        return acts

    found: list[tuple[Order, End]] = []
    for order in explorer.orders(connections, connection, begin, switches=switches):
        assert not order.deadlocked, f"a deadlock:\n{order}"
        try:
            whole.assert_whole(connection, sellers)
        except AssertionError as error:
            raise AssertionError(f"{error}\nafter\n{order}") from error
        assert most is None or len(found) < most, f"more than {most} orders: let its actors do less"
        found.append((order, End(tuple(order.answers), whole.left_behind(connection, sellers))))
    return _judged(found)


def _judged(found: Sequence[tuple[Order, End]]) -> Explored:
    ends = {end for order, end in found if order.serial}
    for order, end in found:
        assert end in ends, f"nobody comes to this one after the other: {end}\nafter\n{order}"
    assert any(order.waited for order, _ in found), "nobody ever waited: these have nothing in common"
    return Explored(len(found), ends)
