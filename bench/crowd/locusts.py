"""Locust as a child process: 100 users and more, without a screen, bounded in time.

Owns its command line and how its answers are fetched. It needs Locust, which `make load` installs.
"""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench import processes
from bench.crowd.tally import Tally
from bench.load import LOOPBACK, LoadFailed
from bench.processes import Finished

LOCUST_FILE = Path(__file__).parents[1] / "locustfile.py"
# Users under way may need as long as one request may take.
DRAIN_S = 40
# Locust's own start and end; one that has not ended by then hangs.
GRACE_S = 60


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """A load: so many users, until `sales` are sold (None: no such end) or `seconds` are over."""

    name: str
    users: int
    seconds: int
    sales: int | None
    pace_s: float = 0.0


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a crowd goes: the server, the sellers' keys, who approves, and where files may be put."""

    url: str
    keys: Path
    staff_key: str
    directory: Path


def installed() -> bool:
    return importlib.util.find_spec("locust") is not None


def run(crowd: Crowd, place: Place, *, sold: Callable[[int], None]) -> tuple[Tally, Finished]:
    """Let the crowd loose and wait for its end; `sold` is told the number of sales. Raises LoadFailed."""
    if urlsplit(place.url).hostname not in LOOPBACK:
        raise LoadFailed(f"{place.url} is another machine: a load goes to this one only")
    answers, progress = place.directory / f"{crowd.name}.json", place.directory / f"{crowd.name}.sold"
    finished = processes.run(
        _command(crowd, place, answers=answers, progress=progress),
        limit_s=crowd.seconds + DRAIN_S + GRACE_S,
        env={**os.environ, "LOAD_STAFF_KEY": place.staff_key},
        meanwhile=lambda: sold(_read(progress)),
    )
    if not answers.exists():
        raise LoadFailed(f"Locust counted nothing:\n{finished.output[-2_000:]}")
    tally = msgspec.json.decode(answers.read_bytes(), type=Tally)
    if not tally.answers:
        raise LoadFailed(f"Locust sent nothing:\n{finished.output[-2_000:]}")
    return tally, finished


def _command(crowd: Crowd, place: Place, *, answers: Path, progress: Path) -> list[str]:
    ends = ["--run-time", f"{crowd.seconds}s", "--stop-timeout", str(DRAIN_S)]
    users = ["--users", str(crowd.users), "--spawn-rate", str(crowd.users), "--pace", str(crowd.pace_s)]
    files = ["--keys", str(place.keys), "--answers", str(answers), "--progress", str(progress)]
    return [
        *(sys.executable, "-m", "locust", "--headless", "--only-summary", "--loglevel", "WARNING"),
        # What is refused is counted by us, and no reason for Locust to fail.
        *("--exit-code-on-error", "0", "--locustfile", str(LOCUST_FILE), "--host", place.url),
        *(*ends, *users, *files, "--prefix", f"{crowd.name}-"),
        *(() if crowd.sales is None else ("--sales", str(crowd.sales))),
    ]


def _read(progress: Path) -> int:
    written = progress.read_text(encoding="ascii") if progress.exists() else ""
    return int(written) if written else 0
