"""A run in words: one Markdown text for the terminal and the file, and the figures as JSON.

Owns how figures are written down. It works nothing out but ratios.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench import audit, figures
from bench.figures import MB, Cost, Figure, Measured, Run
from bench.processes import Memory

GROUPS = ("server main", "API worker", "PostgreSQL", "load")
CPU_GROUPS = (*GROUPS, "others")
CLOSED_LOOP = (
    "p50 and p99 are response times of a closed loop, in milliseconds a request: each connection waits "
    "for its answer before it asks again. They are not the latency that clients meet who do not wait "
    "for each other."
)


def write(run: Run, *, directory: Path, name: str) -> list[Path]:
    """Write the run as `name.json` and `name.md`."""
    directory.mkdir(parents=True, exist_ok=True)
    data, text = directory / f"{name}.json", directory / f"{name}.md"
    data.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n")
    text.write_text(markdown(run), encoding="utf-8")
    return [data, text]


def markdown(run: Run) -> str:
    """The whole report."""
    paragraphs = (
        f"# Speed, {run.date}",
        _place(run),
        _speed(run),
        _reading(run),
        _memory(run),
        _targets(run),
        f"After the load: {audit.sentence(run.audit)}",
    )
    return "\n\n".join(paragraphs) + "\n"


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
        f"The yardstick is the mean of both runs of pgbench: {run.yardstick:,.0f} transactions/s. "
        f"{CLOSED_LOOP} CPU is in cores; what the load generator takes is taken from the rest, and so is "
        "what others on this machine take: a run in which they take more than a little is no measurement."
    )


def _speed(run: Run) -> str:
    head = (
        "",
        "per second",
        "x yardstick",
        "p50 ms",
        "p99 ms",
        *(f"CPU {name}" for name in CPU_GROUPS),
        "errors",
    )
    rows = [_yardstick("pgbench, before", run.before, run.yardstick)]
    rows += [_figure(figure, run.yardstick) for figure in run.figures]
    rows.append(_yardstick("pgbench, after", run.after, run.yardstick))
    return table(head, rows)


def _yardstick(name: str, measured: Measured, yardstick: float) -> Sequence[str]:
    found = measured.figure
    rate = (f"{found.per_second:,.0f}", f"{found.per_second / yardstick:.2f}")
    return (name, *rate, f"mean {found.average_ms:.1f}", "", *_cores(measured.cost), str(found.failed))


def _figure(figure: Figure, yardstick: float) -> Sequence[str]:
    rate = (f"{figure.per_second:,.0f}", f"{figure.per_second / yardstick:.2f}")
    times = (f"{figure.p50_ms:.1f}", f"{figure.p99_ms:.1f}")
    return (figure.name, *rate, *times, *_cores(figure.cost), _errors(figure))


def _errors(figure: Figure) -> str:
    counts = [f"{number:,} x {name}" for name, number in sorted(figure.errors.items())]
    if figure.unanswered:
        counts.append(f"{figure.unanswered:,} unanswered")
    return ", ".join(counts) or "0"


def _cores(cost: Cost) -> Sequence[str]:
    return [f"{cost.cores[name]:.2f}" if name in cost.cores else "" for name in CPU_GROUPS]


def _memory(run: Run) -> str:
    names = ("supervisor", *GROUPS)
    rows = [
        _held("idle, `topup serve`", run.idle_serve, names),
        _held("idle, `topup up`", run.idle_up, names),
    ]
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
        for target in figures.targets(run)
    ]
    return table(("target", "wanted", "found", ""), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that is aligned as plain text too: words left, figures right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        _line(head, widths),
        "|" + "|".join(_rule(place, width) for place, width in enumerate(widths)) + "|",
    ]
    return "\n".join(lines + [_line(row, widths) for row in rows])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return (
        "| " + " | ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]) + " |"
    )


def _rule(place: int, width: int) -> str:
    return "-" * (width + 2) if place == 0 else "-" * (width + 1) + ":"
