"""`python -m bench.settlement`: how long `topup settle import` takes, and how much memory.

Makes a day's recharges in a fresh installation by the product's own function, past the door that a
million sales would take minutes through, and the operator's file about them. Then it runs the command as
a shell would and watches its memory.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from bench import house, processes
from bench.house import House
from topup import clock, ids
from topup.ledger import literals
from topup.recharges.sell import SQL

SELLERS = 1_000
LINES = 1_000_000
TARGET_S = 60
LIMIT_S = 1_800
PRICE_MINOR = 50_000
BATCH = 5_000
"""Recharges of one statement."""
DIFFERENT_EVERY = 1_000
"""One line in so many has another amount, and one recharge in so many is not in the file."""
ZONE = "Asia/Tehran"
MAPPING = {
    "reference": "Reference", "amount": "Amount", "amount_unit": "toman", "state": "Status",
    "delivered": ["SUCCESS"], "failed": ["FAILED"], "operator_reference": "Trace", "phone_number": "Number",
    "time": "Time", "time_format": "%Y/%m/%d %H:%M:%S", "time_zone": ZONE,
}  # fmt: skip
# The command's status is 2 where there are differences; its memory is told after its answer.
DIFFERENCES_ARE_NO_FAILURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=False)
sys.stdout.write(done.stdout.decode())
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(0 if done.returncode in (0, 2) else 1)
"""


class Sold(NamedTuple):
    number: int
    seller_id: int
    id: str
    at_us: int


class Measured(NamedTuple):
    told: dict[str, int]
    seconds: float
    rss_bytes: int
    cpu_s: float


def main() -> int:
    """Make the day and its file, import it, print what it took. 1 where it found what is not there."""
    asked = _arguments()
    with house.running() as made:
        _fill(made, sellers=asked.sellers, lines=asked.lines)
        file = _write(made.installation.home, sellers=asked.sellers, lines=asked.lines)
        size_bytes = file.stat().st_size
        measured = _measure(made, file)
    print(_sentence(measured, size_bytes))
    expected = len(range(0, asked.lines, DIFFERENT_EVERY)), len(range(1, asked.lines, DIFFERENT_EVERY))
    return 0 if (measured.told["ours_only"], measured.told["amount_differs"]) == expected else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.settlement", description=__doc__.split("\n")[0])
    parser.add_argument("--sellers", type=int, default=SELLERS)
    parser.add_argument("--lines", type=int, default=LINES)
    return parser.parse_args()


def _day(sellers: int, lines: int) -> Iterator[Sold]:
    """Recharges spread over the day before yesterday, each seller's turn after the other's."""
    yesterday = datetime.now(UTC).astimezone(ZoneInfo(ZONE)) - timedelta(days=2)
    start_us = clock.to_us(yesterday.replace(hour=2, minute=0, second=0, microsecond=0))
    length_us = 20 * 3_600 * clock.US_PER_SECOND
    for number in range(lines):
        seller, at_us = number % sellers + 1, start_us + number * length_us // lines
        yield Sold(number, seller, ids.compose(moment_us=at_us, tail=number, seller_id=seller), at_us)


def _fill(made: House, *, sellers: int, lines: int) -> None:
    with psycopg.connect(made.cluster.dsn("super")) as connection:
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY sellers_seller (id, name, allowed_ips, created_at) FROM STDIN") as copy,
        ):
            for seller in range(1, sellers + 1):
                copy.write_row((seller, f"Seller {seller}", [], "2026-09-21T00:00:00Z"))
        cursor = psycopg.RawCursor(connection)
        day = _day(sellers, lines)
        while some := list(islice(day, BATCH)):
            cursor.execute(SQL["insert"], _arrays(some))
    made.checkpoint()


def _arrays(some: list[Sold]) -> tuple[object, ...]:
    numbers, words = literals.numbers, literals.words
    same = len(some)
    return (
        some[0].seller_id, numbers(each.seller_id for each in some), words(each.id for each in some),
        words(f"order-{each.number}" for each in some), numbers([989123456789] * same), words(["mci"] * same),
        words(["f"] * same), numbers([PRICE_MINOR] * same), words(["IRR"] * same),
        numbers(each.number + 1 for each in some), numbers([1] * same), numbers(each.at_us for each in some),
    )  # fmt: skip


def _write(folder: Path, *, sellers: int, lines: int) -> Path:
    (folder / "mapping.json").write_text(json.dumps(MAPPING))
    path = folder / "day.csv"
    zone = ZoneInfo(ZONE)
    with path.open("w", encoding="utf-8") as file:
        file.write("Reference,Amount,Status,Trace,Number,Time\n")
        for each in _day(sellers, lines):
            if each.number % DIFFERENT_EVERY == 0:
                continue
            toman = PRICE_MINOR // 10 + (each.number % DIFFERENT_EVERY == 1)
            time = clock.from_us(each.at_us).astimezone(zone).strftime("%Y/%m/%d %H:%M:%S")
            reference = each.id.replace("-", "")
            file.write(f"{reference}01,{toman},SUCCESS,T{each.number},09123456789,{time}\n")
    return path


def _measure(made: House, file: Path) -> Measured:
    words = (
        "settle",
        "import",
        str(file),
        "--operator",
        "mci",
        "--mapping",
        "./mapping.json",
        "--format",
        "json",
    )
    begun_s = clock.monotonic_s()
    finished = processes.run(
        [sys.executable, "-c", DIFFERENCES_ARE_NO_FAILURE, *made.installation.command(*words)],
        limit_s=LIMIT_S,
        env=made.installation.environment(),
        directory=made.installation.home,
    )
    seconds = clock.monotonic_s() - begun_s
    told, rss_kib = finished.output.splitlines()
    return Measured(json.loads(told), seconds, int(rss_kib) * 1024, finished.cpu_s)


def _sentence(measured: Measured, size_bytes: int) -> str:
    told = measured.told
    verdict = "reached" if measured.seconds < TARGET_S else "missed"
    return (
        f"{told['lines']:,} lines ({size_bytes / 2**20:.0f} MiB): {told['matched']:,} matched, "
        f"{told['ours_only']:,} ours only, {told['amount_differs']:,} amounts differ, "
        f"{told['cases']:,} cases, in {measured.seconds:.1f} s "
        f"({told['lines'] / measured.seconds:,.0f} lines/s), most memory "
        f"{measured.rss_bytes / 2**20:.0f} MiB, CPU of the command {measured.cpu_s:.1f} s. "
        f"The target of {TARGET_S} s for a million is {verdict}."
    )


if __name__ == "__main__":
    sys.exit(main())
