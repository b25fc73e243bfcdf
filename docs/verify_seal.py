"""Check a seal of TopUpEngine, or one seller's proof from a statement. Needs Python and `cryptography`.

    python verify_seal.py FILE [--key HEX]

FILE is a `.seal`, or JSON with a statement or its `seal`. HEX is the public key as you wrote it down when you
first saw it; without it, this only tells that the file agrees with itself. docs/howto/verify-a-seal.md.
"""

import argparse
import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "topupengine-seal/1"


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of_all(lines: list[bytes]) -> bytes:
    level = [leaf_hash(line) for line in lines] or [sha256(b"").digest()]
    while len(level) > 1:
        pairs = [node_hash(*level[n : n + 2]) for n in range(0, len(level) - 1, 2)]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]


def root_of_path(line: bytes, path: list[str]) -> bytes:
    reached = leaf_hash(line)
    for step in path:
        side, _, written = step.partition(":")
        beside = bytes.fromhex(written)
        reached = node_hash(beside, reached) if side == "left" else node_hash(reached, beside)
    return reached


def check_head(head: dict[str, Any], key: str) -> None:
    if head["format"] != FORMAT:
        sys.exit(f"WRONG: the format is {head['format']}, and this program reads {FORMAT}")
    if key and head["public_key"] != key.lower():
        sys.exit(f"WRONG: signed by the key {head['public_key']}, not by the one that you named")
    names = ("format", "made_at", "books", "root", "previous", "public_key")
    signed = "\n".join(str(head[name]) for name in names).encode("ascii")
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head["public_key"]))
    try:
        public.verify(bytes.fromhex(head["signature"]), signed)
    except InvalidSignature:
        sys.exit("WRONG: the signature is not of this head")


def check_seal(text: bytes, key: str) -> str:
    first, *lines = text.removesuffix(b"\n").split(b"\n")
    head = json.loads(first)
    check_head(head, key)
    if len(lines) != head["books"] or root_of_all(lines).hex() != head["root"]:
        sys.exit("WRONG: the lines are not those that were signed")
    return f"{len(lines)} books were sealed at {head['made_at']}"


def check_proof(proof: dict[str, Any], key: str) -> str:
    head, leaf = proof["head"], proof["leaf"]
    check_head(head, key)
    if root_of_path(leaf.encode("ascii"), proof["path"]).hex() != head["root"]:
        sys.exit("WRONG: the path does not lead from this book to the root that was signed")
    seller, currency, version, available, held, *_ = leaf.split(" ")
    sums = f"available {available}, held {held}"
    return f"seller {seller} was at version {version}, {currency} {sums}, in the seal of {head['made_at']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", default="")
    given = parser.parse_args()
    text = given.file.read_bytes()
    if text.startswith(b'{"format"'):
        told = check_seal(text, given.key)
    else:
        found = json.loads(text)
        told = check_proof(found.get("seal") or found, given.key)
    by = "that you named" if given.key else "in the file: compare it"
    sys.stdout.write(f"RIGHT: {told}, by the key {by}.\n")


if __name__ == "__main__":
    main()
