"""Identifiers: UUIDv7 that carry the seller they belong to.

    48 bits milliseconds since 1970 | 4 version | 12 + 30 tail | 2 variant (inside) | 32 seller

Rows are found by `(seller_id, id)`; with the seller inside the id, a look-up by the id alone asks
one place too (docs/adr/0002-ids-carry-their-seller.md). The tail of a movement is its number in
the seller's book, so a movement needs no stored id; other tails count up within a process and then
are random. Source of the layout: RFC 9562, section 5.7.
"""

import threading

from topup import chance, clock

TAIL_BITS = 42
SELLER_BITS = 32
MAX_SELLER_ID = 2**SELLER_BITS - 1
MAX_TAIL = 2**TAIL_BITS - 1
_COUNTER_BITS = 12
_RANDOM_BITS = TAIL_BITS - _COUNTER_BITS
_LOW_TAIL_BITS = 30


def compose(*, moment_us: int, tail: int, seller_id: int) -> str:
    """The id made of these parts, in the usual 36 characters."""
    high = ((moment_us // 1_000) << 16) | 0x7000 | (tail >> _LOW_TAIL_BITS)
    low = (2 << 62) | ((tail & 0x3FFF_FFFF) << SELLER_BITS) | seller_id
    text = f"{high:016x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def seller_of(identifier: str) -> int:
    """The seller inside an id. Any other UUID gives some number, which then finds nothing."""
    return int(identifier[-8:], 16)


def tail_of(identifier: str) -> int:
    plain = identifier.replace("-", "")
    return ((int(plain[13:16], 16)) << _LOW_TAIL_BITS) | ((int(plain[16:24], 16)) & 0x3FFF_FFFF)


class Maker:
    """Makes ids that rise within one process, also when the clock goes back. Safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0

    def make(self, seller_id: int, moment_us: int | None = None) -> str:
        moment_ms = (clock.now_us() if moment_us is None else moment_us) // 1_000
        with self._lock:
            if moment_ms > self._last_ms:
                self._last_ms, self._counter = moment_ms, 0
            elif self._counter == 2**_COUNTER_BITS - 1:
                self._last_ms, self._counter = self._last_ms + 1, 0
            else:
                self._counter += 1
            moment_ms, counter = self._last_ms, self._counter
        tail = (counter << _RANDOM_BITS) | chance.bits(_RANDOM_BITS)
        return compose(moment_us=moment_ms * 1_000, tail=tail, seller_id=seller_id)


_maker = Maker()


def new(seller_id: int) -> str:
    """A new id of something that belongs to this seller."""
    return _maker.make(seller_id)


def lowest_at(moment_us: int) -> str:
    """An id that sorts before every id made at or after this moment."""
    return compose(moment_us=max(moment_us, 0), tail=0, seller_id=0)
