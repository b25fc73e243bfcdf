"""The Merkle tree over many leaves, as RFC 9162 (section 2.1) makes it. Pure.

Owns how leaves and nodes are hashed and what a path is. A leaf and a node are hashed with different first
bytes, so that neither can be passed off as the other. A change of it is a new format of the seal.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

LEAF = b"\x00"
NODE = b"\x01"
HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


class Beside(NamedTuple):
    """One step of a path: the hash beside ours, and on which side it stands."""

    side: Literal["left", "right"]
    hash: bytes


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of the tree, from those of the leaves to the one root."""
    made = [[leaf_hash(leaf) for leaf in leaves] or [EMPTY_ROOT]]
    while len(made[-1]) > 1:
        made.append(_above(made[-1]))
    return made


def root(leaves: Sequence[bytes]) -> bytes:
    return levels(leaves)[-1][0]


def places(count: int, place: int) -> list[tuple[int, int, Literal["left", "right"]]]:
    """Where the hashes of a leaf's path stand: level, place in the level, and side."""
    steps: list[tuple[int, int, Literal["left", "right"]]] = []
    level = 0
    while count > 1:
        if place % 2:
            steps.append((level, place - 1, "left"))
        elif place + 1 < count:
            steps.append((level, place + 1, "right"))
        place, count, level = place // 2, (count + 1) // 2, level + 1
    return steps


def path(tree: Sequence[Sequence[bytes]], place: int) -> list[Beside]:
    """What leads from the leaf at this place to the root."""
    return [Beside(side, tree[level][beside]) for level, beside, side in places(len(tree[0]), place)]


def root_of(leaf: bytes, steps: Sequence[Beside]) -> bytes:
    """The root to which a leaf and its path lead."""
    reached = leaf_hash(leaf)
    for side, beside in steps:
        reached = node_hash(beside, reached) if side == "left" else node_hash(reached, beside)
    return reached


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The level above: two and two together; one without a pair goes up as it is."""
    pairs = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return pairs + ([level[-1]] if len(level) % 2 else [])
