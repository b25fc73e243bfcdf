"""A load on the server, from a process of its own: wrk where it is installed, else bench/client.py.

Owns how a generator is started, bounded in time, and read. Both print one line with the same members.
"""

import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench import processes
from bench.processes import Finished
from bench.scenarios import Scenario

SCRIPT = Path(__file__).with_name("sell.lua")
RESULT = "RESULT "
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# How long answers may take after the last request was sent. wrk always waits for so long.
DRAIN_S = 2
# A generator that has not ended by then hangs.
GRACE_S = 30
WRK_TIMEOUT_S = 30
SLOWER = (
    "wrk is not installed, so the load came from a Python program, which is slower and takes more of "
    "the CPU from what is measured: the figures are lower than the product's (Debian: apt install wrk)."
)


class LoadFailed(RuntimeError):
    """The generator did not do its work. The message has what it wrote."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a generator is told. `keys` is a file with an API key a line, `prefix` begins each reference."""

    url: str
    scenario: Scenario
    seconds: int
    keys: Path
    prefix: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a generator counted, in requests. `others` are answers that are no success, by status."""

    sent: int
    good: int
    good_in_time: int
    others: dict[str, int]
    p50_ms: float
    p99_ms: float

    @property
    def unanswered(self) -> int:
        return max(self.sent - self.good - sum(self.others.values()), 0)


def wrk() -> str | None:
    """The program, where there is one."""
    return shutil.which("wrk")


def generator() -> str:
    """The name of what makes the load, for the report."""
    return "wrk" if wrk() else "bench/client.py (slower than wrk)"


def run(load: Load, *, program: str | None) -> tuple[Counts, Finished]:
    """Run a load to its end with wrk (`program`), or with the Python one. Raises LoadFailed."""
    if urlsplit(load.url).hostname not in LOOPBACK:
        raise LoadFailed(f"{load.url} is another machine: a load goes to this one only")
    command = _wrk(program, load) if program else _python(load)
    finished = processes.run(command, limit_s=load.seconds + DRAIN_S + GRACE_S)
    counts = read(finished.output)
    if not counts.sent:
        raise LoadFailed(f"the load generator sent nothing:\n{finished.output[-2_000:]}")
    return counts, finished


def read(output: str) -> Counts:
    """The counts in what a generator printed. Raises LoadFailed."""
    for line in output.splitlines():
        if line.startswith(RESULT):
            return msgspec.json.decode(line.removeprefix(RESULT), type=Counts)
    raise LoadFailed(f"the load generator counted nothing:\n{output[-2_000:]}")


def _wrk(program: str, load: Load) -> list[str]:
    connections, duration = str(load.scenario.connections), f"{load.seconds + DRAIN_S}s"
    limits = ["--threads", "1", "--connections", connections, "--duration", duration]
    return [
        *(program, *limits, "--timeout", f"{WRK_TIMEOUT_S}s", "--script", str(SCRIPT), load.url),
        *("--", *_words(load)),
    ]


def _python(load: Load) -> list[str]:
    url = urlsplit(load.url)
    where = (str(url.hostname), str(url.port), str(load.scenario.connections))
    return [sys.executable, "-m", "bench.client", *where, *_words(load)]


def _words(load: Load) -> list[str]:
    spread = "hot" if load.scenario.hot else "spread"
    return [str(load.keys), spread, str(load.scenario.items), str(load.seconds), load.prefix]
