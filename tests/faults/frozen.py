"""Processes that stand still for a while and go on as if nothing had been: PostgreSQL, those beside it."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from psutil import Process

from tests.faults import crowd as crowds
from tests.faults.crowd import Crowd, Shop
from tests.faults.house import House, freeze, one_of, wake
from tests.faults.trial import Trial, proved

BACK_S = 120.0


class Freeze(NamedTuple):
    """Who is frozen, and whether everybody has to wait for it."""

    name: str
    who: Callable[[House, random.Random], list[Process | None]]
    stops_all: bool = False


FREEZES = (
    Freeze("an API worker", lambda house, chance: [one_of(house.api_workers(), chance)]),
    Freeze("the worker", lambda house, _: [house.worker()]),
    Freeze("PostgreSQL", lambda house, _: [house.postmaster(), *house.postgres()], stops_all=True),
)


async def under_load(
    house: House, shops: list[Shop], freezes: dict[Freeze, float], *, log: Path, chance: random.Random
) -> list[Trial]:
    """Each for so many seconds; `went_on` counts what was sold meanwhile."""
    trials = []
    async with crowds.crowded(house.port, shops, log, staff_key=house.staff_key) as crowd:
        for each, seconds in freezes.items():
            await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S)
            trials.append(await _one(house, crowd, each, seconds, chance))
    return proved(house.dsn, log, trials, operator=house.home)


async def _one(house: House, crowd: Crowd, each: Freeze, seconds: float, chance: random.Random) -> Trial:
    trial = Trial(f"{each.name} is frozen")
    before = crowd.acknowledged
    stopped = [process for process in each.who(house, chance) if process is not None]
    assert stopped, f"{each.name} is not there"
    for process in stopped:
        freeze(process)
    try:
        await asyncio.sleep(seconds)
        trial.went_on = crowd.acknowledged - before
    finally:
        for process in stopped:
            wake(process)
    trial.recovered_s.append(await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S))
    trial.acknowledged = crowd.acknowledged - before
    return trial
