"""A primary and its synchronous standby, as docs/howto/high-availability.md sets them up, on this machine.

Owns the two servers, and what an operator does to them: stop one, start it again, let the standby take over.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.deploy.plain_postgres import PASSWORD, Plain, plain_postgres
from tests.support.installation import ROOT, Installation
from tests.support.server import free_port
from topup.embedded import binaries, identity

TIMEOUT_S = 120
POLL_S = 0.05
STANDBY = "standby1"


@dataclass
class Pair:
    """The servers. `standby` is its process while it runs."""

    primary: Plain
    port: int
    standby: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def directory(self) -> Path:
        return self.primary.directory / "standby"

    def url(self, role: str, password: str) -> str:
        """What the application is told: both hosts, and that it wants the one that may be written to."""
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.port}"
        return f"postgresql://{role}:{password}@{hosts}/topup?target_session_attrs=read-write"

    def ask(self, port: int, statement: str, *values: object) -> list[Any]:  # rows
        """A superuser's statement on one of the servers."""
        url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/topup"
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def start_standby(self) -> None:
        words = ["postgres", "-D", str(self.directory), "-p", str(self.port)]
        words += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        with (self.primary.directory / "standby.log").open("ab") as log:
            self.standby = subprocess.Popen(self.as_server(words), stdout=log, stderr=log)
        until = time.monotonic() + TIMEOUT_S
        while not self._follows():
            assert time.monotonic() < until, (self.primary.directory / "standby.log").read_text()[-3000:]
            time.sleep(POLL_S)

    def stop_standby(self) -> None:
        assert self.standby is not None
        os.kill(self.standby.pid, signal.SIGINT)
        self.standby.wait(timeout=TIMEOUT_S)
        self.standby = None

    def waiting(self) -> list[int]:
        """The processes whose commit waits for the standby."""
        wait = (
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = 'topup'"
            " AND position('keys_used' IN query) = 0"  # what a server writes now and then, unasked
        )
        return [row[0] for row in self.ask(self.primary.port, wait)]

    def fail_over(self) -> None:
        """The primary dies, with all its processes, and the standby takes over."""
        ((postmaster,),) = self.ask(self.primary.port, "SELECT pg_read_file('postmaster.pid')")
        os.kill(int(str(postmaster).split("\n", maxsplit=1)[0]), signal.SIGKILL)
        assert self.ask(self.port, "SELECT pg_promote(true, 60)") == [(True,)]

    def _follows(self) -> bool:
        asked = "SELECT count(*) FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'"
        return bool(self.ask(self.primary.port, asked, STANDBY)[0][0])

    def as_server(self, words: list[str]) -> list[str]:
        """A command line of the wheel's, as whoever the servers run as."""
        found = binaries.find()
        user = identity.choose(binaries=found, home=self.primary.directory)
        return user.command([found.program(words[0]), *words[1:]], directory=self.primary.directory)

    def copy(self) -> None:
        """A standby from the primary, by the wheel's own program; the primary then waits for it."""
        source = f"host=127.0.0.1 port={self.primary.port} user=postgres password={PASSWORD}"
        source += f" application_name={STANDBY}"
        words = ["pg_basebackup", "-D", str(self.directory), "-d", source, "-R", "--checkpoint=fast"]
        done = subprocess.run(
            self.as_server(words), capture_output=True, text=True, check=False, timeout=TIMEOUT_S
        )
        assert done.returncode == 0, done.stderr
        self.start_standby()
        with closing(
            psycopg.connect(self.primary.url("postgres", PASSWORD, "postgres"), autocommit=True)
        ) as of:
            of.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'".encode())
            of.execute("SELECT pg_reload_conf()")


@contextmanager
def running() -> Iterator[Pair]:
    with plain_postgres() as primary:
        make_roles(primary)
        pair = Pair(primary, free_port())
        try:
            yield pair
        finally:
            if pair.standby is not None:
                pair.stop_standby()


def make_roles(primary: Plain) -> None:
    for name in ("topup_owner", "topup_app"):
        (primary.directory / f"{name}_password").write_text(f"{name}-secret\n", encoding="ascii")
    environment = {**primary.environment(), "SECRETS": str(primary.directory)}
    subprocess.run(["sh", str(ROOT / "deploy/database.sh")], env=environment, check=True, timeout=TIMEOUT_S)


def installation_on(pair: Pair, settings: dict[str, str]) -> Installation:
    """An installation whose database is the pair, migrated."""
    own = {
        **settings,
        "TOPUP_HOME": str(pair.primary.directory / "home"),
        "DATABASE_URL": pair.url("topup_app", "topup_app-secret"),
        "DATABASE_OWNER_URL": pair.url("topup_owner", "topup_owner-secret"),
    }
    made = Installation(pair.primary.directory / "home", own)
    made.home.mkdir()
    done = subprocess.run(
        made.command("migrate", "--verbosity=0"), env=made.environment(), cwd=made.home,
        capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return made
