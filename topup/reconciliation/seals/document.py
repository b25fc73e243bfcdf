"""What a seal says, and how it is signed. Pure.

A seal is a text file. Its first line is a JSON object, the head; every other line is a leaf, one book:

    seller currency version available held funded sold adjusted hash facts

Numbers are decimal, `hash` and `facts` are 64 hexadecimal digits: the hash of movement `version` in the
book's chain, and the digest of the facts up to it (`facts.digest`). The leaves are in order of sellers, and
`root` is the root of the Merkle tree over their lines (RFC 9162). The signature is Ed25519 over `statement`.
docs/howto/verify-a-seal.md is the same in more words; docs/verify_seal.py checks it without this code.
"""

from collections.abc import Sequence
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from topup.ledger import merkle
from topup.ledger.merkle import Beside
from topup.reconciliation.facts import Sealed

FORMAT = "topupengine-seal/1"
NO_SEAL = "0" * 64
"""What the first seal says of the one before it."""
_PARTS = 10


class SealError(ValueError):
    """A file is no seal, or not a whole one. The message says what is wrong with it."""


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line. `previous` is the SHA-256 of the statement of the seal before this one."""

    format: str
    made_at: str
    books: int
    root: str
    previous: str
    public_key: str
    signature: str = ""


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A seal that was read and agrees with itself."""

    head: Head
    leaves: list[bytes]

    def books(self) -> list[Sealed]:
        return [read_leaf(leaf) for leaf in self.leaves]


class Inclusion(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that a leaf is in a seal: `path` leads from it to the root of the head."""

    head: Head
    leaf: str
    path: list[str]


def statement(head: Head) -> bytes:
    """What is signed: the head without its signature, a line for each part."""
    parts = (head.format, head.made_at, str(head.books), head.root, head.previous, head.public_key)
    return "\n".join(parts).encode("ascii")


def name_of(head: Head) -> str:
    """What the next seal calls this one."""
    return sha256(statement(head)).hexdigest()


def sign(
    *, key: Ed25519PrivateKey, made_at: str, leaves: Sequence[bytes], root: bytes, previous: str
) -> Head:
    head = Head(
        format=FORMAT,
        made_at=made_at,
        books=len(leaves),
        root=root.hex(),
        previous=previous,
        public_key=key.public_key().public_bytes_raw().hex(),
    )
    return msgspec.structs.replace(head, signature=key.sign(statement(head)).hex())


def leaf_of(book: Sealed) -> bytes:
    *numbers, digest, facts = book
    return " ".join([*map(str, numbers), digest.hex(), facts.hex()]).encode("ascii")


def read_leaf(line: bytes) -> Sealed:
    """Raises SealError."""
    parts = line.split(b" ")
    try:
        if len(parts) != _PARTS:
            raise SealError(f"a line has {len(parts)} parts instead of {_PARTS}")
        seller, *sums = (int(parts[place]) for place in (0, 2, 3, 4, 5, 6, 7))
        digests = (bytes.fromhex(part.decode("ascii")) for part in parts[-2:])
        return Sealed(seller, parts[1].decode("ascii"), *sums, *digests)  # type: ignore[arg-type]  # by place
    except ValueError as error:
        raise SealError(f"a line is no book: {error}") from error


def written(head: Head, leaves: Sequence[bytes]) -> bytes:
    return b"\n".join([msgspec.json.encode(head), *leaves, b""])


def read(text: bytes) -> Seal:
    """A seal that is whole and signed by the key that it names. Raises SealError."""
    first, *leaves = text.removesuffix(b"\n").split(b"\n")
    head = read_head(first)
    if len(leaves) != head.books or merkle.root(leaves).hex() != head.root:
        raise SealError("its lines are not those that were signed: the file was changed or cut off")
    return Seal(head=head, leaves=leaves)


def read_head(line: bytes) -> Head:
    """Raises SealError where it is no head, or its signature is not one of the key that it names."""
    try:
        head = msgspec.json.decode(line, type=Head)
        if head.format != FORMAT:
            raise SealError(f"its format is {head.format}, and this version reads {FORMAT}")
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.public_key))
        public.verify(bytes.fromhex(head.signature), statement(head))
    except InvalidSignature:
        raise SealError("its signature is not of the key that it names") from None
    except SealError:
        raise
    except ValueError as error:  # msgspec's own are
        raise SealError(f"it does not begin as a seal does: {error}") from error
    return head


def proof(inclusion: Inclusion) -> str:
    """An inclusion as every form of a statement carries it: JSON in one line."""
    return msgspec.json.encode(inclusion).decode("ascii")


def leads_to_the_root(inclusion: Inclusion) -> bool:
    """Whether the path goes from the leaf to what was signed. Raises ValueError where it is no path."""
    steps = [
        Beside("left" if side == "left" else "right", bytes.fromhex(written))
        for side, _, written in (step.partition(":") for step in inclusion.path)
    ]
    return merkle.root_of(inclusion.leaf.encode("ascii"), steps).hex() == inclusion.head.root
