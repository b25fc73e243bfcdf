"""A run in words: one Markdown text for the terminal and the file, the figures as JSON, pictures as SVG.

Owns how figures are written down. It works nothing out but ratios. bench/sections.py has what is only in
some runs.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench import audit, figures, plots, sections
from bench.figures import MB, Cost, Figure, Measured
from bench.processes import Memory
from bench.results import Run
from bench.tables import table
from bench.targets import targets

GROUPS = ("server main", "API worker", "PostgreSQL", "load")
CPU_GROUPS = (*GROUPS, "others")
CLOSED_LOOP = (
    "p50 and p99 are response times of a closed loop, in milliseconds a request: each connection waits "
    "for its answer before it asks again. They are not the latency that clients meet who do not wait "
    "for each other."
)


def write(run: Run, *, directory: Path, name: str) -> list[Path]:
    """Write the run as `name.json` and `name.md`, and its pictures beside them."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = {
        f"{name}.json": msgspec.json.format(msgspec.json.encode(run), indent=2).decode() + "\n",
        f"{name}.md": markdown(run, pictures=name),
        **{f"{name}-{what}.svg": picture for what, picture in plots.pictures(run).items()},
    }
    for file, text in texts.items():
        (directory / file).write_text(text, encoding="utf-8")
    return [directory / file for file in texts]


def markdown(run: Run, *, pictures: str = "") -> str:
    """The whole report; with the name that its pictures begin with, they are in it."""
    drawn = [f"![{what}]({pictures}-{what}.svg)" for what in plots.pictures(run)] if pictures else []
    paragraphs = (
        f"# Speed, {run.date}",
        _place(run),
        _targets(run),
        *drawn,
        _speed(run),
        _reading(run),
        *sections.all_of(run),
        _memory(run),
        f"After the load: {audit.sentence(run.audit)}" if run.audit else "",
    )
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _place(run: Run) -> str:
    machine = run.machine
    settings = ", ".join(f"{name}={value}" for name, value in {**run.settings, **run.database}.items())
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    return (
        f"{machine.cores} cores ({machine.cpu_model}), {machine.memory_mb:,} MB, {machine.kernel}, "
        f"{machine.file_system}, {machine.syncs_per_second:,} fsyncs/s of 8 kB, load average "
        f"{machine.load_average_before} before. {versions}.\n\n"
        f"{run.seconds} s a measurement, each just after a checkpoint. Load: {run.load_generator}, on the "
        f"same machine. {settings}."
    )


def _reading(run: Run) -> str:
    return (
        f"The yardstick is the mean of all runs of pgbench: {run.yardstick:,.0f} transactions/s. "
        f"{CLOSED_LOOP} CPU is in cores; what the load generator takes is taken from the rest, and so is "
        "what others on this machine take: a run in which they take more than a little is no measurement. "
        "WAL is what PostgreSQL logged for each recharge, whole pages after the checkpoint included."
    )


def _speed(run: Run) -> str:
    cpu = (f"CPU {name}" for name in CPU_GROUPS)
    head = ("", "per second", "x yardstick", "p50 ms", "p99 ms", *cpu, "WAL bytes", "errors")
    rows = [_yardstick("pgbench, before", run.before, run.yardstick)]
    rows += [_figure(figure, run.yardstick, by="brief's design: ") for figure in run.baseline]
    rows += [_figure(figure, run.yardstick) for figure in run.figures]
    later = {"pgbench, after the singles": run.between, "pgbench, at the end": run.after}
    rows += [_yardstick(name, each, run.yardstick) for name, each in later.items() if each is not None]
    return table(head, rows)


def _yardstick(name: str, measured: Measured, yardstick: float) -> Sequence[str]:
    found = measured.figure
    rate = (f"{found.per_second:,.0f}", f"{found.per_second / yardstick:.2f}")
    return (name, *rate, f"mean {found.average_ms:.1f}", "", *_cores(measured.cost), "", str(found.failed))


def _figure(figure: Figure, yardstick: float, *, by: str = "") -> Sequence[str]:
    rate = (f"{figure.per_second:,.0f}", f"{figure.per_second / yardstick:.2f}")
    times = (f"{figure.p50_ms:.1f}", f"{figure.p99_ms:.1f}")
    wal = f"{figure.wal_bytes:,.0f}" if figure.wal_bytes else ""
    return (by + figure.name, *rate, *times, *_cores(figure.cost), wal, _errors(figure))


def _errors(figure: Figure) -> str:
    counts = [f"{number:,} x {name}" for name, number in sorted(figure.errors.items())]
    if figure.unanswered:
        counts.append(f"{figure.unanswered:,} unanswered")
    return ", ".join(counts) or "0"


def _cores(cost: Cost) -> Sequence[str]:
    return [f"{cost.cores[name]:.2f}" if name in cost.cores else "" for name in CPU_GROUPS]


def _memory(run: Run) -> str:
    names = ("supervisor", *GROUPS)
    idle = {"idle, `topup serve`": run.idle_serve, "idle, `topup up`": run.idle_up}
    rows = [_held(name, memory, names) for name, memory in idle.items() if memory]
    rows += [_held(figure.name, figure.cost.memory, names) for figure in run.figures]
    return table(("memory, MB RSS (PSS)", *names, "ours (PSS)"), rows)


def _held(what: str, memory: Mapping[str, Memory], names: Sequence[str]) -> Sequence[str]:
    ours = {name: each for name, each in memory.items() if name != "load"}
    cells = (_megabytes(memory[name]) if name in memory else "" for name in names)
    return (what, *cells, f"{figures.ours_mb(ours):.0f}")


def _megabytes(memory: Memory) -> str:
    return f"{memory.rss_bytes / MB:.0f} ({memory.pss_bytes / MB:.0f})"


def _targets(run: Run) -> str:
    rows = [
        (target.what, target.wanted, target.found, "met" if target.met else "MISSED")
        for target in targets(run)
    ]
    return table(("target", "wanted", "found", ""), rows) if rows else ""
