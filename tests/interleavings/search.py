"""Which orders were run, and which comes next: a search in depth, without a database.

Owns the tree of moments. Of two that wait for the same lock the server chooses who has it first, so one
choice may lead to several situations: each that is met is followed. It must never run anything.
"""

from collections import Counter

MISSES = 3
"""How often one goes back for a situation that the server came to once and does not come to again."""

Situation = tuple[tuple[int, str], ...]
"""Who can go on and with which statement; whoever went last is in front, if it can."""


class Moment:
    """What may be done next after a beginning, and what came of what was done."""

    def __init__(self, alternatives: int) -> None:
        self.left = list(range(alternatives))
        self.after: dict[int, dict[Situation, Moment]] = {}
        self.missed: Counter[int] = Counter()

    def close(self, taken: int) -> None:
        """Strike out what was taken, if nothing is left to be done after it."""
        open_ones = [moment for moment in self.after.get(taken, {}).values() if moment.left]
        if taken in self.left and (not open_ones or self.missed[taken] >= MISSES):
            self.left.remove(taken)
            self.after.pop(taken, None)


class Walk:
    """One way down the tree: where something is left, there; else as it comes."""

    def __init__(self, root: Moment, *, switches: int | None) -> None:
        self._path = [(root, 0)]
        self._switches_left = switches
        self._known = False
        """Whether the server led to where everything was done before."""

    def choose(self, situation: Situation, *, before: int | None) -> int:
        """Which of the situation's actors goes on, by place. `before` is the actor that went last."""
        if self._known:
            return 0
        could_go_on = situation[0][0] == before
        bound = could_go_on and self._switches_left == 0
        moment, taken = self._path[-1]
        after = moment.after.setdefault(taken, {})
        here = after.setdefault(situation, Moment(1 if bound else len(situation)))
        if not here.left:
            moment.missed[taken] += 1
            self._known = True
            return 0
        choice = here.left[0]
        if could_go_on and choice > 0 and self._switches_left is not None:
            self._switches_left -= 1
        self._path.append((here, choice))
        return choice

    def end(self) -> None:
        for moment, taken in reversed(self._path):
            moment.close(taken)
