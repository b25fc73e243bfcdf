"""The power goes off under load: the disk forgets what was not synced, and every process ends at once.

Owns the two runs that belong together: with the product as it is, and, as the control, with fsync turned
off behind its back. If the control's auditor found nothing, the first run would have proved nothing.
"""

import asyncio
import time
from pathlib import Path

import psycopg

from tests.faults.client_log import ClientLog
from tests.faults.crowd import Crowd, open_shops
from tests.faults.disks import EXT4, Disk, mounted
from tests.faults.house import House, kill, standing, wait_for_the_end
from tests.faults.trial import Trial, proved
from tests.support.installation import ROOT

MEGABYTES = 900
LOAD_S = 3.0
"""Of sales before the power goes; the kernel by itself writes what is older than 5 s."""
GONE_S = 30.0
SHOPS = 3
FSYNC_MAY_BE_OFF = {"PYTHONPATH": f"{Path(__file__).with_name('durability_off')}:{ROOT}"}


def cuts(times: int, logs: Path) -> tuple[Trial, Trial]:
    """So many power cuts under load in one house, and one more as the control. Skips where no disk can be
    mounted."""
    trial, control = Trial("the power"), Trial("the power, with fsync off: the control", control=True)
    with mounted(EXT4, megabytes=MEGABYTES) as disk, standing(disk.path / "var") as house:
        for number in range(times):
            last = number == times - 1
            house.settings |= FSYNC_MAY_BE_OFF if last else {}
            _one(house, disk, trial, log=logs / f"cut-{number}.log")
        _turn_fsync_off(house)
        house.settings.clear()
        _one(house, disk, control, log=logs / "cut-control.log")
    return trial, control


def _one(house: House, disk: Disk, trial: Trial, *, log: Path) -> None:
    shops = open_shops(house.url, SHOPS, staff_key=house.staff_key)
    disk.sync()
    kept = ClientLog(log)
    crowd = Crowd(house.port, shops, staff_key=house.staff_key, log=kept)
    try:
        asyncio.run(_under_load(house, disk, crowd))
        trial.acknowledged += crowd.acknowledged
        trial.recovered_s.append(_come_back(house, disk))
        asyncio.run(crowd.resolve())
    finally:
        kept.close()
    before = trial.findings
    proved(house.dsn, log, [trial])
    trial.findings = before + trial.findings


def _turn_fsync_off(house: House) -> None:
    """Behind the product's back, which refuses to start so."""
    with psycopg.connect(house.dsn, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    with psycopg.connect(house.dsn) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)


async def _under_load(house: House, disk: Disk, crowd: Crowd) -> None:
    async with crowd.at_work():
        await asyncio.sleep(LOAD_S)
        disk.cut_power()
        everything = house.everything()
        kill(*everything)
        alive = await asyncio.to_thread(wait_for_the_end, everything, GONE_S)
        assert not alive, alive


def _come_back(house: House, disk: Disk) -> float:
    begun_s = time.monotonic()
    disk.unmount()
    disk.mount()
    house.start()
    return time.monotonic() - begun_s
