"""Connections that break at every step of a sale.

Owns the two places: between a client and the server, and between the server and its database.
"""

import asyncio
import time
from collections.abc import Iterable
from functools import partial
from itertools import product
from pathlib import Path

from tests.faults import crowd as crowds
from tests.faults.between import OF_A_CLIENT, OF_THE_DATABASE, Between, Manner, Open, Step, between
from tests.faults.crowd import Crowd, Shop
from tests.faults.trial import Trial
from tests.support.installation import Installation
from tests.support.proxy import SOCKET_NAME
from tests.support.server import serving

CLIENTS = 4
MEETS_S = 60.0
"""Longer than a step takes to come about, also on a busy machine."""
IMPATIENT_S = 3.0
"""How long a client waits where it is the one that meets silence."""
BACK_S = 90.0
"""Longer than the server needs to give up a silent database and the clients to give up a silent server."""

Break = tuple[Step, Manner]
OF_CLIENTS: tuple[Break, ...] = tuple(product(OF_A_CLIENT, Manner))
OF_DATABASES: tuple[Break, ...] = tuple(product(OF_THE_DATABASE, Manner))


async def before_the_server(
    port: int, shops: list[Shop], breaks: Iterable[Break], *, log: Path, staff_key: str
) -> Trial:
    """Clients reach the server on `port` through a proxy."""
    open_server = partial(asyncio.open_connection, "127.0.0.1", port)
    trial = Trial("the connection between a client and the server")
    async with between(open_server) as (proxy, before):
        await _all(proxy, before, shops, breaks, trial, log=log, staff_key=staff_key, patience_s=IMPATIENT_S)
    return trial


async def before_the_database(
    installation: Installation, shops: list[Shop], breaks: Iterable[Break], *, log: Path, staff_key: str
) -> Trial:
    """A server of its own reaches the database through a proxy."""
    open_server: Open = partial(asyncio.open_unix_connection, installation.config.socket_dir / SOCKET_NAME)
    trial = Trial("the connection between the server and its database")
    async with between(open_server) as (proxy, before):
        url = f"postgresql://topup_app@127.0.0.1:{before}/topup?sslmode=disable"
        through = serving(installation, DATABASE_URL=url)
        server = await asyncio.to_thread(through.__enter__)
        try:
            port = int(server.url.rpartition(":")[2])
            await _all(proxy, port, shops, breaks, trial, log=log, staff_key=staff_key)
        finally:
            await asyncio.to_thread(through.__exit__, None, None, None)
    return trial


async def _all(
    proxy: Between,
    port: int,
    shops: list[Shop],
    breaks: Iterable[Break],
    trial: Trial,
    *,
    log: Path,
    staff_key: str,
    patience_s: float = crowds.PATIENCE_S,
) -> None:
    load = crowds.crowded(
        port, shops, log, staff_key=staff_key, clients=CLIENTS, held=0, patience_s=patience_s
    )
    async with load as crowd:
        for step, manner in breaks:
            trial.recovered_s.append(await _one(proxy, crowd, step, manner))
        trial.acknowledged = crowd.acknowledged


async def _one(proxy: Between, crowd: Crowd, step: Step, manner: Manner) -> float:
    proxy.arm(step, manner)
    async with asyncio.timeout(MEETS_S):
        await proxy.happened.wait()
    return await crowd.all_served(since_s=time.monotonic(), patience_s=BACK_S)
