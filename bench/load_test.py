"""`make load`: 100 users and 10,000 sales through HTTP, and then every book proved.

Owns the order of a run and its exit status: 0 where nothing disagrees, EXIT_DISCREPANCY where
anything does, EXIT_UNFINISHED where the sales were not done in time. A figure of the brief that is
missed is said, and is no failure: the machine has its part in it.
"""

import argparse
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench import audit, house, machine
from bench.crowd import accounts, locusts, progress, report, tally, timeline
from bench.crowd.locusts import Crowd, Place
from bench.crowd.report import SALES, USERS, Load, Proof, Result
from bench.crowd.tally import Tally
from bench.house import House, People
from bench.measure import LOAD, OTHERS, Spent, say, settings_of, spent
from bench.processes import Watched
from tests.support.server import Server, serving

RESULTS = Path(__file__).with_name("results")
FULL, PACED = "full", "paced"
# The sales are done in seconds; a machine that needs longer than this is not worth waiting for.
FULL_LIMIT_S = 180
PACED_S = 15
QUICK_SALES, QUICK_PACED_S = 500, 3
# 100 users with this pause ask some 500 times a second: what a response takes without a queue.
PACE_S = 0.2
# After the last answer the product has a moment to do what it still does.
SETTLE_S = 2.0
RECONCILE_LIMIT_S = 600
EXIT_DISCREPANCY, EXIT_UNFINISHED, EXIT_NO_LOCUST = 1, 2, 3


class Loaded(NamedTuple):
    """What the crowds did, and everything that they were told."""

    loads: list[Load]
    told: Tally


def main() -> int:
    """Run what the arguments say. Returns the exit status."""
    asked = _arguments()
    if not locusts.installed():
        say("Locust is not installed here: `make load` installs it and runs this.")
        return EXIT_NO_LOCUST
    result = run(crowds(users=asked.users, sales=asked.sales, paced_s=asked.paced))
    name = f"{result.date}-load" + ("-quick" if asked.sales < SALES else "")
    written = report.write(result, directory=asked.out, name=name)
    print(report.markdown(result))
    print("Written:", ", ".join(str(path) for path in written))
    if result.proof.discrepancies:
        return EXIT_DISCREPANCY
    return 0 if result.loads[0].sales >= asked.sales else EXIT_UNFINISHED


def crowds(*, users: int, sales: int, paced_s: int) -> list[Crowd]:
    """First as fast as the users can, until so many are sold; then the same users with a pause."""
    return [
        Crowd(name=FULL, users=users, seconds=FULL_LIMIT_S, sales=sales),
        Crowd(name=PACED, users=users, seconds=paced_s, sales=None, pace_s=PACE_S),
    ]


def run(wanted: list[Crowd]) -> Result:
    """Everything, on an installation of its own."""
    say("database and sellers")
    with house.running() as home:
        about = machine.describe(
            directory=home.installation.home, postgresql=home.cluster.binaries.version(), also=("locust",)
        )
        people = house.populate(home, sellers=max(crowd.users for crowd in wanted))
        with serving(home.installation) as server:
            loaded, proof = _load_and_prove(wanted, home, server, people)
        return Result(
            date=datetime.now(UTC).date().isoformat(),
            machine=about,
            settings=settings_of(home),
            loads=loaded.loads,
            moments=timeline.moments(loaded.told.answers),
            proof=proof,
        )


def _load_and_prove(wanted: list[Crowd], home: House, server: Server, people: People) -> tuple[Loaded, Proof]:
    directory = home.installation.home
    place = Place(url=server.url, keys=people.keys, staff_key=people.staff_key, directory=directory)
    keys = people.keys.read_text(encoding="ascii").split()
    opening = accounts.balances(url=server.url, keys=keys)
    loaded = _load(wanted, home, server, place)
    time.sleep(SETTLE_S)
    say("verifying every book")
    return loaded, _prove(loaded.told, home, place, keys=keys, opening=opening)


def _load(wanted: list[Crowd], home: House, server: Server, place: Place) -> Loaded:
    watched = Watched(server.process.pid, home.database_pid)
    tallies, spent_s = [], []
    for crowd in wanted:
        home.checkpoint()
        before = spent(watched.cpu_s())
        with progress.shown(crowd.name, total=crowd.sales) as sold:
            told, finished = locusts.run(crowd, place, sold=sold)
        spent_s.append(_cpu_s(before, spent(watched.cpu_s()), locust_s=finished.cpu_s))
        tallies.append(told)
    first_s = timeline.begin_s(tallies[0].answers)
    parts = zip(wanted, tallies, spent_s, strict=True)
    loads = [_summary(crowd, told, used, first_s=first_s) for crowd, told, used in parts]
    return Loaded(loads, tally.total(tallies))


def _cpu_s(before: Spent, after: Spent, *, locust_s: float) -> dict[str, float]:
    used = {name: after.cpu_s[name] - before.cpu_s[name] for name in before.cpu_s}
    used[LOAD] = locust_s
    used[OTHERS] = max(after.machine_s - before.machine_s - sum(used.values()), 0.0)
    return used


def _summary(crowd: Crowd, told: Tally, cpu_s: dict[str, float], *, first_s: float) -> Load:
    seconds = timeline.span_s(told.answers)
    return Load(
        crowd=crowd,
        begins_s=timeline.begin_s(told.answers) - first_s,
        seconds=seconds,
        sales=len(told.sold),
        sales_per_second=len(told.sold) / seconds,
        requests_per_second=len(told.answers) / seconds,
        everything=timeline.times(told.answers),
        kinds=timeline.kinds(told.answers),
        replays=told.replays,
        cpu_s=cpu_s,
    )


def _prove(told: Tally, home: House, place: Place, *, keys: list[str], opening: list[int]) -> Proof:
    open_answers = accounts.settle(told, url=place.url, keys=keys, staff_key=place.staff_key)
    dsn = home.cluster.dsn("super")
    closing = accounts.balances(url=place.url, keys=keys)
    kept = accounts.keep(opening, closing, sold=told.sold, credited=told.credited)
    ids = [sale.recharge_id for sale in told.sold]
    return Proof(
        audit=audit.ask(url=place.url, staff_key=place.staff_key, dsn=dsn, answered=len(set(ids)), unsure=0),
        comparison=accounts.compare(kept, told=ids, written=accounts.written(dsn)),
        open_answers=open_answers,
        reconciled=_reconcile(home),
        broken=told.broken,
    )


def _reconcile(home: House) -> int:
    """The exit status of the product's own comparison of every book with its journal."""
    done = subprocess.run(
        home.installation.command("reconcile_balances"),
        env=home.installation.environment(),
        cwd=home.installation.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=RECONCILE_LIMIT_S,
        check=False,
    )
    if done.returncode != 0:
        say(done.stderr.decode(errors="replace")[-2_000:])
    return done.returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load_test", description="Load, then prove.")
    parser.add_argument("--users", type=int, default=USERS, help="users at once, each with a seller's key")
    parser.add_argument("--sales", type=int, default=SALES, help="sales before the first load ends")
    parser.add_argument("--paced", type=int, default=PACED_S, help="seconds of the load with pauses")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SALES} sales: whether it works")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory of the results")
    asked = parser.parse_args()
    if asked.quick:
        asked.sales, asked.paced = QUICK_SALES, QUICK_PACED_S
    return asked


if __name__ == "__main__":
    sys.exit(main())
