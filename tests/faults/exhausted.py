"""More is asked for than there is: clients, locks, connections of the database."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psycopg

from tests.faults import crowd as crowds
from tests.faults.crowd import Shop
from tests.faults.house import House, kill, opens
from tests.faults.trial import Trial, proved
from tests.support.installation import Installation

BACK_S = 120.0
TAKEN_S = 4.0
"""How long they are taken; longer than anybody waits for a locked book."""
MANY = 500


async def by_clients(
    port: int, shops: list[Shop], *, log: Path, staff_key: str, clients: int = MANY
) -> Trial:
    """So many clients at once at a server that sells over one connection and has few others."""
    trial = Trial("500 clients at once")
    load = crowds.crowded(port, shops, log, staff_key=staff_key, clients=clients, held=0)
    async with load as crowd:
        trial.opened = await asyncio.to_thread(opens, f"http://127.0.0.1:{port}/console/login/")
        trial.recovered_s.append(await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S))
        trial.heard(crowd)
    return trial


async def by_a_lock(
    installation: Installation, port: int, shops: list[Shop], *, log: Path, staff_key: str
) -> Trial:
    """A session begins a transaction, locks the first shop's book and then does nothing."""
    trial = Trial("a session idle in its transaction")
    load = crowds.crowded(port, shops, log, staff_key=staff_key, clients=12, held=0)
    with psycopg.connect(installation.config.dsn("super")) as idle:
        async with load as crowd:
            await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S)
            idle.execute("SELECT FROM ledger.book WHERE seller_id = %s FOR UPDATE", [shops[0].seller])
            before = crowd.acknowledged
            await asyncio.sleep(TAKEN_S)
            trial.went_on = crowd.acknowledged - before
            idle.rollback()
            trial.recovered_s.append(await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S))
            trial.heard(crowd)
    return trial


async def by_connections(house: House, shops: list[Shop], *, log: Path) -> Trial:
    """Others take all the connections that the database has, before these processes have shown a page."""
    trial = Trial("every connection of the database is taken")
    staff = await asyncio.to_thread(house.staff)
    kill(*house.api_workers())
    async with crowds.crowded(house.port, shops, log, staff_key=house.staff_key, held=0) as crowd:
        await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S)
        before = crowd.acknowledged
        with contextlib.ExitStack() as taken:
            await asyncio.to_thread(_take_all, house, taken)
            await asyncio.sleep(TAKEN_S)
            trial.opened = await asyncio.to_thread(staff.is_let_in)
            trial.went_on = crowd.acknowledged - before
        trial.recovered_s.append(await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S))
        trial.heard(crowd)
    return proved(house.dsn, log, [trial])[0]


def _take_all(house: House, taken: contextlib.ExitStack) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            connection = psycopg.connect(house.dsn.replace("topup_super", "topup_app"))
            taken.enter_context(contextlib.closing(connection))


async def by_redis(
    mishaps: Iterable[Callable[[], None]], port: int, shops: list[Shop], *, log: Path, staff_key: str
) -> Trial:
    """What may become of Redis, one after the other, under a server that uses all that it is for."""
    trial = Trial("Redis is flushed, hung, stopped")
    load = crowds.crowded(port, shops, log, staff_key=staff_key, clients=12, held=0)
    async with load as crowd:
        for mishap in mishaps:
            await asyncio.to_thread(mishap)
            trial.recovered_s.append(await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S))
        trial.heard(crowd)
    return trial
