"""`make chaos`: every fault, as often as is asked for, and the page about it.

`python -m tests.faults [--times 100] [--only kills,power] [--report FILE]`. Exits with 1 where anything was
lost, doubled or wrong, or where the control was not found out.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from bench import machine
from tests.faults import clocks, exhausted, frozen, full_disk, house, kills, networks, power, report
from tests.faults.clocks import HOUR_S, Clock, midnight, new_year
from tests.faults.crowd import CLIENTS, Shop, open_shops
from tests.faults.frozen import FREEZES
from tests.faults.house import House
from tests.faults.kills import OF_POSTGRESQL, OF_THE_APPLICATION, Death
from tests.faults.networks import OF_CLIENTS, OF_DATABASES
from tests.faults.trial import Trial, proved
from tests.support.installation import Installation
from tests.support.redis_at_hand import redis_running
from tests.support.server import serving
from topup.embedded import binaries

SHOPS = 6
FROZEN_S = 11.0
PARTS = {
    **dict(zip((death.name for death in OF_THE_APPLICATION), (1.6, 0.2, 0.1), strict=True)),
    **dict(zip((death.name for death in OF_POSTGRESQL), (0.7, 0.15, 0.15), strict=True)),
}
"""How many of `--times` each process is killed."""
RARELY = 0.1
"""The same of what takes long: the supervisor, disks, power, clocks."""
MORE_RARELY = 0.05


class Place(NamedTuple):
    """The house of a run, sellers, and where the logs of clients go. `installation` has the same data."""

    house: House
    shops: list[Shop]
    logs: Path

    @property
    def installation(self) -> Installation:
        return Installation(self.house.home, {"TOPUP_HOME": str(self.house.home)})

    @property
    def log(self) -> Path:
        """One for all faults, for they have the same sellers: each is proved with those before it."""
        return self.logs / "clients.log"

    def proved(self, trial: Trial) -> list[Trial]:
        return proved(self.house.dsn, self.log, [trial])


Fault = Callable[[Place, int], list[Trial]]


def often(times: int, part: float) -> int:
    return max(1, round(times * part))


def _deaths(kinds: tuple[Death, ...], times: int, chance: random.Random) -> list[Death]:
    made = [death for death in kinds for _ in range(often(times, PARTS[death.name]))]
    chance.shuffle(made)
    return made


def of_the_application(place: Place, times: int) -> list[Trial]:
    chance = random.Random()
    deaths = _deaths(OF_THE_APPLICATION, times, chance)
    return asyncio.run(kills.under_load(place.house, place.shops, deaths, log=place.log, chance=chance))


def of_the_supervisor(place: Place, times: int) -> list[Trial]:
    chance, times = random.Random(), often(times, RARELY)
    story = kills.of_the_supervisor(place.house, place.shops, times, log=place.log, chance=chance)
    return asyncio.run(story)


def of_postgresql(place: Place, times: int) -> list[Trial]:
    chance = random.Random()
    deaths = _deaths(OF_POSTGRESQL, times, chance)
    return asyncio.run(kills.under_load(place.house, place.shops, deaths, log=place.log, chance=chance))


def connections(place: Place, times: int) -> list[Trial]:
    rounds, staff_key = often(times, MORE_RARELY), place.house.staff_key
    one = networks.before_the_server(
        place.house.port, place.shops, OF_CLIENTS * rounds, log=place.log, staff_key=staff_key
    )
    other = networks.before_the_database(
        place.installation, place.shops, OF_DATABASES * rounds, log=place.log, staff_key=staff_key
    )
    return [*place.proved(asyncio.run(one)), *place.proved(asyncio.run(other))]


def frozen_processes(place: Place, times: int) -> list[Trial]:
    made: dict[str, Trial] = {}
    for _ in range(often(times, MORE_RARELY)):
        story = frozen.under_load(
            place.house,
            place.shops,
            dict.fromkeys(FREEZES, FROZEN_S),
            log=place.log,
            chance=random.Random(),
        )
        _gather(made, asyncio.run(story))
    return list(made.values())


def exhaustion(place: Place, times: int) -> list[Trial]:
    made: dict[str, Trial] = {}
    staff_key, shops, log = place.house.staff_key, place.shops, place.log
    for _ in range(often(times, MORE_RARELY)):
        with serving(place.installation, LANES="1", DATABASE_POOL_SIZE="2") as server:
            port = int(server.url.rpartition(":")[2])
            many = exhausted.by_clients(port, shops, log=log, staff_key=staff_key)
            _gather(made, place.proved(asyncio.run(many)))
            idle = exhausted.by_a_lock(place.installation, port, shops, log=log, staff_key=staff_key)
            _gather(made, place.proved(asyncio.run(idle)))
        _gather(made, [asyncio.run(exhausted.by_connections(place.house, shops, log=log))])
    return list(made.values())


def clock(place: Place, times: int) -> list[Trial]:
    own, staff_key = Clock(place.logs), place.house.staff_key
    once: list[int | datetime] = [
        *(HOUR_S, -HOUR_S, 0, midnight(), midnight() - clocks.HOUR, new_year(), -HOUR_S)
    ]
    offsets = once * often(times, RARELY)
    with serving(place.installation, **own.settings) as server:
        port = int(server.url.rpartition(":")[2])
        story = clocks.be_set(own, port, place.shops, offsets, log=place.log, staff_key=staff_key)
        return place.proved(asyncio.run(story))


def redis(place: Place, times: int) -> list[Trial]:
    staff_key, settings = place.house.staff_key, {"SELLER_LOCK": "redis"}
    with redis_running() as own, serving(place.installation, REDIS_URL=own.url, **settings) as server:
        port = int(server.url.rpartition(":")[2])
        mishaps = [own.flush, own.hang, own.resume, own.stop, own.start, own.flush]
        mishaps *= often(times, MORE_RARELY)
        story = exhausted.by_redis(mishaps, port, place.shops, log=place.log, staff_key=staff_key)
        return place.proved(asyncio.run(story))


def disk(place: Place, times: int) -> list[Trial]:
    return [full_disk.fill(often(times, RARELY), log=place.logs / "disk.log")]


def power_cuts(place: Place, times: int) -> list[Trial]:
    return list(power.cuts(often(times, RARELY), place.logs))


FAULTS: dict[str, Fault] = {
    "application": of_the_application,
    "supervisor": of_the_supervisor,
    "postgresql": of_postgresql,
    "connections": connections,
    "frozen": frozen_processes,
    "exhaustion": exhaustion,
    "clock": clock,
    "redis": redis,
    "disk": disk,
    "power": power_cuts,
}
"""In this order: what has a house of its own comes last."""


def _gather(made: dict[str, Trial], trials: list[Trial]) -> None:
    """Add rounds of one fault up."""
    for trial in trials:
        known = made.setdefault(trial.fault, trial)
        if known is not trial:
            known.acknowledged += trial.acknowledged
            known.recovered_s += trial.recovered_s
            known.findings += trial.findings
            known.turned_away_s += trial.turned_away_s


@contextmanager
def _place() -> Iterator[Place]:
    with house.standing(API_WORKERS="2") as made, tempfile.TemporaryDirectory(prefix="clients-") as logs:
        house.ask(
            made.url, "PATCH", "/api/v1/operators/rightel", {"gateway": "simulator"}, key=made.staff_key
        )
        yield Place(made, open_shops(made.url, SHOPS, staff_key=made.staff_key), Path(logs))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description="Break everything on purpose.")
    parser.add_argument("--times", type=int, default=1, help="kills of an ordinary process; others follow")
    parser.add_argument("--only", default=",".join(FAULTS), help=f"some of {', '.join(FAULTS)}")
    parser.add_argument("--report", type=Path, help="write the page here")
    given = parser.parse_args()
    trials: list[Trial] = []
    with _place() as place:
        where = machine.describe(directory=place.house.home, postgresql=binaries.find().version())
        for name in given.only.split(","):
            try:
                made = FAULTS[name](place, given.times)
            except pytest.skip.Exception as reason:
                sys.stderr.write(f"{name}: left out: {reason}\n")
                continue
            sys.stdout.write("".join(map(report.row, made)))
            sys.stdout.flush()
            trials += made
    if given.report is not None:
        report.write(given.report, trials, where, clients=CLIENTS)
    return 0 if all(bool(trial.findings) is trial.control for trial in trials) else 1


if __name__ == "__main__":
    sys.exit(main())
