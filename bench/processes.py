"""What processes cost: CPU seconds and memory, by group; and child processes bounded in time.

Owns every look into the process table. It ends only processes that it started.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil

ROOT = Path(__file__).resolve().parents[1]
POLL_S = 0.1
POSTGRES = "postgres"


class ChildFailed(RuntimeError):
    """A program that was started failed or took too long. The message ends with what it wrote."""


class Finished(NamedTuple):
    """A program that ended: what it wrote, the CPU it took, and the most memory it was seen with."""

    output: str
    cpu_s: float
    rss_bytes: int


class Memory(msgspec.Struct, frozen=True):
    """Resident memory, and the same with shared pages divided among those who share them (Linux)."""

    rss_bytes: int
    pss_bytes: int


class Watched(NamedTuple):
    """The processes of a measurement beside the load generator."""

    server_pid: int
    database_pid: int

    def groups(self) -> dict[str, list[psutil.Process]]:
        main = psutil.Process(self.server_pid)
        return {
            "server main": [main],
            "API worker": main.children(recursive=True),
            "PostgreSQL": tree(self.database_pid),
        }

    def cpu_s(self) -> dict[str, float]:
        return {name: cpu_s(group) for name, group in self.groups().items()}

    def memory(self) -> dict[str, Memory]:
        return {name: memory(group) for name, group in self.groups().items()}


def tree(pid: int) -> list[psutil.Process]:
    """A process and all that descend from it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def cpu_s(group: Iterable[psutil.Process]) -> float:
    """CPU seconds so far, with those of children that ended."""
    total = 0.0
    for process in group:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def machine_cpu_s() -> float:
    """CPU seconds that this machine has worked, for anybody; what a hypervisor took is in it too."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def memory(group: Iterable[psutil.Process]) -> Memory:
    """Memory now. Where the system tells no proportional share, it is taken to be all."""
    rss = pss = 0
    for process in group:
        try:
            full = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        rss += full.rss
        pss += getattr(full, "pss", full.rss)
    return Memory(rss, pss)


def run(
    command: list[str],
    *,
    limit_s: float,
    env: Mapping[str, str] | None = None,
    directory: Path = ROOT,
    meanwhile: Callable[[], None] | None = None,
) -> Finished:
    """Run a program, calling `meanwhile` every POLL_S. Raises ChildFailed if it fails or is late."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command,
            cwd=directory,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            status, cpu, rss = _wait(child, limit_s=limit_s, meanwhile=meanwhile)
        finally:
            if child.returncode is None:
                child.kill()
                child.wait()
        output.seek(0)
        written = output.read().decode(errors="replace")
    if status != 0:
        raise ChildFailed(f"{Path(command[0]).name} ended with status {status}:\n{written[-4_000:]}")
    return Finished(written, cpu, rss)


def _wait(
    child: "subprocess.Popen[bytes]", *, limit_s: float, meanwhile: Callable[[], None] | None
) -> tuple[int, float, int]:
    """Wait as `wait4` does, which alone tells the CPU time of one child."""
    seen, rss = psutil.Process(child.pid), 0
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if ended:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage.ru_utime + usage.ru_stime, rss
        rss = max(rss, seen.memory_info().rss)
        if meanwhile is not None:
            meanwhile()
        time.sleep(POLL_S)
    raise ChildFailed(f"{child.args!r} did not end within {limit_s} s")
