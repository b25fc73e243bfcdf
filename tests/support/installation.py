"""A real installation for the tests: its own home, its own PostgreSQL, migrated as its owner.

Owns where it lives and how anything connects to it. It reads no setting of the developer's own: not
the environment's and not a `.env` file's.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import psycopg

from topup import config, embedded
from topup.config import Config
from topup.trips import Connection

ROOT = Path(__file__).resolve().parents[2]
MIGRATE_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60
Role = Literal["app", "owner", "super"]

# What the tests set otherwise than the product: many log-ins and wrong keys come from one address here, and a
# server has one worker where the test does not ask for more, for there are many servers.
_SETTINGS = {
    "API_WORKERS": "1",
    "LANES": "2",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "LOGIN_LIMIT_PER_MINUTE": "0",
    "WRONG_KEYS_PER_MINUTE": "0",
}


@dataclass(frozen=True)
class Installation:
    """A home with a running database. `settings` is what its processes find in their environment."""

    home: Path
    settings: dict[str, str]

    @property
    def config(self) -> Config:
        return config.load(self.settings, dotenv=None)

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of a process of this installation."""
        return {**os.environ, **self.settings, "PYTHONPATH": str(ROOT), **changes}

    def command(self, *words: str) -> list[str]:
        """The command line of `topup <words>`."""
        return [sys.executable, str(ROOT / "manage.py"), *words]

    def connect(self, role: Role = "app") -> Connection:
        """A connection in autocommit mode; `super` and `owner` are what the product never is."""
        return psycopg.connect(self.config.dsn(role), autocommit=True)

    def stop_database(self) -> None:
        """The fast shutdown, to its end: transactions that are on their way may still finish."""
        pid_file = next(self.home.glob("pg*/postmaster.pid"))
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGINT)
        until = time.monotonic() + STOP_TIMEOUT_S
        while pid_file.exists():
            assert time.monotonic() < until, "the database does not stop"
            time.sleep(0.01)


@contextmanager
def installed(*, migrated: bool = True, **settings: str) -> Iterator[Installation]:
    """A fresh installation with these settings (`WAL_ARCHIVE="/…"`), gone at the end."""
    # A socket's path must be short, so it is not below the developer's own TMPDIR.
    home = Path(tempfile.mkdtemp(prefix="topup-", dir="/tmp"))
    ours = {field.name.upper(): "" for field in msgspec.structs.fields(Config)}
    installation = Installation(home, {**ours, **_SETTINGS, **settings, "TOPUP_HOME": str(home)})
    try:
        with embedded.running(installation.config):
            if migrated:
                _migrate(installation)
            yield installation
    finally:
        shutil.rmtree(home)


def _migrate(installation: Installation) -> None:
    done = subprocess.run(
        installation.command("migrate", "--verbosity=0"),
        env=installation.environment(),
        cwd=installation.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=MIGRATE_TIMEOUT_S,
    )
    assert done.returncode == 0, f"the migrations failed:\n{done.stdout}{done.stderr}"
