"""A PostgreSQL as its own image makes one: a superuser with a password, and nothing of ours in it yet."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.server import free_port
from topup.embedded import binaries, identity

PASSWORD = "the-password-of-the-superuser"
TIMEOUT_S = 60
POLL_S = 0.05


@dataclass(frozen=True)
class Plain:
    """A running server on a port of the loopback."""

    port: int
    programs: Path
    directory: Path

    def url(self, role: str, password: str, database: str = "topup") -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def environment(self) -> dict[str, str]:
        """What PostgreSQL's image gives its init scripts, and where the server is."""
        return {
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "POSTGRES_USER": "postgres",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGPASSWORD": PASSWORD,
        }


@contextmanager
def plain_postgres(*initdb_words: str) -> Iterator[Plain]:
    """A new server made with these options of initdb, gone at the end."""
    directory = Path(tempfile.mkdtemp(prefix="topup-plain-", dir="/tmp"))
    found = binaries.find()
    plain = Plain(free_port(), found.directory, directory)
    try:
        user = identity.choose(binaries=found, home=directory)
        (directory / "password").write_text(PASSWORD, encoding="ascii")
        user.give(directory)
        data = str(directory / "data")
        words = ["-D", data, "-U", "postgres", f"--pwfile={directory}/password", "--no-sync", *initdb_words]
        made = user.command([found.program("initdb"), *words], directory=directory)
        subprocess.run(made, check=True, capture_output=True, timeout=TIMEOUT_S)
        listening = [
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-p",
            str(plain.port),
        ]
        with (directory.parent / f"{directory.name}.log").open("wb") as log:
            server = subprocess.Popen(
                user.command([found.program("postgres"), "-D", data, *listening], directory=directory),
                stdout=log,
                stderr=log,
            )
        try:
            _wait(plain, server)
            yield plain
        finally:
            os.kill(server.pid, signal.SIGINT)
            server.wait(timeout=TIMEOUT_S)
    finally:
        shutil.rmtree(directory)
        directory.with_name(f"{directory.name}.log").unlink(missing_ok=True)


def _wait(plain: Plain, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until:
        assert server.poll() is None, "PostgreSQL ended"
        try:
            psycopg.connect(plain.url("postgres", PASSWORD, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(POLL_S)
        else:
            return
    raise AssertionError("PostgreSQL does not answer")
