"""The pictures of a run: speed as bars, latency and growth as curves. Pure.

Owns what is shown; a picture is made where there is something to show.
"""

from collections.abc import Iterator

from bench.charts import Bar, Curve, bars, curves
from bench.results import Run

PER_SECOND = "recharges or requests a second; in orange: pgbench, and the brief's own design"
FEWEST = 2
"""Points that make a curve."""


def pictures(run: Run) -> dict[str, str]:
    """SVG by what it shows, which is the end of its file's name."""
    return dict(_drawn(run))


def _drawn(run: Run) -> Iterator[tuple[str, str]]:
    if run.figures:
        yield "speed", bars(f"Speed, {run.date}", _bars(run), unit=PER_SECOND)
    if len(run.open_loop) >= FEWEST:
        yield "latency", _latency(run)
    if len(run.ages) >= FEWEST:
        yield "growth", _growth(run)
    if run.memory:
        looks = [(look.sold, look.mb) for look in run.memory.looks]
        title = f"Resident memory of an API worker, {run.date}"
        yield "memory", curves(title, [Curve("MB", looks)], across="recharges sold", upwards="MB")


def _bars(run: Run) -> list[Bar]:
    theirs = [
        Bar(f"brief's design: {figure.name}", figure.per_second, theirs=True) for figure in run.baseline
    ]
    ours = [Bar(figure.name, figure.per_second) for figure in run.figures]
    return [Bar("pgbench, transactions", run.yardstick, theirs=True), *theirs, *ours]


def _latency(run: Run) -> str:
    def line(name: str) -> Curve:
        return Curve(
            name.removesuffix("_ms").replace("p999", "p99.9"),
            [(each.per_second, getattr(each.counts, name)) for each in run.open_loop],
        )

    return curves(
        f"Latency from when a request was due, {run.date}",
        [line("p50_ms"), line("p99_ms"), line("p999_ms")],
        across="requests due a second",
        upwards="ms",
    )


def _growth(run: Run) -> str:
    steps = [age for age in run.ages if age.sellers == run.ages[0].sellers]
    names = [figure.name for figure in steps[0].figures]
    return curves(
        f"Speed with recharges already there, {run.date}",
        [
            Curve(
                name.split(",", maxsplit=1)[0],
                [(age.recharges, age.figures[place].per_second) for age in steps],
            )
            for place, name in enumerate(names)
        ],
        across="recharges there",
        upwards="a second",
    )
