"""A load on the server, from a process of its own: wrk where it can make it, else bench/client.py.

Owns how a generator is started, bounded in time, and read. Both print one line with the same members. wrk is
the faster one, and can neither keep a rate nor let one request follow from another's answer.
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench import processes
from bench.processes import Finished
from bench.scenarios import READS, Scenario, What

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
    """What a generator is told. `keys` is a file with an API key a line, or a key and a path where the
    scenario reads; `prefix` begins each reference. With `per_second` it is an open loop at that rate."""

    url: str
    scenario: Scenario
    seconds: int
    keys: Path
    prefix: str
    staff_key: str = ""
    per_second: float = 0.0


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A load as bench/client.py reads it."""

    host: str
    port: int
    connections: int
    seconds: int
    per_second: float
    keys: str
    spread: str
    what: str
    items: int
    prefix: str
    staff_key: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a generator counted, in requests. `others` are answers that are no success, by status; `sold`
    are the recharges in answers with success. Of an open loop, times run from when a request was due;
    `lag_p99_ms` is how late requests were sent, and `unsent` are those for which no connection was free."""

    sent: int
    good: int
    good_in_time: int
    others: dict[str, int]
    p50_ms: float
    p99_ms: float
    sold: int = 0
    p999_ms: float = 0.0
    max_ms: float = 0.0
    lag_p99_ms: float = 0.0
    unsent: int = 0

    @property
    def unanswered(self) -> int:
        return max(self.sent - self.good - sum(self.others.values()), 0)

    @property
    def dropped(self) -> int:
        """Requests that were due and had no success: refused, broken, unanswered or never sent."""
        return self.unanswered + sum(self.others.values()) + self.unsent


def wrk() -> str | None:
    """The program, where there is one."""
    return shutil.which("wrk")


def generator() -> str:
    """The name of what makes the load, for the report."""
    return "wrk" if wrk() else "bench/client.py (slower than wrk)"


def run(
    load: Load, *, program: str | None, meanwhile: Callable[[], None] | None = None
) -> tuple[Counts, Finished]:
    """Run a load to its end with wrk (`program`), or with the Python one. Raises LoadFailed."""
    if urlsplit(load.url).hostname not in LOOPBACK:
        raise LoadFailed(f"{load.url} is another machine: a load goes to this one only")
    for_wrk = program and not load.per_second and load.scenario.what is not What.MIX
    command = _wrk(program, load) if program and for_wrk else _python(load)
    finished = processes.run(command, limit_s=load.seconds + DRAIN_S + GRACE_S, meanwhile=meanwhile)
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
    scenario = load.scenario
    connections, duration = str(scenario.connections), f"{load.seconds + DRAIN_S}s"
    limits = ["--threads", "1", "--connections", connections, "--duration", duration]
    items = 0 if scenario.what in READS else scenario.items
    words = [str(load.keys), str(scenario.spread), str(items), str(load.seconds), load.prefix]
    return [
        *(program, *limits, "--timeout", f"{WRK_TIMEOUT_S}s", "--script", str(SCRIPT), load.url),
        *("--", *words),
    ]


def _python(load: Load) -> list[str]:
    url, scenario = urlsplit(load.url), load.scenario
    order = Order(
        host=str(url.hostname),
        port=url.port or 0,
        connections=scenario.connections,
        seconds=load.seconds,
        per_second=load.per_second,
        keys=str(load.keys),
        spread=scenario.spread,
        what=scenario.what,
        items=scenario.items,
        prefix=load.prefix,
        staff_key=load.staff_key,
    )
    return [sys.executable, "-m", "bench.client", msgspec.json.encode(order).decode()]
