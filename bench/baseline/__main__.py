"""`python -m bench.baseline`: which of gunicorn's settings is the fastest for the brief's own design here.

Owns the settings that are tried; the fastest one stands in `server.py`.
"""

import argparse
from collections.abc import Iterator
from itertools import product

from bench import house
from bench.baseline import server
from bench.house import House
from bench.measure import Measurements, say
from bench.scenarios import FULL, HOT, SECONDS
from bench.tables import table

TRIED = (("sync", 1), ("gthread", 2), ("gthread", 4), ("gthread", 16))
"""Worker classes, each with its threads a worker."""
MULTIPLES = (1, 2)
"""Workers, in multiples of the cores."""


def main() -> None:
    """Try each, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.baseline", description="Try gunicorn's settings.")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each measurement")
    seconds: int = parser.parse_args().seconds
    server.refuse_missing()
    with house.running() as place:
        rows = list(_rows(place, seconds=seconds))
    print(table(("gunicorn", FULL.name, HOT.name), rows))


def _rows(place: House, *, seconds: int) -> Iterator[tuple[str, ...]]:
    people = server.prepare(place)
    for (worker_class, threads), multiple in product(TRIED, MULTIPLES):
        count = server.workers() * multiple
        name = f"{count} {worker_class}, {threads} threads"
        with server.serving(place, worker_class=worker_class, count=count, threads=threads) as running:
            loads = Measurements(house=place, people=people, server=running, place=name.replace(" ", ""))
            loads.warm_up()
            figures = [loads.measure(scenario, seconds=seconds) for scenario in (FULL, HOT)]
        say(f"{name}: {figures[0].per_second:,.0f}/s, {figures[1].per_second:,.0f}/s")
        yield (name, *(f"{figure.per_second:,.0f}" for figure in figures))


if __name__ == "__main__":
    main()
