"""Who shares a batch with whom. Pure: no connection, no loop, no clock.

Owns groups, lanes and the queue of a lane, with their limits.
"""

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

GROUPS = 32
"""Ranges of PostgreSQL's hash of a seller, as many as shards of a cluster by default."""
MAX_BATCH = 512
"""Wishes in one transaction: above it the gain per wish is small, and each waits for all of them."""
MAX_QUEUED = 8192
"""Wishes waiting in a lane, about half a second of work; one more is refused at once."""
MAX_WAIT_S = 5.0
"""How long a wish may wait in a lane before it is refused instead of being begun."""

_MASK = 0xFFFF_FFFF

T = TypeVar("T")


class Entry(NamedTuple, Generic[T]):
    """A thing in a queue: `key` is its idempotency key, `since_s` when it came."""

    item: T
    key: Hashable
    since_s: float


class Batch(NamedTuple, Generic[T]):
    """What a lane takes at once. `careful`: some of it met its own key in the batch before."""

    items: list[T]
    late: list[T]
    careful: bool


class Queue(Generic[T]):
    """The wishes of one lane, in order, never more than MAX_QUEUED."""

    def __init__(self) -> None:
        self._entries: deque[Entry[T]] = deque()
        self._keys: set[Hashable] = set()  # of the batch that was taken last
        self._deferred = 0

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, item: T, key: Hashable, *, now_s: float) -> bool:
        """Whether there was room."""
        if len(self._entries) >= MAX_QUEUED:
            return False
        self._entries.append(Entry(item, key, now_s))
        return True

    def put_back(self, entries: Sequence[Entry[T]]) -> None:
        """Give back what was taken and not begun: it is the next to be taken, in its order."""
        self._entries.extendleft(reversed(entries))

    def take(self, *, now_s: float) -> Batch[T]:
        """The next batch: in order, each key once, what waited too long set apart as `late`.

        A wish whose key is already in the batch stays first in the queue, and the batch that takes
        it then is careful: it looks up what the first one did.
        """
        careful, self._deferred = self._deferred > 0, 0
        items: list[T] = []
        late: list[T] = []
        again: list[Entry[T]] = []
        self._keys = set()
        while self._entries and len(items) < MAX_BATCH:
            entry = self._entries.popleft()
            if now_s - entry.since_s > MAX_WAIT_S:
                late.append(entry.item)
            elif not self._admits(entry):
                again.append(entry)
            else:
                items.append(entry.item)
        self._entries.extendleft(reversed(again))
        return Batch(items, late, careful)

    def take_more(self, wanted: Callable[[T], bool], *, room: int) -> list[T]:
        """What may go with the batch that was taken last: in order, at most `room`, of the next MAX_BATCH."""
        items: list[T] = []
        left: list[Entry[T]] = []
        for _ in range(min(len(self._entries), MAX_BATCH)):
            entry = self._entries.popleft()
            if len(items) < room and wanted(entry.item) and self._admits(entry):
                items.append(entry.item)
            else:
                left.append(entry)
        self._entries.extendleft(reversed(left))
        return items

    def _admits(self, entry: Entry[T]) -> bool:
        """Whether the batch has nothing of this key yet; else the next one will be careful."""
        if entry.key is not None and entry.key in self._keys:
            self._deferred += 1
            return False
        self._keys.add(entry.key)
        return True


@lru_cache(maxsize=65_536)
def group_of(seller_id: int) -> int:
    """The group of a seller: which of GROUPS equal ranges `hashint8(seller_id)` falls into.

    Source: PostgreSQL's src/backend/access/hash/hashfunc.c and src/common/hashfn.c (Bob Jenkins'
    lookup3); a test holds it to the server's own.
    """
    low, high = seller_id & _MASK, (seller_id >> 32) & _MASK
    folded = low ^ (high if seller_id >= 0 else ~high & _MASK)
    return ((_hash_u32(folded) + 2**31) & _MASK) // (2**32 // GROUPS)


def lane_of(seller_id: int, lanes: int) -> int:
    return group_of(seller_id) % lanes


def _hash_u32(key: int) -> int:
    a = b = c = (0x9E3779B9 + 4 + 3923095) & _MASK
    a = (a + key) & _MASK

    def rotate(value: int, by: int) -> int:
        return ((value << by) | (value >> (32 - by))) & _MASK

    c = ((c ^ b) - rotate(b, 14)) & _MASK
    a = ((a ^ c) - rotate(c, 11)) & _MASK
    b = ((b ^ a) - rotate(a, 25)) & _MASK
    c = ((c ^ b) - rotate(b, 16)) & _MASK
    a = ((a ^ c) - rotate(c, 4)) & _MASK
    b = ((b ^ a) - rotate(a, 14)) & _MASK
    return ((c ^ b) - rotate(b, 24)) & _MASK
