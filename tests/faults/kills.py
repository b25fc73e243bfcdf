"""kill -9, at random moments under load: each process of the house, and all of PostgreSQL at once.

Owns which processes die, how often that may be, and when the house counts as back.
"""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from psutil import Process

from tests.faults import crowd as crowds
from tests.faults import house as houses
from tests.faults.crowd import Crowd, Shop
from tests.faults.house import House, kill, one_of
from tests.faults.trial import Trial, proved

BACK_S = 120.0
"""Longer than anything takes to come back, also on a busy machine."""
PAUSE_S = (0.3, 1.5)
"""Between two deaths, so that they meet the house in any state."""
GAP_S = 13.0
"""The supervisor gives a child up that dies more than five times in a minute."""
POLL_S = 0.05


class Death(NamedTuple):
    """Who dies, and as what the supervisor counts its restarts; empty where it is not asked to restart it."""

    name: str
    strike: Callable[[House, random.Random], int]
    back: Callable[[House, int], bool] | None = None
    """Whether what was killed is there again; None where the clients are who can tell."""
    counted: str = ""


def _all_of_postgresql(house: House, _: random.Random) -> int:
    """The postmaster first, or it would find the others dead and begin again by itself."""
    return kill(house.postmaster(), *house.postgres())


def _new_worker(house: House, old: int) -> bool:
    worker = house.worker()
    return worker is not None and worker.pid != old


OF_THE_APPLICATION = (
    Death("an API worker", lambda house, chance: kill(one_of(house.api_workers(), chance))),
    Death("the worker", lambda house, _: kill(house.worker()), _new_worker, counted="worker"),
    Death("the HTTP server, whole", lambda house, _: kill(house.server()), counted="server"),
)
OF_POSTGRESQL = (
    Death("a backend of PostgreSQL", lambda house, chance: kill(one_of(house.backends(), chance))),
    Death("the postmaster", lambda house, _: kill(house.postmaster()), counted="database"),
    Death("PostgreSQL, every process", _all_of_postgresql, counted="database"),
)
THE_SUPERVISOR = "the supervisor"


async def under_load(
    house: House, shops: list[Shop], deaths: list[Death], *, log: Path, chance: random.Random
) -> list[Trial]:
    """These deaths one after the other, and the audit of all that clients were told meanwhile."""
    trials = {death.name: Trial(death.name) for death in deaths}
    last_s: dict[str, float] = {}
    async with crowds.crowded(house.port, shops, log, staff_key=house.staff_key) as crowd:
        await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S)
        for death in deaths:
            trial, before = trials[death.name], crowd.acknowledged
            gap_s = last_s.get(death.counted, 0.0) + GAP_S - time.monotonic() if death.counted else 0.0
            await asyncio.sleep(max(gap_s, chance.uniform(*PAUSE_S)))
            trial.recovered_s.append(await _one(house, crowd, death, chance))
            trial.acknowledged += crowd.acknowledged - before
            last_s[death.counted] = time.monotonic()
    return proved(house.dsn, log, trials.values(), operator=house.home)


async def _one(house: House, crowd: Crowd, death: Death, chance: random.Random) -> float:
    """Kill, and wait until it is back; how long that took."""
    worker = house.worker()
    begun_s = time.monotonic()
    while not death.strike(house, chance):  # nobody there: one that died a moment ago is still missing
        assert time.monotonic() < begun_s + BACK_S, f"{death.name} is not there:\n{house.printed()}"
        await asyncio.sleep(POLL_S)
        worker, begun_s = house.worker(), time.monotonic()
    if death.back is None:
        return await crowd.all_served(since_s=begun_s, patience_s=BACK_S)
    while not death.back(house, worker.pid if worker else 0):
        assert time.monotonic() < begun_s + BACK_S, f"{death.name} does not come back:\n{house.printed()}"
        await asyncio.sleep(POLL_S)
    return time.monotonic() - begun_s


async def of_the_supervisor(
    house: House, shops: list[Shop], times: int, *, log: Path, chance: random.Random
) -> list[Trial]:
    """`topup up` itself dies, everything with it, and whoever watches over it starts it again at once."""
    trial = Trial(THE_SUPERVISOR)
    async with crowds.crowded(house.port, shops, log, staff_key=house.staff_key) as crowd:
        for _ in range(times):
            await asyncio.sleep(chance.uniform(*PAUSE_S))
            begun_s, left = time.monotonic(), house.everything()
            kill(house.supervisor())
            await asyncio.to_thread(house.begin)
            trial.recovered_s.append(await crowd.all_served(since_s=begun_s, patience_s=BACK_S))
            await asyncio.to_thread(_gone, left)
            await asyncio.to_thread(house.wait_until_ready)
        trial.acknowledged = crowd.acknowledged
    return proved(house.dsn, log, [trial], operator=house.home)


def _gone(left: list[Process]) -> None:
    """Nothing outlives the supervisor for long: neither its server nor its database."""
    alive = houses.wait_for_the_end(left, BACK_S)
    assert not alive, f"{alive} outlived the supervisor"
