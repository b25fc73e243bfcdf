"""What keys are used for: the requests that this process saw since they were last written.

Owns which requests are kept where there are many, and which keys were used at all. It must never read or
write anything itself: a sale pays for a few look-ups here and an append.
"""

from typing import NamedTuple

from topup import clock

MAX_OF_SELLER = 20
"""Requests of one seller kept in a beat that went well, and as many that did not: nobody reads more."""
MAX_KEPT = 200
"""Those of all sellers together in a beat, of each kind: some milliseconds of PostgreSQL a second."""
FIRST_ERROR = 400
US_PER_SECOND = 1_000_000


class UsedKey(NamedTuple):
    """The key that a request proved; `seller_id` is None where it is one of staff."""

    key_id: str
    seller_id: int | None


class Use(NamedTuple):
    """A request that was answered. `code` is the problem's, empty where there was none."""

    seller_id: int
    key_id: str
    at_us: int
    took_us: int
    status: int
    method: str
    path: str
    code: str
    request_id: str


class Taken(NamedTuple):
    """What was seen: the requests that are kept, oldest first, and every key that was used."""

    uses: list[Use]
    keys: set[str]


class Seen:
    """Filled by every request of an API process, emptied by its beat. For one loop."""

    def __init__(self) -> None:
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._keys: set[str] = set()
        self._well: list[Use] = []
        self._badly: list[Use] = []
        self._well_of: dict[int, int] = {}
        self._badly_of: dict[int, int] = {}

    def note(
        self,
        used: UsedKey,
        *,
        method: str,
        path: str,
        status: int,
        code: str,
        request_id: str,
        began_s: float,
    ) -> None:
        """A request was answered that began at this moment of the monotonic clock."""
        key_id, seller_id = used
        self._keys.add(key_id)
        if seller_id is None:
            return
        kept, of = (self._well, self._well_of) if status < FIRST_ERROR else (self._badly, self._badly_of)
        count = of.get(seller_id, 0)
        if count >= MAX_OF_SELLER or len(kept) >= MAX_KEPT:
            return
        of[seller_id] = count + 1
        took_us = int((clock.monotonic_s() - began_s) * US_PER_SECOND)
        kept.append(Use(seller_id, key_id, clock.now_us(), took_us, status, method, path, code, request_id))

    def take(self) -> Taken:
        """What was seen, and begin anew."""
        taken = Taken(sorted([*self._well, *self._badly], key=lambda use: use.at_us), self._keys)
        self._begin_anew()
        return taken
