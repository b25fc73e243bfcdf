"""The search runs every order once, and follows the server where that chooses."""

import itertools
from collections.abc import Callable

import pytest

from tests.interleavings.search import Moment, Situation, Walk


def walked(situation: Callable[[tuple[int, ...]], Situation], *, switches: int | None = None) -> list[str]:
    """The turns of every order, where `situation` says who can go on after some turns."""
    root, found = Moment(1), []
    while root.left:
        walk, turns = Walk(root, switches=switches), tuple[int, ...]()
        while here := situation(turns):
            before = turns[-1] if turns else None
            turns = (*turns, here[walk.choose(here, before=before)][0])
        walk.end()
        found.append("".join(str(turn) for turn in turns))
    return found


def free(*steps: int) -> Callable[[tuple[int, ...]], Situation]:
    """Actors with so many steps each, which never wait for one another."""

    def situation(turns: tuple[int, ...]) -> Situation:
        able = [actor for actor, most in enumerate(steps) if turns.count(actor) < most]
        able.sort(key=lambda actor: (actor != (turns[-1] if turns else None), actor))
        return tuple((actor, f"step {turns.count(actor)}") for actor in able)

    return situation


@pytest.mark.parametrize("steps", [(1,), (2, 2), (3, 1), (2, 1, 2), (1, 1, 1, 1)])
def test_every_order_is_walked_once(steps: tuple[int, ...]) -> None:
    everyone = "".join(str(actor) * count for actor, count in enumerate(steps))

    found = walked(free(*steps))

    assert sorted(found) == sorted({"".join(each) for each in itertools.permutations(everyone)})


@pytest.mark.parametrize("switches", range(5))
def test_a_bound_leaves_out_what_switches_more_often(switches: int) -> None:
    def counted(order: str) -> int:
        """Turns to another actor while the one before had steps left."""
        return sum(
            now != before and order[: place + 1].count(before) < 3
            for place, (before, now) in enumerate(itertools.pairwise(order))
        )

    found = walked(free(3, 3), switches=switches)

    assert sorted(found) == sorted(each for each in walked(free(3, 3)) if counted(each) <= switches)


def test_where_the_server_chooses_both_are_followed() -> None:
    """After the first turn the server lets one of two go on, now this one and now that one."""
    turn = itertools.count()

    def situation(turns: tuple[int, ...]) -> Situation:
        if len(turns) == 0:
            return ((0, "begin"),)
        if len(turns) == 1:
            return ((1 + next(turn) % 2, "first"),)
        return free(1, 2, 2)(turns)

    assert set(walked(situation)) == {"01122", "01212", "01221", "02112", "02121", "02211"}


def test_a_choice_that_the_server_made_once_is_not_waited_for() -> None:
    once = itertools.chain([1], itertools.repeat(2))

    def situation(turns: tuple[int, ...]) -> Situation:
        if len(turns) == 1:
            return ((next(once), "first"),)
        return free(1, 2, 2)(turns) if turns else ((0, "begin"),)

    found = walked(situation)

    assert {"02112", "02121", "02211"} <= set(found)
    assert len(found) < 20
