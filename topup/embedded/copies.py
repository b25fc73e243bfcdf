"""Copies of a database by PostgreSQL's own programs: taken while it works, read back into an empty place.

Owns how these programs are called. It knows nothing of what is in the database, and never overwrites any.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from topup.config import EMBEDDED_DATABASE, OWNER_ROLE, SUPERUSER_ROLE
from topup.embedded import binaries
from topup.embedded.errors import ClusterError

MANIFEST = "backup_manifest"
LOG_NAME = "restored_log"
"""Where the log of an archive lies inside a data directory while a server recovers from it."""
SEGMENT = re.compile(r"[0-9A-F]{24}\.gz")
HISTORY = ".history.gz"
TIMEOUT_S = 6 * 3_600
"""A copy of some hundred gigabytes; a longer one is stuck."""
TAIL_CHARACTERS = 2_000
"""Of what a program said, in an error message."""


def take_base(*, socket_dir: Path, into: Path) -> None:
    """Copy the whole data directory of a running embedded server, with the log that makes it consistent.

    Every file is then read again and held to the checksums of the copy's own manifest. Raises ClusterError.
    """
    words = ["--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256", "--no-password"]
    where = ["--host", str(socket_dir), "--username", SUPERUSER_ROLE]
    _run(["pg_basebackup", "--pgdata", str(into), *where, *words])
    verify_base(into)


def verify_base(base: Path) -> None:
    """Raise ClusterError where a file of a base copy is not what its manifest says.

    The wheel's own pg_verifybackup ends in a segmentation fault; this does the part of it that reads files.
    """
    try:
        manifest = json.loads((base / MANIFEST).read_bytes())
        wrong = [
            entry["Path"]
            for entry in manifest["Files"]
            if entry["Checksum"] != _checksum(base / entry["Path"], entry["Checksum-Algorithm"])
        ]
    except (OSError, ValueError, KeyError) as error:
        raise ClusterError(f"{base} is no whole copy: {error}") from error
    if wrong:
        raise ClusterError(
            f"{base} is damaged: {wrong[0]} and {len(wrong) - 1} more are not what was copied."
        )


def _checksum(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm.lower()).hexdigest()


def take_dump(*, url: str, into: Path) -> None:
    """Copy the contents of any PostgreSQL database as one moment has them. Raises ClusterError."""
    target, secret = _without_password(url)
    _run(["pg_dump", "--format=custom", "--file", str(into), "--no-password", "--dbname", target], secret)


def read_dump(*, dump: Path, url: str) -> None:
    """Fill an empty database with a dump; what is in it belongs to the role that connects."""
    target, secret = _without_password(url)
    words = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-password"]
    _run(["pg_restore", *words, "--dbname", target, str(dump)], secret)


def put_base(*, base: Path, data_dir: Path, archive: Path | None) -> None:
    """Lay a base copy where a server will start on it, with the log of an archive that follows it, if any.

    The log is laid inside, so that the server can read it whoever it runs as: a file of it that it can't read
    would be taken for the end of the log, and sales that were archived would be gone. Raises ClusterError.
    """
    verify_base(base)
    unfinished = data_dir.with_name(f"{data_dir.name}.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(base, unfinished, symlinks=True)
    unfinished.chmod(0o700)
    if archive is not None:
        _lay_log(archive, unfinished / LOG_NAME, base=base)
        (unfinished / "recovery.signal").touch(mode=0o600)
    os.sync()  # the copy is on the disk before it has its name
    unfinished.rename(data_dir)


def _lay_log(archive: Path, into: Path, *, base: Path) -> None:
    """Copy what an archive has from a base copy on. Raises ClusterError where a file is missing between."""
    since = _begins(base)
    into.mkdir(mode=0o700)
    own = [path.name for path in (base / "pg_wal").iterdir() if len(path.name) == len(since)]
    last = {since[:8]: max(map(_number, [since, *own]))}
    for path in sorted(archive.iterdir()):
        if path.name.endswith(HISTORY):
            shutil.copyfile(path, into / path.name)
        elif SEGMENT.fullmatch(path.name) and path.name[8:24] >= since[8:]:
            shutil.copyfile(path, into / path.name)
            timeline, number = path.name[:8], _number(path.name)
            if number > last.setdefault(timeline, number) + 1:
                raise ClusterError(
                    f"{archive} has {path.name}, and lacks what comes before it: it has a hole."
                )
            last[timeline] = max(last[timeline], number)


def _number(name: str) -> int:
    """Which file of the log it is: 256 of 16 MB make one of the middle number."""
    return int(name[8:16], 16) * 256 + int(name[16:24], 16)


def _begins(base: Path) -> str:
    """The name of the first file of the log that a base copy needs."""
    label = (base / "backup_label").read_text(encoding="utf-8")
    found = re.search(r"^START WAL LOCATION: .*\(file ([0-9A-F]{24})\)$", label, re.MULTILINE)
    if found is None:
        raise ClusterError(f"{base / 'backup_label'} does not say where the log begins.")
    return found[1]


def embedded_url(socket_dir: Path, role: str = OWNER_ROLE) -> str:
    """How these programs reach the embedded server."""
    return make_conninfo(host=str(socket_dir), user=role, dbname=EMBEDDED_DATABASE)


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """What a command line may show, and the environment that holds the rest: others see command lines."""
    parts: dict[str, Any] = conninfo_to_dict(url)  # libpq's keywords
    password = parts.pop("password", None)
    return make_conninfo("", **parts), {} if password is None else {"PGPASSWORD": str(password)}


def _run(argv: Sequence[str], secret: Mapping[str, str] | None = None) -> None:
    found = binaries.find()
    command = [found.program(argv[0]), *argv[1:]]
    if not Path(command[0]).is_file():
        raise ClusterError(f"{argv[0]} is not among the PostgreSQL programs in {found.directory}.")
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **(secret or {})},
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-TAIL_CHARACTERS:]
        raise ClusterError(f"{argv[0]} failed: {said}")
