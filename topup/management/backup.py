"""`topup backup DIRECTORY`: a copy of everything, taken while sales go on, in a directory of its own.

Owns what a backup is made of and its record. The embedded server is copied as a whole (`base`), which goes on
from an archive to any moment; a server of DATABASE_URL, whose files are not ours, by `pg_dump` (`dump`).
"""

import os
import shutil
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from topup import clock
from topup.config import Config
from topup.embedded import ClusterError, binaries, copies
from topup.management.doctor import reachable
from topup.reconciliation.seals import keeping

HELP = "Copy the database, while it works, into a new directory below DIRECTORY."
FORMAT = "topupengine-backup/1"
RECORD = "backup.json"
BASE = "base"
DUMP = "topup.dump"
SEALS = "seals"
UNFINISHED = ".unfinished"


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself. `archive` is where the log that follows it goes; empty: nowhere."""

    format: str
    kind: Literal["base", "dump"]
    begun_at: str
    ended_at: str
    postgres: str
    archive: str = ""


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIRECTORY", help="best on another machine's disk")
    parser.add_argument(
        "--dump", action="store_true",
        help="by pg_dump also of the embedded server: smaller, for any later version, of one moment only",
    )  # fmt: skip


def run(config: Config, *, directory: Path, dump: bool = False) -> int:
    """Take a backup, print where it is. Returns the exit status; ClusterError passes through."""
    begun_us = clock.now_us()
    name = f"{clock.from_us(begun_us):%Y-%m-%dT%H%M%SZ}"
    draft, final = directory / f"{name}{UNFINISHED}", directory / name
    try:
        draft.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise ClusterError(f"{draft} cannot be made: {error.strerror}. Name a directory of yours.") from error
    try:
        _fill(config, draft, begun_us=begun_us, dump=dump or not config.embedded)
        os.sync()  # what has a backup's name is on the disk
        draft.rename(final)
    except BaseException:
        shutil.rmtree(draft)
        raise
    sys.stdout.write(f"{final}\n")
    sys.stderr.write(
        "Keep a copy elsewhere, and SECRET_KEY too, which is not in it: kept secrets can't be read without.\n"
    )
    if not config.embedded:
        sys.stderr.write(
            "It is of this moment alone: WAL_ARCHIVE has no effect on the server of DATABASE_URL. To be able "
            "to go to any moment, let that server archive its log: docs/howto/backup-and-restore.md.\n"
        )
    return 0


def read(directory: Path) -> Backup:
    """The record of a backup. Raises ClusterError."""
    try:
        found = msgspec.json.decode((directory / RECORD).read_bytes(), type=Backup)
    except (OSError, msgspec.MsgspecError) as error:
        raise ClusterError(f"{directory} is no backup of `topup backup`: {error}") from error
    if found.format != FORMAT:
        raise ClusterError(f"{directory} is a {found.format}, and this version reads {FORMAT}.")
    return found


def moment_us(written: str) -> int:
    return clock.to_us(datetime.fromisoformat(written))


def _fill(config: Config, draft: Path, *, begun_us: int, dump: bool) -> None:
    with reachable(config):
        if not dump:
            copies.take_base(socket_dir=config.socket_dir, into=draft / BASE)
        elif config.embedded:
            copies.take_dump(url=copies.embedded_url(config.socket_dir), into=draft / DUMP)
        else:
            copies.take_dump(url=config.dsn("owner"), into=draft / DUMP)
    _copy_seals(config, draft / SEALS)
    record = Backup(
        format=FORMAT,
        kind="dump" if dump else "base",
        begun_at=clock.rfc3339(begun_us),
        ended_at=clock.rfc3339(clock.now_us()),
        postgres=binaries.find().version(),
        archive=str(config.archive or "") if not dump else "",
    )
    (draft / RECORD).write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def _copy_seals(config: Config, into: Path) -> None:
    """Seals, which say later what the books were; never the key that signs them."""
    into.mkdir()
    for path in keeping.all_of(config):
        shutil.copyfile(path, into / path.name)
