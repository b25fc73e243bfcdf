"""The hash chain of a book: one implementation of `link`, and nothing else. Pure.

`hash = SHA-256(fixed part ‖ length-prefixed texts ‖ previous hash)`. The fixed part is big-endian:

    version u8 · seller i64 · seq i64 · amount i64 · available, held, funded, sold, adjusted i64 ·
    actor id i64 · created at, microseconds since 1970 UTC, i64

and the texts, each as u16 length and UTF-8 bytes, are: currency, kind, source type, source id (36
characters), actor type. Golden vectors are in `tests/pure/test_chain.py`; a change of this layout
is a new version number and keeps the old one readable.
"""

import struct
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

VERSION = 1
GENESIS = bytes(32)
"""What the first movement of a book is chained to."""

_FIXED = struct.Struct(">B10q")
_LENGTH = struct.Struct(">H")


def link(
    *,
    seller_id: int,
    currency: str,
    seq: int,
    kind: str,
    amount: int,
    vector: Sequence[int],
    source_type: str,
    source_id: str,
    actor_type: str,
    actor_id: int,
    created_at_us: int,
    previous: bytes,
) -> bytes:
    """The 32 bytes that seal a movement to all those before it in its book."""
    available, held, funded, sold, adjusted = vector
    fixed = _FIXED.pack(
        VERSION, seller_id, seq, amount, available, held, funded, sold, adjusted, actor_id, created_at_us
    )
    texts = (_word(currency), _word(kind), _word(source_type), _prefixed(source_id), _word(actor_type))
    return sha256(b"".join((fixed, *texts, previous))).digest()


def _prefixed(text: str) -> bytes:
    encoded = text.encode()
    return _LENGTH.pack(len(encoded)) + encoded


_word = lru_cache(_prefixed)
"""The same of a text that there are only a few of; 128 of them are remembered."""
