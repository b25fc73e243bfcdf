"""One embedded PostgreSQL server: made, started, watched and stopped as a child of this process.

A recovering server is never killed, however long it takes. Only the holder of the home's lock may
have a `Cluster` started; `running` takes the lock itself.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from topup.config import APP_ROLE, EMBEDDED_DATABASE, OWNER_ROLE, SUPERUSER_ROLE, Config
from topup.embedded import binaries, configuration, identity, remains
from topup.embedded.errors import ClusterError
from topup.embedded.lock import HomeLock
from topup.embedded.logs import BoundedLog

DATA_NAME = f"pg{binaries.MAJOR_VERSION}"
# Where a data directory is made. It gets its name when it is complete, so that one left by an
# interrupted start is known as such.
UNFINISHED_NAME = f"{DATA_NAME}.unfinished"
# A new server is ready in a tenth of a second. Recovery after a crash reads the WAL since the last
# checkpoint, which is minutes on a slow disk, and is left alone for so long.
START_TIMEOUT_S = 600
STOP_FAST_S = 60
STOP_IMMEDIATE_S = 30
# Processes of a server whose main process was killed end as soon as they notice.
LEFTOVER_TIMEOUT_S = 30
INITDB_TIMEOUT_S = 300
SQL_TIMEOUT_S = 60
POLL_S = 0.02
# `postmaster.pid` tells the state in this line, for pg_ctl and for us.
STATUS_LINE = 7
READY = "ready"
STILL_IN_USE = "pre-existing shared memory block"


class Cluster:
    """The server of one `TOPUP_HOME`.

    `start` must be called in the main thread: the kernel ends the server with the thread that
    started it. `wait` replaces time.sleep for callers that watch for signals; what it raises
    passes through, and `stop` then cleans up.
    """

    def __init__(
        self,
        config: Config,
        *,
        say: Callable[[str], None] = lambda _: None,
        wait: Callable[[float], None] = time.sleep,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`settings` are PostgreSQL's own, for the starts of this object only."""
        self.config = config
        self._settings = settings
        self.data_dir = config.home / DATA_NAME
        self.log = BoundedLog(config.logs / "postgres.log")
        self.created = False
        self.binaries = binaries.find()
        self._say = say
        self._wait = wait
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: identity.Identity | None = None
        self._has_roles = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def dsn(self, role: Literal["app", "owner", "super"] = "app") -> str:
        return self.config.dsn(role)

    def start(self) -> None:
        """Make the data directory if there is none, start the server, make roles and database.

        Raises ClusterError. Calling it again after the server died starts it anew, without what holds for
        the life of this object: as whom it runs, and the roles.
        """
        self._prepare_home()
        self._refuse_other_versions()
        remains.clear(
            data_dir=self.data_dir, socket_dir=self.config.socket_dir, say=self._say, wait=self._wait
        )
        if not self.data_dir.exists():
            self._create()
        self._runs_as.give(self.data_dir)
        self._configure()
        self._launch_until_ready()
        if not self._has_roles:
            self._make_roles()
            self._has_roles = True

    def poll(self) -> int | None:
        """The exit status of the server if it ended, else None."""
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        """Stop the server: clients are disconnected, everything committed is written."""
        process = self._process
        if process is None:
            return
        for number, limit_s in ((signal.SIGINT, STOP_FAST_S), (signal.SIGQUIT, STOP_IMMEDIATE_S)):
            if process.poll() is None:
                process.send_signal(number)
            try:
                process.wait(timeout=limit_s)
            except subprocess.TimeoutExpired:
                self._say(f"PostgreSQL did not stop within {limit_s} s")
            else:
                self._process = None
                return
        raise ClusterError(f"PostgreSQL, process {process.pid}, does not stop. Look into {self.log.path}.")

    @property
    def _runs_as(self) -> identity.Identity:
        """As whom the server runs, tried once: it takes a tenth of a second."""
        if self._identity is None:
            self._identity = identity.choose(binaries=self.binaries, home=self.config.home)
        return self._identity

    def _prepare_home(self) -> None:
        home, socket_dir = self.config.home, self.config.socket_dir
        if "," in str(socket_dir):
            # PostgreSQL's clients take a comma for the end of one address and the start of the next.
            raise ClusterError(f"{home} has a comma in its name. Set TOPUP_HOME to a directory without.")
        home.mkdir(parents=True, exist_ok=True)
        socket_dir.mkdir(mode=0o700, exist_ok=True)
        _refuse_planted(socket_dir)
        self._runs_as.give(socket_dir)
        socket_dir.chmod(0o700)

    def _refuse_other_versions(self) -> None:
        wanted = str(binaries.MAJOR_VERSION)
        for directory in sorted(self.config.home.glob("pg[0-9]*")):
            if directory.name == UNFINISHED_NAME or not directory.is_dir():
                continue
            found = _major_version(directory)
            if found != wanted and (directory == self.data_dir or not self.data_dir.exists()):
                raise ClusterError(_other_version(directory, found=found, wanted=wanted))

    def _create(self) -> None:
        unfinished = self.config.home / UNFINISHED_NAME
        if unfinished.exists():
            self._say("removed a data directory that was never finished")
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        self._runs_as.give(unfinished)
        self._initdb(unfinished)
        unfinished.rename(self.data_dir)
        self.created = True

    def _initdb(self, directory: Path) -> None:
        options = [
            *(
                "--pgdata",
                str(directory),
                "--username",
                SUPERUSER_ROLE,
                "--auth",
                "peer",
                "--encoding",
                "UTF8",
            ),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            *("--data-checksums", "--no-instructions"),
        ]
        command = self._runs_as.command(
            [self.binaries.program("initdb"), *options], directory=self.config.home
        )
        process = self._spawn(command)
        until = time.monotonic() + INITDB_TIMEOUT_S
        try:
            while process.poll() is None and time.monotonic() < until:
                self._wait(POLL_S)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if process.returncode != 0:
            raise ClusterError(
                f"The data directory could not be made. {self.log.path} ends:\n{self.log.tail()}"
            )

    def _configure(self) -> None:
        written = configuration.write(
            data_dir=self.data_dir,
            socket_dir=self.config.socket_dir,
            peer_names=self._runs_as.peer_names,
            archive=self._archive(),
        )
        for path in written:
            self._runs_as.give(path)

    def _archive(self) -> Path | None:
        archive = self.config.archive
        if archive is not None:
            try:
                archive.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ClusterError(
                    f"WAL_ARCHIVE cannot be used: {error}. Set it to a directory of yours."
                ) from error
            self._runs_as.give(archive)
        return archive

    def _launch_until_ready(self) -> None:
        until = time.monotonic() + LEFTOVER_TIMEOUT_S
        while not self._launch():
            # The log names the reason; only processes that are about to end are worth waiting for.
            if STILL_IN_USE not in self.log.tail() or time.monotonic() > until:
                raise ClusterError(f"PostgreSQL does not start. {self.log.path} ends:\n{self.log.tail()}")
            self._wait(POLL_S * 10)

    def _launch(self) -> bool:
        """Start the server and wait: True once it is ready, False if it ended."""
        chosen = {**self._settings, **configuration.DURABILITY}
        flags = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        postgres = [self.binaries.program("postgres"), "-D", str(self.data_dir), *flags]
        self._process = process = self._spawn(self._runs_as.command(postgres, directory=self.config.home))
        until = time.monotonic() + START_TIMEOUT_S
        while process.poll() is None:
            if self._is_ready():
                return True
            if time.monotonic() > until:
                raise ClusterError(
                    f"PostgreSQL has been recovering for {START_TIMEOUT_S // 60} minutes. "
                    f"Look into {self.log.path}; starting again continues where it stopped."
                )
            self._wait(POLL_S)
        return False

    def _is_ready(self) -> bool:
        try:
            lines = (self.data_dir / remains.PID_FILE).read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        # The file of a server that crashed may still be there, with its own number in it.
        ours = lines[:1] == [str(self.pid)]
        return ours and len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == READY

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        log = self.log.open()
        try:
            # A session of its own: Ctrl-C in a terminal reaches the supervisor, not the server.
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=_environment(),
            )
        finally:
            os.close(log)

    def _make_roles(self) -> None:
        variables = {"owner": OWNER_ROLE, "app": APP_ROLE, "database": EMBEDDED_DATABASE}
        command = [
            *(self.binaries.program("psql"), "--no-psqlrc", "--quiet", "--tuples-only"),
            *("--host", str(self.config.socket_dir), "--username", SUPERUSER_ROLE, "--dbname", "postgres"),
            *("--set", "ON_ERROR_STOP=1", "--file", str(Path(__file__).with_name("roles.sql"))),
            *(word for name, value in variables.items() for word in ("--set", f"{name}={value}")),
        ]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SQL_TIMEOUT_S, env=_environment()
        )
        if answer.returncode != 0:
            raise ClusterError(f"The database roles could not be made: {answer.stderr.strip()}")


@contextmanager
def running(config: Config, *, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Cluster]:
    """A started server with roles and an empty or kept database, for as long as the block lasts.

    Raises HomeInUse where another process runs the server of this home. Main thread only.
    """
    with HomeLock(config.home):
        cluster = Cluster(config, settings=settings)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def _refuse_planted(directory: Path) -> None:
    """Below /tmp somebody else may have made the directory first, or a link that leads elsewhere."""
    ours = {os.geteuid(), *((pwd.getpwnam("nobody").pw_uid,) if os.geteuid() == 0 else ())}
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise ClusterError(
            f"{directory} should be our own directory and is not. Remove it, then start again."
        )


def _major_version(directory: Path) -> str:
    try:
        return (directory / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return "unknown"


def _other_version(directory: Path, *, found: str, wanted: str) -> str:
    return (
        f"{directory} was made by PostgreSQL {found}, and this is PostgreSQL {wanted}. Nothing was "
        f"changed. Either start the release that made it, save the data with pg_dump, and restore "
        f"them into a new TOPUP_HOME; or move the directory away to begin with an empty database."
    )


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGOPTIONS and their like would change what the server does."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
