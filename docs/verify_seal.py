"""Check a seal of TopUpEngine, or the proof in a statement: python verify_seal.py FILE [--key HEX]

FILE is a `.seal`, a statement as it was downloaded (JSON, CSV, PDF), or its proof alone. HEX is the public
key as you wrote it down when you first saw it; without it this only tells that a file agrees with itself.
"""

import argparse
import csv
import json
import re
import sys
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SUMS = ("version", "available", "balance_after", "held", "held_after")


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def check_head(head: dict, key: str) -> None:
    if head["format"] != "topupengine-seal/1":
        sys.exit(f"WRONG: this program does not read the format {head['format']}")
    if key and head["public_key"] != key.lower():
        sys.exit(f"WRONG: signed by the key {head['public_key']}, not by the one that you named")
    names = ("format", "made_at", "books", "root", "previous", "public_key")
    signed = "\n".join(str(head[name]) for name in names).encode("ascii")
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head["public_key"]))
    try:
        public.verify(bytes.fromhex(head["signature"]), signed)
    except InvalidSignature:
        sys.exit("WRONG: the signature is not of this head")


def check_seal(file: bytes, key: str) -> str:
    first, *lines = file.removesuffix(b"\n").split(b"\n")
    check_head(head := json.loads(first), key)
    level = [sha256(b"\x00" + line).digest() for line in lines] or [sha256(b"").digest()]
    while len(level) > 1:
        pairs = [node_hash(*level[n : n + 2]) for n in range(0, len(level) - 1, 2)]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    if len(lines) != head["books"] or level[0].hex() != head["root"]:
        sys.exit("WRONG: the lines are not those that were signed")
    return f"{len(lines)} books were sealed at {head['made_at']}"


def check_proof(file: bytes, key: str) -> str:
    found = [text[at.start() :] for text in texts_in(file) for at in re.finditer(rb'{\s*"head":\s*{', text)]
    if not found:
        sys.exit("WRONG: there is no proof in this file")
    proof, _ = json.JSONDecoder().raw_decode(found[-1].decode("utf-8", "replace"))
    check_head(head := proof["head"], key)
    reached = sha256(b"\x00" + proof["leaf"].encode("ascii")).digest()
    for side, beside in (step.split(":") for step in proof["path"]):
        pair = (bytes.fromhex(beside), reached)
        reached = node_hash(*(pair if side == "left" else pair[::-1]))
    if reached.hex() != head["root"]:
        sys.exit("WRONG: the path does not lead from this book to the root that was signed")
    seller, currency, version, *sums = proof["leaf"].split(" ")
    said = f"seller {seller} was at version {version}, {currency} available {sums[0]}, held {sums[1]}"
    sealed = f",{sums[0]},{sums[1]},"
    if any(row[0] == version and sealed not in f",{','.join(row)}," for row in rows_of(file)):
        sys.exit(f"WRONG: {said}, and this statement has other sums there")
    return f"{said}, in the seal of {head['made_at']}"


def texts_in(file: bytes) -> Iterator[bytes]:
    yield from (file, file.replace(b'""', b'"'))  # CSV doubles quotes
    for packed in re.findall(rb"(?s)stream\r?\n(x[\x01^\x9c\xda].*?)endstream", file):  # of a PDF
        yield zlib.decompressobj().decompress(packed)


def rows_of(file: bytes) -> Iterator[list[str]]:  # a version, and what was available and held after it
    if file.startswith(b"{"):
        told = json.loads(file)
        for row in filter(None, (told.get("opening"), *told.get("movements", ()), told.get("closing"))):
            yield [str(row[name]) for name in SUMS if name in row]
    elif not file.startswith(b"%PDF"):
        yield from filter(None, csv.reader(file.decode("utf-8-sig", "replace").splitlines()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", default="")
    given = parser.parse_args()
    file = given.file.read_bytes()
    told = (check_seal if file.startswith(b'{"format"') else check_proof)(file, given.key)
    sys.stdout.write(f"RIGHT: {told}, by the key {'that you named' if given.key else 'in it: compare it'}.\n")


if __name__ == "__main__":
    main()
