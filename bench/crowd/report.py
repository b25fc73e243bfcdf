"""A load test in words: Markdown for the terminal and the file, the figures as JSON, and the plot.

Owns how it is written down and what stands beside the brief's figures. It measures nothing.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench import audit
from bench.audit import Audit
from bench.crowd import plot
from bench.crowd.accounts import Comparison
from bench.crowd.locusts import Crowd
from bench.crowd.plot import Mark
from bench.crowd.tally import RETRY_SHARE, SALE, WEIGHTS
from bench.crowd.timeline import Kind, Moment, Times
from bench.machine import Machine
from bench.tables import table

USERS, SALES, MIN_SALES_PER_SECOND, MAX_MS = 100, 10_000, 1_000, 100.0
"""The brief: 100+ users, 10,000+ transactions at once, 1,000+ a second, under 100 ms."""
SUCCESS = range(200, 300)
MET, MISSED = "met", "MISSED"
CLOSED_LOOP = (
    "Response times are those of a closed loop, as Locust saw them: each user waits for its answer before "
    "it asks again, so a server that stalls is asked less, and users without a pause make a queue of their "
    "own. They are not the latencies of clients that do not wait for each other."
)


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What one crowd did; `begins_s` after the first request of all.

    CPU seconds are by group of processes, with Locust's start and end.
    """

    crowd: Crowd
    begins_s: float
    seconds: float
    sales: int
    sales_per_second: float
    requests_per_second: float
    everything: Times
    kinds: list[Kind]
    replays: int
    cpu_s: dict[str, float]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What was found after the loads. `reconciled` is the exit status of `reconcile_balances`."""

    audit: Audit
    comparison: Comparison
    open_answers: int
    reconciled: int
    broken: list[str]

    @property
    def discrepancies(self) -> int:
        wrong = (not self.audit.holds) + (self.reconciled != 0)
        return self.comparison.discrepancies + len(self.broken) + wrong


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a load test found."""

    date: str
    machine: Machine
    settings: dict[str, str]
    loads: list[Load]
    moments: list[Moment]
    proof: Proof

    @property
    def sales(self) -> int:
        return sum(load.sales for load in self.loads)

    @property
    def refused(self) -> int:
        """Answers that are no success, and requests without an answer: nothing in the mix asks for any."""
        statuses = [each for load in self.loads for kind in load.kinds for each in kind.statuses.items()]
        return sum(count for status, count in statuses if status not in SUCCESS)


def write(result: Result, *, directory: Path, name: str) -> list[Path]:
    """Write `name.json`, `name.md` and `name.svg`."""
    directory.mkdir(parents=True, exist_ok=True)
    data, text, picture = (directory / f"{name}.{kind}" for kind in ("json", "md", "svg"))
    data.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    text.write_text(
        f"{markdown(result)}\n![Rates and response times over the run]({picture.name})\n", "utf-8"
    )
    picture.write_text(_plot(result), encoding="utf-8")
    return [data, text, picture]


def _plot(result: Result) -> str:
    marks = [Mark(load.begins_s, load.crowd.name) for load in result.loads]
    users = max(load.crowd.users for load in result.loads)
    title = f"Load test, {result.date}: {users:,} users, {result.sales:,} sales"
    return plot.draw(result.moments, marks=marks, title=title)


def markdown(result: Result) -> str:
    """The whole report but for the picture."""
    parts = [f"# Load test, {result.date}", _place(result), _verdict(result.proof), _figures(result)]
    for load in result.loads:
        parts += [_heading(load), _kinds(load)]
    return "\n\n".join([*parts, CLOSED_LOOP]) + "\n"


def figures(result: Result) -> list[tuple[str, str, str, str]]:
    """What the brief asks for, what was found, and whether that is met."""
    most = max(load.crowd.users for load in result.loads)
    full = result.loads[0]
    rows = [
        ("users at once", f">= {USERS}", f"{most:,}", most >= USERS),
        ("sales in the run", f">= {SALES:,}", f"{result.sales:,}", result.sales >= SALES),
        (
            f"{full.crowd.name}: sales a second",
            f">= {MIN_SALES_PER_SECOND:,}",
            f"{full.sales_per_second:,.0f}",
            full.sales_per_second >= MIN_SALES_PER_SECOND,
        ),
        *(row for load in result.loads for row in _times(load)),
        ("answers that are no success", "0", f"{result.refused:,}", result.refused == 0),
        ("discrepancies", "0", str(result.proof.discrepancies), result.proof.discrepancies == 0),
    ]
    return [(what, wanted, found, MET if met else MISSED) for what, wanted, found, met in rows]


def _times(load: Load) -> list[tuple[str, str, str, bool]]:
    sale = next((kind.times.p99_ms for kind in load.kinds if kind.name == SALE), None)
    found = {"a sale": sale, "any request": load.everything.p99_ms}
    return [
        (f"{load.crowd.name}: {what}, p99", f"< {MAX_MS:.0f} ms", f"{time_ms:.0f} ms", time_ms < MAX_MS)
        for what, time_ms in found.items()
        if time_ms is not None
    ]


def _place(result: Result) -> str:
    machine = result.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    settings = ", ".join(f"{name}={value}" for name, value in result.settings.items())
    mix = ", ".join(f"{name.replace('_', ' ')} {weight}" for name, weight in WEIGHTS.items())
    return (
        f"{machine.cores} cores ({machine.cpu_model}), {machine.memory_mb:,} MB, {machine.kernel}, "
        f"{machine.file_system}, {machine.syncs_per_second:,} fsyncs/s of 8 kB, load average "
        f"{machine.load_average_before} before. {versions}. {settings}.\n\n"
        f"The mix, of a hundred tasks: {mix}; {RETRY_SHARE:.0%} of the sales are sent a second time under "
        "the same key, and each approval is by staff. Locust is one process on the same machine."
    )


def _verdict(proof: Proof) -> str:
    compared = proof.comparison
    lost = (
        f"{proof.open_answers} had none and were asked about again" if proof.open_answers else "all had one"
    )
    words = (
        f"{audit.sentence(proof.audit)} {compared.accounts:,} sellers' own accounts (opening + credits - "
        f"sales = closing): {len(compared.wrong_accounts)} wrong. {compared.told:,} sales were answered with "
        f"201, {compared.told_apart:,} different recharges; {compared.missing} of them are not in the "
        f"database, and {compared.unknown} that are were told to nobody. `reconcile_balances` ended with "
        f"status {proof.reconciled}. {len(proof.broken)} repeated keys were not answered with the same "
        f"object. Of the requests that need an answer, {lost}. **{proof.discrepancies} discrepancies.**"
    )
    return words + "".join(f"\n\n- {each}" for each in proof.broken)


def _figures(result: Result) -> str:
    return table(("the brief's figures", "wanted", "found", ""), figures(result))


def _heading(load: Load) -> str:
    crowd = load.crowd
    pause = f"a pause of {crowd.pace_s * 1_000:.0f} ms on average" if crowd.pace_s else "no pause"
    spent = ", ".join(f"{name} {used:.1f}" for name, used in load.cpu_s.items())
    return (
        f"## {crowd.name}\n\n{crowd.users:,} users with {pause} between tasks, {load.seconds:.1f} s: "
        f"{load.sales:,} sales, {load.sales_per_second:,.0f} sales/s, {load.requests_per_second:,.0f} "
        f"requests/s; {load.replays:,} repeated keys. CPU seconds, with Locust's start and end: {spent}."
    )


def _kinds(load: Load) -> str:
    head = ("request", "count", "answers", "mean ms", "p50 ms", "p95 ms", "p99 ms", "longest ms")
    everything = (
        "all",
        f"{sum(kind.count for kind in load.kinds):,}",
        "",
        *_milliseconds(load.everything),
    )
    return table(head, [*map(_kind, load.kinds), everything])


def _kind(kind: Kind) -> Sequence[str]:
    statuses = ", ".join(f"{count:,} x {status or 'none'}" for status, count in sorted(kind.statuses.items()))
    return (kind.name, f"{kind.count:,}", statuses, *_milliseconds(kind.times))


def _milliseconds(times: Times) -> list[str]:
    each = (times.mean_ms, times.p50_ms, times.p95_ms, times.p99_ms, times.longest_ms)
    return [f"{time_ms:.1f}" for time_ms in each]
