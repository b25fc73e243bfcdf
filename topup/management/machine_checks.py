"""The checks of `topup doctor` that need no database."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from topup.config import Config
from topup.embedded import binaries, identity
from topup.embedded.cluster import DATA_NAME
from topup.embedded.errors import ClusterError
from topup.embedded.lock import holder, is_held
from topup.embedded.remains import recorded_pid
from topup.management import ports
from topup.management.finding import Finding, ok, problem

OLDEST_PYTHON = (3, 11)
# A busy day's journal and the WAL between two checkpoints fit into it.
DISK_FREE_MIN_BYTES = 2 * 1024**3
GIB = 1024**3
WRITABLE_BY_OTHERS = 0o022


def python_version(_: Config) -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return ok("Python", found)
    return problem("Python", found, remedy="install Python 3.11 or later and run `make clean run`")


def user(config: Config) -> Finding:
    """As whom the embedded server would run."""
    if not config.embedded:
        return ok("User", f"number {os.geteuid()}")
    try:
        chosen = identity.choose(binaries=binaries.find(), home=_existing(config.home))
    except ClusterError as error:
        return problem("User", str(error), remedy="run as an ordinary user, or move the installation")
    how = {
        "plain": "an ordinary user",
        "user": "root; PostgreSQL runs as nobody",
        "namespace": "root; PostgreSQL runs in a user namespace",
    }
    return ok("User", how[chosen.kind])


def home(config: Config) -> Finding:
    """Whether the data directory can be written by us and by nobody else."""
    directory = _existing(config.home)
    try:
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        return problem("TOPUP_HOME", str(error), remedy=f"give {directory} to this user, or set TOPUP_HOME")
    if directory == config.home and directory.stat().st_mode & WRITABLE_BY_OTHERS:
        return problem("TOPUP_HOME", f"others may write to {directory}", remedy=f"chmod go-w '{directory}'")
    return ok("TOPUP_HOME", f"{config.home} is writable")


def disk_space(config: Config) -> Finding:
    free = shutil.disk_usage(_existing(config.home)).free
    detail = f"{free / GIB:.1f} GiB free"
    if free >= DISK_FREE_MIN_BYTES:
        return ok("Disk", detail)
    return problem("Disk", detail, remedy=f"free {DISK_FREE_MIN_BYTES // GIB} GiB below {config.home}")


def port(config: Config) -> Finding:
    if is_held(config.home) and (url := holder(config.home).url):
        return ok("Port", f"served by this installation at {url}")
    try:
        free = ports.is_free(host=config.host, port=config.port)
    except OSError as error:
        return problem("Port", f"{config.host}: {error}", remedy="set HOST to an address of this machine")
    if free:
        return ok("Port", f"{config.port} is free")
    return problem("Port", f"{config.port} is taken", remedy="set PORT, or leave the choice to `topup up`")


def lock(config: Config) -> Finding:
    """Who holds the home, and what a crash left. `topup up` cleans that up, so it is no problem."""
    found = holder(config.home)
    if is_held(config.home):
        return ok("Lock", f"held by process {found.pid}")
    if found.pid or recorded_pid(config.home / DATA_NAME) is not None:
        return ok("Lock", "left by a crash; the next start cleans up")
    return ok("Lock", "free")


def _existing(directory: Path) -> Path:
    return next(path for path in (directory, *directory.parents) if path.exists())
