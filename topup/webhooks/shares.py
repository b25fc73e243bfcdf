"""How many deliveries are under way at once, and of whom: a slow endpoint slows no other. Pure.

An endpoint that did not answer, or answered slowly, is in trouble until it answers well again. Those in
trouble share places of their own, one each.
"""

from collections import Counter

MAX_WELL = 64
"""Requests under way at once to endpoints that answer."""
MAX_IN_TROUBLE = 32
"""The same to those that don't, one each; more than that wait for each other."""
MAX_OF_ONE = 8
"""Requests under way at once to one endpoint that answers."""
MAX_REMEMBERED = 10_000
"""Endpoints that are remembered as being in trouble; beyond it the longest remembered is forgotten."""
CONNECTIONS = MAX_WELL + MAX_IN_TROUBLE


class Shares:
    """The requests of one worker that are under way, by endpoint."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._in_trouble: dict[str, None] = {}  # a set that keeps its order

    def begin(self, endpoint_id: str) -> bool:
        """Take a place for this endpoint; False where it has none left."""
        most = 1 if endpoint_id in self._in_trouble else MAX_OF_ONE
        if self._under_way[endpoint_id] >= most:
            return False
        self._under_way[endpoint_id] += 1
        return True

    def give_back(self, endpoint_id: str) -> None:
        """Give a place back."""
        self._under_way[endpoint_id] -= 1
        if not self._under_way[endpoint_id]:
            del self._under_way[endpoint_id]

    def end(self, endpoint_id: str, *, well: bool) -> None:
        """Give a place back, and remember how it went."""
        self.give_back(endpoint_id)
        self._in_trouble.pop(endpoint_id, None)
        if not well:
            self._in_trouble[endpoint_id] = None
            if len(self._in_trouble) > MAX_REMEMBERED:
                del self._in_trouble[next(iter(self._in_trouble))]

    @property
    def under_way(self) -> int:
        return self._under_way.total()

    @property
    def room(self) -> int:
        """Places left for endpoints that answer."""
        return MAX_WELL - sum(n for each, n in self._under_way.items() if each not in self._in_trouble)

    @property
    def room_in_trouble(self) -> int:
        return MAX_IN_TROUBLE - sum(n for each, n in self._under_way.items() if each in self._in_trouble)

    def passed_over(self) -> list[str]:
        """Who is not among those that answer and have a place left."""
        full = [
            each for each, n in self._under_way.items() if n >= MAX_OF_ONE and each not in self._in_trouble
        ]
        return [*self._in_trouble, *full]

    def waiting_in_trouble(self) -> list[str]:
        """Who is in trouble and has nothing under way, the longest first."""
        return [each for each in self._in_trouble if each not in self._under_way]
