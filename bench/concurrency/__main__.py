"""`python -m bench.concurrency`: the table of docs/concurrency.md, measured on this machine.

Owns the order of a run and how it is written down. Ratios are to one thread doing the same work in the
same run. Its exit status is 1 where a book does not hold afterwards.
"""

import argparse
import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench import house, machine, tables
from bench.concurrency import ways
from bench.concurrency.ways import Count, Order, Way
from bench.concurrency.work import Kind
from bench.house import House
from bench.machine import Machine
from bench.measure import say
from bench.poster import log_little, open_books, proved

RESULTS = Path(__file__).parents[1] / "results"
WORKERS = (1, 2, 4, 8)
FIRST_SELLER = 2_000_000
SECONDS = 1.0
ROUNDS = 3
"""Times that everything is measured, in turn; the best counts, because others only ever take time away."""
EXIT_BROKEN_BOOKS = 1
SELLING = frozenset({Kind.SELLING, Kind.SELLING_HOT})

Rates = dict[tuple[Kind, Way, int], float]


def main() -> int:
    """Measure, write, print. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.concurrency")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory of the results")
    asked = parser.parse_args()
    log_little()
    with house.running() as place:
        version = place.cluster.binaries.version()
        about = machine.describe(directory=place.installation.home, postgresql=version)
        open_books(place.installation.config, range(FIRST_SELLER, FIRST_SELLER + max(WORKERS)))
        rates, sold = measure_all(place, seconds=asked.seconds, rounds=asked.rounds)
        holds = proved(place.installation.config) and _written(place) == sold
    date = datetime.now(UTC).date().isoformat()
    text = _markdown(date, about, rates, seconds=asked.seconds, rounds=asked.rounds, sold=sold, holds=holds)
    asked.out.mkdir(parents=True, exist_ok=True)
    file: Path = asked.out / f"{date}-concurrency.md"
    file.write_text(text, encoding="utf-8")
    print(f"{text}\nWritten: {file}")
    return 0 if holds else EXIT_BROKEN_BOOKS


def measure_all(place: House, *, seconds: float, rounds: int) -> tuple[Rates, int]:
    """Pieces a second of each kind, way and number of workers, at best; and how many sales that was."""
    rates: Rates = {}
    sold = 0
    for turn, kind in itertools.product(range(1, rounds + 1), Kind):
        say(f"{turn} of {rounds}: {kind}")
        for way, workers in itertools.product(Way, WORKERS):
            sellers = _sellers(kind, workers)
            counts = ways.measure(way, Order(kind, sellers, seconds, place.installation.config))
            rate = sum(count.pieces / count.seconds for count in counts)
            rates[kind, way, workers] = max(rate, rates.get((kind, way, workers), 0.0))
            sold += _sold(counts) if kind in SELLING else 0
    return rates, sold


def _sellers(kind: Kind, workers: int) -> tuple[int, ...]:
    hot = kind is Kind.SELLING_HOT
    return tuple(FIRST_SELLER + (0 if hot else place) for place in range(workers))


def _sold(counts: list[Count]) -> int:
    """With the first piece of each worker, which is not measured."""
    return sum(count.pieces + 1 for count in counts)


def _written(place: House) -> int:
    with psycopg.connect(place.cluster.dsn("super")) as connection:
        row = connection.execute("SELECT count(*) FROM recharges.recharge").fetchone()
    assert row is not None
    number: int = row[0]
    return number


def table(rates: Rates) -> str:
    """Ratios to one thread, whose rate stands beside the kind of work."""
    head = ("work", "one thread, per second", "way", *map(str, WORKERS))
    rows = []
    for kind, way in itertools.product(Kind, Way):
        one = rates[kind, Way.THREADS, 1]
        first = (str(kind), f"{one:,.0f}") if way is Way.THREADS else ("", "")
        rows.append((*first, str(way), *(f"{rates[kind, way, workers] / one:.2f}" for workers in WORKERS)))
    return tables.table(head, rows)


def _markdown(
    date: str, about: Machine, rates: Rates, *, seconds: float, rounds: int, sold: int, holds: bool
) -> str:
    versions = ", ".join(f"{name} {about.versions[name]}" for name in ("Python", "PostgreSQL"))
    books = "every book is VERIFIED" if holds else "THE BOOKS DO NOT HOLD"
    return (
        f"# Threads, processes and tasks, {date}\n\n"
        f"{about.cores} cores ({about.cpu_model}), load average {about.load_average_before} before, "
        f"{versions}; {seconds:g} s a measurement, the best of {rounds}. The columns 1, 2, 4 and 8 are "
        "workers; each figure is the work of all of them together, as a ratio to one thread with the same "
        "work in this run.\n\n"
        f"{table(rates)}\n\n{sold:,} sales, as many recharges as the database has, and {books}.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
