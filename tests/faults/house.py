"""A house to break: `topup up` in a home of its own, as users run it, and the processes that it consists of.

Owns the starting, the finding and the killing of them. What it knows of the product is what a user knows:
the command, its settings, the file that names the first logins, and what `ps` shows.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from typing import Any

import psutil
from psutil import Process

from tests.faults.visitor import Visitor
from tests.support.installation import ROOT
from tests.support.server import free_port

START_TIMEOUT_S = 180
"""A first start migrates, seeds and sells; a loaded machine takes its time."""
STOP_TIMEOUT_S = 90
REQUEST_TIMEOUT_S = 30
POLL_S = 0.05
TAIL_BYTES = 6_000
READY = "Ctrl-C"


@dataclass
class House:
    """One home. `port` stays the same, however often the product is started."""

    home: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    process: "Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> Path:
        return self.home.parent / f"{self.home.name}.printed"

    @property
    def dsn(self) -> str:
        """The superuser's way in, which the product never takes."""
        return f"host={self.home / 'run'} dbname=topup user=topup_super"

    @property
    def staff_key(self) -> str:
        made = json.loads((self.home / "demo.json").read_text(encoding="utf-8"))
        return str(made["admin"]["token"])

    def staff(self) -> Visitor:
        """The first staff user, logged in."""
        made = json.loads((self.home / "demo.json").read_text(encoding="utf-8"))["admin"]
        return Visitor(self.url, username=made["username"], password=made["password"])

    def printed(self) -> str:
        return self.output.read_bytes()[-TAIL_BYTES:].decode(errors="replace")

    def start(self) -> None:
        """Return once the box with its URL is printed."""
        self.begin()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until the box is printed: only then does it watch over what it started."""
        until = time.monotonic() + START_TIMEOUT_S
        while READY not in self.printed():
            assert self.process is not None
            assert self.process.poll() is None, f"it ended:\n{self.printed()}"
            assert time.monotonic() < until, f"it does not start:\n{self.printed()}"
            time.sleep(POLL_S)

    def begin(self) -> None:
        """Start it, and wait for nothing. One that was killed is buried first."""
        if self.process is not None:
            self.process.wait(timeout=STOP_TIMEOUT_S)
        self.home.parent.mkdir(parents=True, exist_ok=True)
        own = {"TOPUP_HOME": str(self.home), "PORT": str(self.port), "LOGIN_LIMIT_PER_MINUTE": "0"}
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **own, **self.settings}
        # As users have it, what was compiled once is kept: compiling would be counted as recovery.
        environment["PYTHONPYCACHEPREFIX"] = str(self.output.with_suffix(".compiled"))
        with self.output.open("wb") as output:
            self.process = Popen(
                [sys.executable, "-m", "topup.management.cli", "up"],
                cwd=ROOT,
                env=environment,
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
            )

    def stop(self) -> None:
        """Ask it to end, and see that it did; what was frozen is woken first."""
        if self.process is None:
            return
        for each in self.everything():
            _signal(each, signal.SIGCONT)
        left = self.everything()
        self.process.terminate()
        self.process.wait(timeout=STOP_TIMEOUT_S)
        # Those of a server whose main process was killed are nobody's children, and end in their own time.
        orphans = [each for each in psutil.process_iter() if _says(each, f"127.0.0.1:{self.port}")]
        alive = wait_for_the_end(left + orphans, STOP_TIMEOUT_S)
        assert not alive, f"{alive} outlived it"
        self.process = None

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/health/", timeout=REQUEST_TIMEOUT_S) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_until_healthy(self, *, patience_s: float = START_TIMEOUT_S) -> None:
        until = time.monotonic() + patience_s
        while not self.healthy():
            assert time.monotonic() < until, f"not healthy within {patience_s} s:\n{self.printed()}"
            time.sleep(POLL_S)

    # What it consists of.

    def everything(self) -> list[Process]:
        up = self.supervisor()
        try:
            return [up, *up.children(recursive=True)] if up is not None else []
        except psutil.NoSuchProcess:
            return []

    def supervisor(self) -> Process | None:
        """`topup up` itself."""
        try:
            return Process(self.process.pid) if self.process is not None else None
        except psutil.NoSuchProcess:
            return None

    def server(self) -> Process | None:
        """The main process of the HTTP server."""
        return self._child("cli serve")

    def worker(self) -> Process | None:
        return self._child("cli worker")

    def api_workers(self) -> list[Process]:
        """The processes that answer requests."""
        return _children(self.server())

    def postmaster(self) -> Process | None:
        return self._child("bin/postgres -D")

    def backends(self) -> list[Process]:
        """The processes of PostgreSQL that serve the application's connections."""
        return [each for each in self.postgres() if _says(each, "topup_app topup")]

    def postgres(self) -> list[Process]:
        """All processes of PostgreSQL but the postmaster."""
        return _children(self.postmaster())

    def _child(self, words: str) -> Process | None:
        found = [each for each in _children(self.supervisor()) if _says(each, words)]
        return found[0] if found else None


def opens(url: str) -> bool:
    """Whether a page is shown."""
    try:
        with urllib.request.urlopen(url, timeout=REQUEST_TIMEOUT_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def ask(url: str, method: str, path: str, body: object = None, *, key: str = "") -> Any:  # any JSON
    """An answer, which must be a success."""
    request = urllib.request.Request(
        url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **({"Authorization": f"Token {key}"} if key else {})},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=REQUEST_TIMEOUT_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.code} {error.read()!r}") from error


def kill(*processes: Process | None) -> int:
    """End them as a crash does; how many of them there still were."""
    return sum(_signal(each, signal.SIGKILL) for each in processes if each is not None)


def wait_for_the_end(processes: list[Process], patience_s: float) -> list[Process]:
    """Those that are still there after this long."""
    _, alive = psutil.wait_procs(processes, timeout=patience_s)
    return list(alive)


def one_of(processes: list[Process], chance: random.Random) -> Process | None:
    return chance.choice(processes) if processes else None


def freeze(process: Process) -> None:
    _signal(process, signal.SIGSTOP)


def wake(process: Process) -> None:
    _signal(process, signal.SIGCONT)


def _signal(process: Process, number: signal.Signals) -> bool:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return False
    return True


def _says(process: Process, words: str) -> bool:
    try:
        return words in " ".join(process.cmdline())
    except psutil.Error:
        return False


def _children(process: Process | None) -> list[Process]:
    try:
        return process.children() if process is not None else []
    except psutil.NoSuchProcess:
        return []


@contextmanager
def standing(home: Path | None = None, **settings: str) -> Iterator[House]:
    """A house that is up, and gone at the end. A socket's path must be short: so it is below /tmp."""
    above = Path(tempfile.mkdtemp(prefix="faults-", dir="/tmp"))
    above.chmod(0o755)
    house = House(home or above / "var", free_port(), settings)
    try:
        house.start()
        yield house
    finally:
        try:
            house.stop()
        finally:
            shutil.rmtree(above, ignore_errors=True)
