"""CPU microseconds a recharge, and who spends them: HTTP, Python's rules, the driver, PostgreSQL, the rest.

Owns two measurements of one load. The first is undisturbed and tells each process's CPU, and in the workers
that of their main threads, which run Python, and of their other threads. In the second py-spy looks at the
Python thread of one worker many times a second; its samples tell only how that time is shared out.
"""

import tempfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec
import psutil

from bench import profiling
from bench.figures import Figure
from bench.house import House
from bench.measure import DATABASE, LOAD, OTHERS, Measurements, say
from bench.scenarios import FULL, HOT, Scenario

SCENARIOS = (FULL, HOT)
US_PER_S = 1_000_000
SERVER_THREADS = "other threads of the workers"
EVENT_LOOP = "HTTP: event loop, sockets, parsing"
HTTP = "HTTP: our front, logs and counts"
RULES = "Python rules"
DRIVER = "driver"
UNSPLIT = "Python, not split: py-spy is not installed or may not trace"
# The first that is in the name of a frame's file, from the innermost frame outwards, tells whose it is.
OWNERS = (
    ("psycopg", DRIVER),
    ("topup/trips.py", DRIVER),
    ("topup/ledger/literals.py", DRIVER),
    ("topup/ledger/", RULES),
    ("topup/recharges/", RULES),
    ("topup/gateways/", RULES),
    ("topup/phones.py", RULES),
    ("topup/ids.py", RULES),
    ("topup/money.py", RULES),
    ("topup/", HTTP),
    ("litestar", HTTP),
    ("uvicorn", EVENT_LOOP),
    ("asyncio", EVENT_LOOP),
    ("uvloop", EVENT_LOOP),
)


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """CPU microseconds a recharge by who spent them, and the figure that they belong to."""

    figure: Figure
    microseconds: dict[str, float]
    load_microseconds: float


def run(
    place: House, loads: Measurements, *, seconds: int, scenarios: Sequence[Scenario] = SCENARIOS
) -> list[Split]:
    return [_split(place, loads, scenario, seconds=seconds) for scenario in scenarios]


def _split(place: House, loads: Measurements, scenario: Scenario, *, seconds: int) -> Split:
    workers = loads.watched.groups()["API worker"]
    place.checkpoint()
    before = _threads(workers)
    figure = loads.measure(scenario, seconds=seconds)
    python_s, others_s = _between(before, _threads(workers), main={worker.pid for worker in workers})
    shares = _shares(place, loads, scenario, workers[0].pid, seconds=seconds)
    sold = figure.per_second * seconds or 1.0
    spent = {name: cores / figure.per_second * US_PER_S for name, cores in figure.cost.cores.items()}
    microseconds = {SERVER_THREADS: others_s / sold * US_PER_S}
    microseconds |= {name: python_s / sold * US_PER_S * share for name, share in shares.items()}
    microseconds |= {name: spent[name] for name in ("server main", DATABASE)}
    say(f"cost of {figure.name}: {sum(microseconds.values()):.0f} us")
    return Split(figure=figure, microseconds=_rounded(microseconds), load_microseconds=round(spent[LOAD], 1))


def _threads(workers: Sequence[psutil.Process]) -> dict[int, float]:
    return {each.id: each.user_time + each.system_time for worker in workers for each in worker.threads()}


def _between(
    before: Mapping[int, float], after: Mapping[int, float], *, main: Collection[int]
) -> tuple[float, float]:
    """CPU seconds of the threads that run Python, and of all others."""
    spent = {thread: cpu_s - before.get(thread, 0.0) for thread, cpu_s in after.items()}
    python_s = sum(spent.pop(thread) for thread in main)
    return python_s, sum(spent.values())


def _shares(
    place: House, loads: Measurements, scenario: Scenario, worker: int, *, seconds: int
) -> dict[str, float]:
    """How the Python thread's time is shared out, in a run that is watched."""
    place.checkpoint()
    with tempfile.TemporaryDirectory(dir=place.installation.home) as directory:
        folded = Path(directory) / "stacks.txt"
        program = profiling.py_spy()
        with profiling.stacks(program, worker, folded, seconds=seconds, options=("--full-filenames",)):
            loads.sell(scenario, seconds=seconds)
        if not folded.exists():
            return {UNSPLIT: 1.0}
        return shares(folded.read_text(encoding="utf-8"))


def shares(text: str) -> dict[str, float]:
    """The part of all samples by owner, from folded stacks: `outer;inner;innermost count` a line."""
    counted: Counter[str] = Counter()
    for line in text.splitlines():
        frames, _, number = line.rpartition(" ")
        if frames:
            counted[owner(frames.split(";"))] += int(number)
    return {name: number / counted.total() for name, number in counted.most_common()} or {UNSPLIT: 1.0}


def owner(frames: list[str]) -> str:
    """Whose time a sample is: of the innermost frame that is anybody's; what nobody owns is the loop's."""
    for frame in reversed(frames):
        for mark, name in OWNERS:
            if mark in frame:
                return name
    return EVENT_LOOP


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in values.items() if name != OTHERS}
