"""The files of seals under `TOPUP_HOME/seals`, the key that signs them, and the proof of one book's leaf.

Owns their names, how they reach the disk whole, and the tree beside the newest, from which a proof is read
with a few seeks however many books there are. A seal that was written is never changed.
"""

import mmap
import os
import struct
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from topup.config import Config
from topup.ledger import merkle
from topup.reconciliation.seals import document
from topup.reconciliation.seals.document import Head, Inclusion, Seal, SealError

SUFFIX = ".seal"
TREE_SUFFIX = ".tree"
KEY_NAME = "key"
HEAD_MAX_BYTES = 2_000
"""Longer than any head; what is read of a file to list it."""
_COUNT = struct.Struct(">Q")
_ENTRY = struct.Struct(">QQ")  # seller, and where its line begins


def directory(config: Config) -> Path:
    return config.home / "seals"


def all_of(config: Config) -> list[Path]:
    """The seals of this installation, oldest first."""
    return sorted(directory(config).glob(f"*{SUFFIX}"))


def newest(config: Config) -> Path | None:
    return next(reversed(all_of(config)), None)


def head_of(path: Path) -> Head:
    """The head of a seal; its lines are not looked at. Raises SealError."""
    with path.open("rb") as file:
        return document.read_head(file.readline(HEAD_MAX_BYTES).rstrip(b"\n"))


def read(path: Path) -> Seal:
    """Raises SealError, which names the file."""
    try:
        return document.read(path.read_bytes())
    except SealError as error:
        raise SealError(f"{path}: {error}.") from error
    except OSError as error:
        raise SealError(f"{path} cannot be read: {error.strerror}.") from error


def key(config: Config) -> Ed25519PrivateKey:
    """The key that signs, made on the first use and kept beside the seals, readable by us alone."""
    path = directory(config) / KEY_NAME
    with suppress(FileNotFoundError):
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii")))
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate()
    # A name that shows it whole or not at all: another process may make one now, and the first stays.
    draft = path.with_name(f".{KEY_NAME}.{os.getpid()}")
    _write(draft, made.private_bytes_raw().hex().encode("ascii"), mode=0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        return key(config)
    finally:
        draft.unlink()
    return made


def public_key(config: Config) -> str:
    """The key that seals of this installation are checked with; empty before the first."""
    if not (directory(config) / KEY_NAME).exists():
        return ""
    return key(config).public_key().public_bytes_raw().hex()


def keep(config: Config, head: Head, leaves: Sequence[bytes], tree: Sequence[Sequence[bytes]]) -> Path:
    """Write a seal and its tree; the trees of older ones go. Returns the seal's path."""
    path = directory(config) / f"{head.made_at.replace(':', '')}{SUFFIX}"
    text = document.written(head, leaves)
    _write_whole(path.with_suffix(TREE_SUFFIX), _tree(text, leaves, tree))
    _write_whole(path, text)
    for older in directory(config).glob(f"*{TREE_SUFFIX}"):
        if older.stem < path.stem:
            older.unlink(missing_ok=True)
    return path


def inclusion(config: Config, *, seller_id: int, currency: str) -> Inclusion | None:
    """The proof that a seller's book is in the newest seal; None where no whole seal has it.

    A seal or a tree that was taken away, cut or changed is no reason to refuse a statement, which is right
    all the same; but no proof is handed out that does not hold.
    """
    path = newest(config)
    if path is None:
        return None
    try:
        with (
            path.with_suffix(TREE_SUFFIX).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as tree,
        ):
            found = _inclusion(path, tree, seller_id, currency)
        return found if found and document.leads_to_the_root(found) else None
    except (OSError, ValueError, IndexError, OverflowError, struct.error):  # SealError is a ValueError
        return None


def _inclusion(path: Path, tree: mmap.mmap, seller_id: int, currency: str) -> Inclusion | None:
    (count,) = _COUNT.unpack_from(tree)
    place = bisect_left(range(count), seller_id, key=lambda nr: _entry(tree, nr)[0])
    with path.open("rb") as file:
        while place < count and (entry := _entry(tree, place))[0] == seller_id:
            file.seek(entry[1])
            leaf = file.readline().rstrip(b"\n")
            if leaf.split(b" ")[1] == currency.encode("ascii"):
                return Inclusion(
                    head=head_of(path), leaf=leaf.decode("ascii"), path=_path(tree, count, place)
                )
            place += 1
    return None


def _entry(tree: mmap.mmap, place: int) -> tuple[int, int]:
    seller, offset = _ENTRY.unpack_from(tree, _COUNT.size + place * _ENTRY.size)
    return seller, offset


def _path(tree: mmap.mmap, count: int, place: int) -> list[str]:
    begins = [_COUNT.size + count * _ENTRY.size]
    level = count
    while level > 1:
        begins.append(begins[-1] + level * merkle.HASH_BYTES)
        level = (level + 1) // 2
    steps = []
    for nr, beside, side in merkle.places(count, place):
        start = begins[nr] + beside * merkle.HASH_BYTES
        steps.append(f"{side}:{tree[start : start + merkle.HASH_BYTES].hex()}")
    return steps


def _tree(text: bytes, leaves: Sequence[bytes], tree: Sequence[Sequence[bytes]]) -> bytes:
    """Sellers with the places of their lines, then the hashes of the tree level by level."""
    parts = [_COUNT.pack(len(leaves))]
    offset = text.index(b"\n") + 1
    for leaf in leaves:
        parts.append(_ENTRY.pack(int(leaf.partition(b" ")[0]), offset))
        offset += len(leaf) + 1
    return b"".join([*parts, *(each for level in tree for each in level)])


def _write_whole(path: Path, content: bytes) -> None:
    """So that whoever reads finds all of it or nothing, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write(draft, content, mode=0o644)
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
