"""`topup restore BACKUP --into HOME`: a backup made alive again in a new place, to a moment, and proved.

Owns the order of it. It never writes where there are data: neither over the old installation nor over one
that was restored before. The books are verified before anybody may sell from them.
"""

import shutil
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from pathlib import Path

import msgspec

from topup import clock
from topup.config import Config
from topup.embedded import ClusterError, configuration, copies, running
from topup.embedded.cluster import DATA_NAME
from topup.management import verify
from topup.management.backup import BASE, DUMP, SEALS, Backup, moment_us, read
from topup.reconciliation.seals import keeping

HELP = "Restore a backup into a new TOPUP_HOME, to a point in time, and verify the books."


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("backup", type=Path, metavar="BACKUP", help="a directory that `topup backup` made")
    parser.add_argument("--into", type=Path, required=True, metavar="HOME", help="the new TOPUP_HOME")
    parser.add_argument(
        "--until", type=_moment, metavar="TIME",
        help="the moment to go to, such as 2026-11-20T17:30:00+03:30; left out: that of the backup, or with "
        "--wal the last that is archived",
    )  # fmt: skip
    parser.add_argument(
        "--wal",
        type=Path,
        metavar="DIRECTORY",
        help="the WAL_ARCHIVE; with --until, where it was at the backup",
    )


def run(
    config: Config, *, backup: Path, into: Path, until: int | None = None, wal: Path | None = None
) -> int:
    """Restore and verify. Returns the exit status of the verification; ClusterError passes through."""
    found = _readable(backup, until=until, wal=wal)
    if wal is None and until is not None:
        wal = Path(found.archive)
    # Nothing of the restored server reaches the old archive before somebody starts it for good.
    target = msgspec.structs.replace(
        config, topup_home=str(into), database_url="", wal_archive="", log_dir=""
    )
    data_dir = target.home / DATA_NAME
    if data_dir.exists():
        raise ClusterError(
            f"There are data in {target.home} already. Name a directory that is not there yet."
        )
    try:
        if found.kind == "base":
            copies.put_base(base=backup / BASE, data_dir=data_dir, archive=wal)
        with running(target, settings=_recovery(data_dir, until) if wal else {}):
            shutil.rmtree(data_dir / copies.LOG_NAME, ignore_errors=True)
            if found.kind == "dump":
                copies.read_dump(dump=backup / DUMP, url=copies.embedded_url(target.socket_dir))
            return _prove(target, backup, until_us=_reached_us(found, until=until, wal=wal))
    except BaseException:  # what is half restored must not be taken for an installation
        shutil.rmtree(data_dir, ignore_errors=True)
        raise


def _moment(written: str) -> int:
    """Microseconds since 1970 of a time with its zone."""
    try:
        return clock.to_us(datetime.fromisoformat(written))
    except ValueError:
        raise ArgumentTypeError(
            f"{written!r} is no time with its zone: write 2026-11-20T17:30:00+03:30, or Z at its end for UTC"
        ) from None


def _readable(directory: Path, *, until: int | None, wal: Path | None) -> Backup:
    """The record of a backup that can go where it is asked to. Raises ClusterError."""
    found = read(directory)
    if wal is not None and not wal.is_dir():
        raise ClusterError(f"{wal} is no directory. Name the WAL_ARCHIVE with --wal.")
    if found.kind == "dump" and (until is not None or wal is not None):
        raise ClusterError(
            f"{directory} is a dump, which is of {found.begun_at} alone. Leave --until and --wal out. To go "
            "to another moment with a server of your own (DATABASE_URL), restore that server's own base and "
            "archived log: docs/howto/backup-and-restore.md has the steps."
        )
    if until is None:
        return found
    if until < moment_us(found.ended_at):
        raise ClusterError(
            f"{directory} ended at {found.ended_at}, after the moment that you want. Take an earlier backup."
        )
    if wal is None and not found.archive:
        raise ClusterError(
            f"{directory} was made without WAL_ARCHIVE, so it can't go further. Leave --until out, or name "
            "the archive with --wal."
        )
    return found


def _recovery(data_dir: Path, until: int | None) -> dict[str, str]:
    """PostgreSQL's settings of this one start."""
    settings = {
        "restore_command": configuration.restore_command(data_dir / copies.LOG_NAME),
        "recovery_target_action": "promote",
        # Nobody is let in before the end of it, so that a server which answers can be written to.
        "hot_standby": "off",
    }
    if until is not None:
        # Names of zones, Z among them, are not known yet where PostgreSQL reads this.
        settings["recovery_target_time"] = clock.from_us(until).isoformat()
    return settings


def _reached_us(found: Backup, *, until: int | None, wal: Path | None) -> int | None:
    """The moment that the restored books are of, as far as that is known."""
    if wal is None:
        return moment_us(found.begun_at)
    return until


def _prove(target: Config, backup: Path, *, until_us: int | None) -> int:
    """Verify the books, also by the seals that were made before the moment; those are kept with them."""
    kept = keeping.directory(target)
    kept.mkdir(exist_ok=True)
    seals = []
    for path in sorted((backup / SEALS).glob(f"*{keeping.SUFFIX}")):
        if until_us is None or moment_us(keeping.head_of(path).made_at) <= until_us:
            seals.append(kept / path.name)
            shutil.copyfile(path, seals[-1])
    status = verify.run(target, seal=seals[-1:])
    sys.stdout.write(f"restored into {target.home}; nothing serves it yet\n")
    return status
