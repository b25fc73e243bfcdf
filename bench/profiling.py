"""Where the time goes: `python -m bench --profile`. Its figures are not those of an unwatched run.

Owns what is asked beside a load: py-spy on the worker where it is installed, PostgreSQL's statistics
before and after, and what its backends waited for, looked at many times a second.
"""

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg

from bench import house, tables
from bench.figures import Figure
from bench.house import House
from bench.measure import OTHERS, Measurements, say
from bench.scenarios import BATCH_ITEMS, FULL_CONNECTIONS, SELLERS, Scenario
from tests.support.server import serving

SCENARIOS = (
    Scenario(FULL_CONNECTIONS, SELLERS),
    Scenario(FULL_CONNECTIONS, 1),
    Scenario(16, SELLERS, BATCH_ITEMS),
)
LOOKS_PER_SECOND = 50
STACKS_PER_SECOND = 200
STACKS_LIMIT_S = 60
TOP = 40
NO_PY_SPY = "py-spy is not installed (pip install py-spy), so Python's part is not taken apart."
# Only for new connections, so before the server starts.
TRACKING = ("track_functions = 'all'", "track_io_timing = on", "track_wal_io_timing = on")

WAITING = """
SELECT coalesce(wait_event_type || ': ' || wait_event, 'running')
  FROM pg_stat_activity
 WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
"""
# Each gives names and numbers; the difference of two readings is shown.
STATISTICS = {
    "pg_stat_wal": """
SELECT x.key, x.value::text::numeric FROM pg_stat_wal w, jsonb_each(to_jsonb(w)) x
 WHERE jsonb_typeof(x.value) = 'number'""",
    "pg_stat_io": """
SELECT concat_ws(' ', i.backend_type, i.object, i.context, x.key), x.value::text::numeric
  FROM pg_stat_io i, jsonb_each(to_jsonb(i)) x
 WHERE jsonb_typeof(x.value) = 'number'""",
    "pg_stat_database": """
SELECT x.key, x.value::text::numeric
  FROM pg_stat_database d, jsonb_each(to_jsonb(d)) x
 WHERE d.datname = current_database() AND jsonb_typeof(x.value) = 'number' AND x.key <> 'numbackends'""",
    "pg_stat_user_tables": """
SELECT concat_ws(' ', t.schemaname || '.' || t.relname, x.key), x.value::text::numeric
  FROM pg_stat_user_tables t, jsonb_each(to_jsonb(t)) x
 WHERE x.key IN ('n_tup_ins', 'n_tup_upd', 'n_tup_hot_upd', 'seq_scan', 'idx_scan')""",
    "pg_stat_user_functions (ms)": """
SELECT concat_ws(' ', f.schemaname || '.' || f.funcname, x.key), x.value::text::numeric
  FROM pg_stat_user_functions f, jsonb_each(to_jsonb(f)) x
 WHERE x.key IN ('calls', 'total_time', 'self_time')""",
}

Reading = dict[str, dict[str, float]]


class Stacks(NamedTuple):
    """Samples of the worker, by the innermost function and by every function they were within."""

    samples: int
    own: Counter[str]
    within: Counter[str]


def run(*, seconds: int, directory: Path, mark: str) -> str:
    """Load, look, and write it down. Returns the text."""
    program = py_spy()
    parts = [] if program else [NO_PY_SPY]
    with house.running() as place:
        _track(place)
        people = house.populate(place, sellers=SELLERS)
        with serving(place.installation) as server:
            measurements = Measurements(house=place, people=people, server=server)
            measurements.warm_up()
            for scenario in SCENARIOS:
                say(f"profile of {scenario.name}")
                parts.append(_profile(place, measurements, scenario, seconds=seconds, program=program))
    text = "\n\n".join(parts) + "\n"
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{datetime.now(UTC).date().isoformat()}{mark}-profile.txt"
    (directory / name).write_text(text, encoding="utf-8")
    return text


def _profile(
    place: House, measurements: Measurements, scenario: Scenario, *, seconds: int, program: str | None
) -> str:
    worker = measurements.watched.groups()["API worker"][0].pid
    folded = place.installation.home / "stacks.txt"
    waits: Counter[str] = Counter()
    place.checkpoint()
    with psycopg.connect(place.cluster.dsn("super"), autocommit=True) as connection:
        before = _read(connection)
        with stacks(program, worker, folded, seconds=seconds), _looks(place, waits):
            figure = measurements.measure(scenario, seconds=seconds)
        time.sleep(1)  # backends tell their statistics at most once a second
        after = _read(connection)
    python = _python(fold(folded.read_text(encoding="utf-8"))) if folded.exists() else ""
    return "\n\n".join([_head(figure), _waits(waits), python, *_differences(before, after)])


def _head(figure: Figure) -> str:
    cores = ", ".join(f"{name} {value:.2f}" for name, value in figure.cost.cores.items())
    costs = ", ".join(
        f"{name} {value / figure.per_second * 1e6:.0f}"
        for name, value in figure.cost.cores.items()
        if name != OTHERS
    )
    return (
        f"== {figure.name} (watched): {figure.per_second:,.0f}/s, errors {figure.errors}\n"
        f"CPU in cores: {cores}\nCPU in microseconds a recharge: {costs}"
    )


def _waits(waits: Counter[str]) -> str:
    rows = [(name, f"{number / waits.total():.1%}") for name, number in waits.most_common()]
    return tables.table(("what active backends did", "of looks"), rows)


def fold(text: str) -> Stacks:
    """Read folded stacks: `outer;inner;innermost count` a line."""
    own: Counter[str] = Counter()
    within: Counter[str] = Counter()
    samples = 0
    for line in text.splitlines():
        frames, _, number = line.rpartition(" ")
        if not frames:
            continue
        names = frames.split(";")
        samples += int(number)
        own[names[-1]] += int(number)
        for name in set(names):
            within[name] += int(number)
    return Stacks(samples, own, within)


def _python(stacks: Stacks) -> str:
    rows = [
        (name, f"{number / stacks.samples:.1%}", f"{stacks.within[name] / stacks.samples:.1%}")
        for name, number in stacks.own.most_common(TOP)
    ]
    whole = [
        (name, f"{stacks.own[name] / stacks.samples:.1%}", f"{number / stacks.samples:.1%}")
        for name, number in stacks.within.most_common(TOP)
    ]
    head = ("in itself", "with what it calls")
    itself = tables.table(("functions of the worker while they held the GIL, by their own time", *head), rows)
    return itself + "\n\n" + tables.table(("by all their time", *head), whole)


def _differences(before: Reading, after: Reading) -> Iterator[str]:
    for name, values in after.items():
        grown = {key: value - before[name].get(key, 0.0) for key, value in values.items()}
        rows = [(key, f"{number:,.1f}") for key, number in sorted(grown.items()) if number > 0]
        yield tables.table((name, "during the load"), rows or [("nothing", "")])


def _read(connection: psycopg.Connection[tuple[str, float]]) -> Reading:
    return {
        name: {key: float(value) for key, value in connection.execute(query.encode())}
        for name, query in STATISTICS.items()
    }


def _track(place: House) -> None:
    with psycopg.connect(place.cluster.dsn("super"), autocommit=True) as connection:
        for setting in TRACKING:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _looks(place: House, waits: Counter[str]) -> Iterator[None]:
    """Ask what the backends wait for, again and again, beside the load."""
    over = threading.Event()

    def look() -> None:
        with psycopg.connect(place.cluster.dsn("super"), autocommit=True) as connection:
            while not over.wait(1 / LOOKS_PER_SECOND):
                waits.update(row[0] for row in connection.execute(WAITING))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def stacks(
    program: str | None,
    pid: int,
    folded: Path,
    *,
    seconds: int,
    options: Sequence[str] = ("--gil", "--function"),
) -> Iterator[None]:
    """Let py-spy write the worker's stacks while the block lasts."""
    folded.unlink(missing_ok=True)
    if program is None:
        yield
        return
    what = ["--pid", str(pid), *options, "--format", "raw", "--output", str(folded)]
    rate = ["--rate", str(STACKS_PER_SECOND), "--duration", str(seconds)]
    child = subprocess.Popen(
        [program, "record", *what, *rate], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
        if child.wait(timeout=STACKS_LIMIT_S) != 0:
            say("py-spy failed: it needs the right to trace (root, or kernel.yama.ptrace_scope=0)")
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def py_spy() -> str | None:
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")
