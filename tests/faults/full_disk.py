"""The disk of the data fills up under load, stays full for a while, and has space again.

Owns what must be seen meanwhile: whatever is answered is a refusal that says when to come back, never an
error, and no promise; and when there is space again, sales go on without anybody's help.
"""

import asyncio
import contextlib
import time
from pathlib import Path

import psycopg

from tests.faults import crowd as crowds
from tests.faults.crowd import Crowd, open_shops
from tests.faults.disks import TMPFS, Disk, mounted
from tests.faults.house import House, standing
from tests.faults.trial import Trial, proved

MEGABYTES = 400
SHOPS = 3
CLIENTS = 30
FULL_S = 6.0
"""How long it stays full once the first sale was turned away."""
SEGMENTS = 8
"""Of PostgreSQL's log: more than it has in store."""
MEETS_S = 90.0
BACK_S = 120.0


def fill(times: int, *, log: Path) -> Trial:
    """So many times in one house. Skips where no disk can be mounted."""
    with mounted(TMPFS, megabytes=MEGABYTES) as disk, standing(disk.path / "var") as house:
        shops = open_shops(house.url, SHOPS, staff_key=house.staff_key)
        trial = Trial("the disk is full")
        asyncio.run(_under_load(house, disk, shops, times, trial, log=log))
        return proved(house.dsn, log, [trial])[0]


async def _under_load(
    house: House, disk: Disk, shops: list[crowds.Shop], times: int, trial: Trial, *, log: Path
) -> None:
    load = crowds.crowded(house.port, shops, log, staff_key=house.staff_key, clients=CLIENTS, held=0)
    async with load as crowd:
        for _ in range(times):
            await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S)
            await asyncio.to_thread(disk.fill)
            await _until_turned_away(crowd)
            await asyncio.to_thread(_use_the_log_up, house)
            await asyncio.sleep(FULL_S)
            disk.free()
            trial.recovered_s.append(await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S))
        trial.acknowledged = crowd.acknowledged
        trial.answers = dict(crowd.failures)


def _use_the_log_up(house: House) -> None:
    """Have PostgreSQL need space for its own log too, for want of which it ends itself and begins anew."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(house.dsn, autocommit=True) as connection:
        for _ in range(SEGMENTS):
            connection.execute("SELECT pg_switch_wal(), pg_logical_emit_message(true, 'fill', 'up')")


async def _until_turned_away(crowd: Crowd) -> None:
    """Until sales are refused for want of space; the space that PostgreSQL had taken before lasts a while."""
    before = crowd.failures.total()
    until_s = time.monotonic() + MEETS_S
    while crowd.failures.total() == before:
        assert time.monotonic() < until_s, "a full disk kept nobody from selling"
        await asyncio.sleep(crowds.PAUSE_S[0])
