"""Every order of the statements of a few actors, each order run on the database from a world of its own.

Owns the running of an order: whoever waits for a lock can't go on until its holder does, which the server is
asked (`pg_blocking_pids`). What happens inside of one statement is the server's own and is not cut. It must
never decide what is right; that is the test's.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.interleavings.search import Moment, Situation, Walk
from tests.interleavings.stepwise import PATIENCE_S, Actor, Place, Stepwise
from topup.trips import Connection

AT_ONCE_S = 0.002
"""How long a statement is simply waited for before the server is asked whether it waits for a lock."""
DEADLOCK = "40P01"
Act = Callable[[Connection], object]


@dataclass
class Order:
    """One order, as it was run. `turns` are the actors in the order of their statements."""

    turns: list[int] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    answers: list[object] = field(default_factory=list)
    errors: list[list[str]] = field(default_factory=list)
    switches: int = 0
    """How often an actor was left that could have gone on."""
    waited: bool = False
    """Whether an actor waited for another one's lock."""

    @property
    def serial(self) -> bool:
        """Whether each actor did everything at once, one after the other."""
        return sum(now != before for before, now in pairwise(self.turns)) < len(set(self.turns))

    @property
    def deadlocked(self) -> bool:
        return any(DEADLOCK in met for met in self.errors)

    def __str__(self) -> str:
        return "\n".join(self.story)


def orders(
    connections: Sequence[Stepwise],
    observer: Connection,
    world: Callable[[], Sequence[Act]],
    *,
    switches: int | None = None,
) -> Iterator[Order]:
    """Run every order, each in a new world, and yield it as it ended.

    `switches` leaves out the orders that leave an actor which could go on more often than that; None
    leaves out nothing. `connections` are as many as the world has actors.
    """
    root = Moment(1)
    while root.left:
        walk = Walk(root, switches=switches)
        yield _run(connections, observer, world(), walk)
        walk.end()


def _run(connections: Sequence[Stepwise], observer: Connection, acts: Sequence[Act], walk: Walk) -> Order:
    changed = threading.Condition()
    actors = [Actor(each, act, changed) for each, act in zip(connections, acts, strict=True)]
    order = Order()
    while _settled(actors, observer, changed, order):
        before = order.turns[-1] if order.turns else None
        situation = _situation(actors, before)
        now, statement = situation[walk.choose(situation, before=before)]
        order.switches += situation[0][0] == before != now
        order.turns.append(now)
        order.story.append(f"{now}: {statement}")
        with changed:
            actors[now].gate.open()
    order.answers = [actor.join() for actor in actors]
    order.errors = [actor.gate.errors for actor in actors]
    return order


def _situation(actors: list[Actor], before: int | None) -> Situation:
    ready = [place for place, actor in enumerate(actors) if actor.gate.place is Place.READY]
    ready.sort(key=lambda place: (place != before, place))
    return tuple((place, actors[place].gate.statement) for place in ready)


def _settled(actors: list[Actor], observer: Connection, changed: threading.Condition, order: Order) -> bool:
    """Wait until whoever is with the server has an answer or waits for one who has; whether some go on."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with changed:
            changed.wait_for(lambda: not _with_the_server(actors), AT_ONCE_S)
            sent = _with_the_server(actors)
            ready = any(actor.gate.place is Place.READY for actor in actors)
        if not sent:
            return ready
        if ready and _all_wait(sent, actors, observer):
            order.waited = True
            return True
        assert time.monotonic() < end, f"neither an answer nor a lock that it waits for:\n{order}"


def _with_the_server(actors: list[Actor]) -> list[Actor]:
    return [actor for actor in actors if actor.gate.place is Place.SENT]


def _all_wait(sent: list[Actor], actors: list[Actor], observer: Connection) -> bool:
    """Whether each of these waits, if only by way of another one of them, for an actor that is ready.

    An actor that has its answer has not been asked for more since `sent` was read, so who waits for it
    goes on waiting; a statement may also wait for a moment for somebody of another test, who is not ours.
    """
    rows = observer.execute(
        "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) AS pid", [[actor.pid for actor in sent]]
    ).fetchall()
    holding = {actor.pid for actor in actors if actor.gate.place is Place.READY}
    waiting: dict[int, list[int]] = dict(rows)
    while found := [pid for pid, blockers in waiting.items() if holding & set(blockers)]:
        holding |= set(found)
        for pid in found:
            del waiting[pid]
    return not waiting
