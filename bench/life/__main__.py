"""`python -m bench.life`: measure, print the table, write it to bench/results.

Its exit status is 1 where something was submitted twice or the books do not hold after the load.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench import house, machine, yardstick
from bench.audit import Audit, sentence
from bench.life import beside, settling
from bench.life.beside import ALONE, Beside
from bench.life.settling import Settled
from bench.machine import Machine
from bench.measure import Measurements, say
from bench.scenarios import QUICK_SECONDS, SECONDS, SELLERS, SETTINGS
from bench.tables import table
from bench.webhooks import ALLOWED
from tests.support.server import serving

RESULTS = Path(__file__).parents[1] / "results"
MIN_SETTLED_PER_S = 500
MIN_BESIDE = 0.9
TEXT = """# The life of a recharge: speed, {run.date}

{about.cores} cores ({about.cpu_model}), load average {about.load_average_before} before; pgbench
{run.yardstick:,.0f} transactions/s in the same run.

**Settled through the simulator over HTTP, by one worker: {settled.per_second:,.0f} recharges/s** (at least
{wanted} wanted): {settled.succeeded:,} of {settled.recharges:,} in {settled.seconds:.1f} s, {settled.twice}
submitted twice. Each is a claim, a word over HTTP that takes 50 ms, and a settlement with its movement;
{in_flight} are under way at once.

Recharges/s over HTTP, {load}, {run.seconds} s a measurement (at least {least:.2f} of the first line wanted):

{table}

While the last line was measured the worker followed every sale and delivered {delivered:,} webhooks to a
receiver on the same two cores.

After the load: {audit}
"""


class Run(NamedTuple):
    """Everything that was measured."""

    date: str
    seconds: int
    machine: Machine
    yardstick: float
    settled: Settled
    beside: Beside
    audit: Audit


def main() -> int:
    """Run what the arguments say. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.life", description="Measure the life of recharges."
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SECONDS} s each: whether it works")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory of the results")
    asked = parser.parse_args()
    run = _measure(seconds=QUICK_SECONDS if asked.quick else SECONDS)
    name = f"{run.date}-life{'-quick' if asked.quick else ''}"
    asked.out.mkdir(parents=True, exist_ok=True)
    text = _markdown(run)
    (asked.out / f"{name}.md").write_text(text, encoding="utf-8")
    data = msgspec.json.format(msgspec.json.encode(run._asdict()), indent=2)
    (asked.out / f"{name}.json").write_bytes(data + b"\n")
    print(text)
    return 0 if run.audit.holds and not run.settled.twice else 1


def _measure(*, seconds: int) -> Run:
    with house.running(settings={**SETTINGS, **ALLOWED}) as place:
        about = machine.describe(
            directory=place.installation.home, postgresql=place.cluster.binaries.version()
        )
        people = house.populate(place, sellers=SELLERS)
        yardstick.prepare(place.cluster)
        place.checkpoint()
        figure, _ = yardstick.run(place.cluster, seconds=seconds)
        say(f"pgbench: {figure.per_second:,.0f} transactions/s")
        with serving(place.installation) as server:
            load = Measurements(house=place, people=people, server=server)
            load.warm_up()
            settled = settling.measure(place, people, server)
            load.answered += settled.recharges
            say(f"settled: {settled.per_second:,.0f}/s")
            found = beside.measure(place, server, load, seconds=seconds, say=say)
            audit = load.audit()
    date = datetime.now(UTC).date().isoformat()
    return Run(date, seconds, about, figure.per_second, settled, found, audit)


def _markdown(run: Run) -> str:
    about, settled, found = run.machine, run.settled, run.beside
    rows = [
        (name, *(f"{each:,.0f}" for each in rates), f"{found.ratio(name):.2f}")
        for name, rates in found.per_second.items()
    ]
    return TEXT.format(
        run=run,
        about=about,
        settled=settled,
        wanted=MIN_SETTLED_PER_S,
        in_flight=settling.IN_FLIGHT,
        load=beside.SINGLE.name,
        least=MIN_BESIDE,
        table=table(("beside", "first round", "second round", f"to {ALONE}"), rows),
        delivered=found.delivered,
        audit=sentence(run.audit),
    )


if __name__ == "__main__":
    sys.exit(main())
