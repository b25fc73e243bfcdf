"""`topup verify`: every book, its journal, the facts beside them, and seals that were made before.

Owns the options, the words and the exit status. It changes nothing; an embedded server that is not running is
started for as long as it reads.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg

from topup import database
from topup.config import Config
from topup.management.doctor import reachable
from topup.reconciliation import checking
from topup.reconciliation.checking import Checked
from topup.reconciliation.facts import Sealed
from topup.reconciliation.seals import keeping
from topup.reconciliation.seals.document import Seal, SealError

HELP = "Prove every book, what belongs to its movements, and seals that were made before."
EXIT_VERIFIED = 0
EXIT_WRONG = 2
EXIT_NOT_CHECKED = 3

Sums = dict[str, int]


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--seller", type=int, metavar="N", help="only the book of seller N")
    parser.add_argument(
        "--seal", type=Path, action="append", default=[], metavar="FILE",
        help="hold the books to this seal; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--key", default="", metavar="HEX",
        help="the public key that must have signed the seals; left out: that of this installation",
    )  # fmt: skip
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(
    config: Config,
    *,
    seller: int | None = None,
    seal: Sequence[Path] = (),
    key: str = "",
    format: str = "text",  # noqa: A002  # the option's name
) -> int:
    """Print what is wrong, and a summary. Returns the exit status."""
    try:
        seals = [_read(config, path, key=key) for path in seal]
        with reachable(config), closing(database.connect(config)) as connection:
            sums = {"books": 0, "movements": 0, "wrong": 0}
            found = checking.check(connection, seller_id=seller, seals=_by_book(seals))
            for checked in found:
                _count(sums, checked)
                if checked.found:
                    _tell(checked, as_json=format == "json")
    except SealError as error:
        return _not_checked(str(error))
    except psycopg.OperationalError as error:
        return _not_checked(f"the database: {str(error).strip()}. Run this again: it changes nothing.")
    if seller is not None and not sums["books"]:
        return _not_checked(f"there is no seller {seller}.")
    _summary(sums, seals, as_json=format == "json")
    return EXIT_WRONG if sums["wrong"] else EXIT_VERIFIED


def _read(config: Config, path: Path, *, key: str) -> Seal:
    """A whole seal of the right key. Raises SealError."""
    read = keeping.read(path)
    own = keeping.public_key(config)
    wanted = key.lower() or own
    if wanted and read.head.public_key != wanted:
        raise SealError(
            f"{path} is signed by the key {read.head.public_key}, and not by {wanted}. If you know that key "
            "to be right, name it with --key."
        )
    return read


def _by_book(seals: Sequence[Seal]) -> dict[tuple[int, str], list[Sealed]]:
    found: dict[tuple[int, str], list[Sealed]] = {}
    for seal in seals:
        for book in seal.books():
            found.setdefault((book.seller_id, book.currency), []).append(book)
    return found


def _count(sums: Sums, checked: Checked) -> None:
    sums["books"] += 1
    sums["movements"] += checked.movements
    sums["wrong"] += bool(checked.found)


def _tell(checked: Checked, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(checked._asdict() | {"found": _shown(checked)}).decode() + "\n")
        return
    whose = f"seller {checked.seller_id} {checked.currency}" if checked.seller_id else "the table of accounts"
    sys.stdout.write(f"{whose}: WRONG, {len(checked.found)} found\n")
    for found in checked.found:
        sys.stdout.write(f"  {found.flaw} at {found.seq} in {found.where}: {found.detail}\n")


def _shown(checked: Checked) -> list[dict[str, object]]:
    return [found._asdict() for found in checked.found]


def _summary(sums: Sums, seals: Sequence[Seal], *, as_json: bool) -> None:
    if as_json:
        told = sums | {"seals": [seal.head.made_at for seal in seals]}
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        return
    for seal in seals:
        sys.stdout.write(f"held to the seal of {seal.head.made_at}, of {seal.head.books:,} books\n")
    verdict = f"{sums['wrong']:,} WRONG" if sums["wrong"] else "all verified"
    sys.stdout.write(f"{sums['books']:,} books, {sums['movements']:,} movements: {verdict}.\n")


def _not_checked(reason: str) -> int:
    sys.stderr.write(f"topup: {reason}\n")
    return EXIT_NOT_CHECKED
