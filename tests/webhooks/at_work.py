"""The worker's part of webhooks at work in this process, and waiting for what it does."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.support.installation import Installation
from topup import config as settings
from topup import database
from topup.api.event_objects import EventObjects
from topup.vault import Vault
from topup.webhooks.deliver import Deliverer

ALLOWED = {"WEBHOOK_ALLOWED_HOSTS": "127.0.0.1"}
PATIENCE_S = 90
"""Longer than anything takes that is awaited here; what never comes fails."""
LOOK_S = 0.02


@contextmanager
def delivering(installation: Installation, **changes: str) -> Iterator[None]:
    """A deliverer that may send to the loopback, stopped at the end."""
    config = settings.load({**installation.settings, **ALLOWED, **changes}, dotenv=None)
    ready, errors = threading.Event(), list[BaseException]()
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def work() -> None:
        async with database.pool(config) as pool:
            deliverer = Deliverer(config=config, vault=Vault(config), pool=pool, objects=EventObjects())
            await deliverer.start()
            ready.set()
            await stop.wait()
            await deliverer.stop()

    def run() -> None:
        try:
            loop.run_until_complete(work())
        except BaseException as error:  # noqa: BLE001  # told to the test
            errors.append(error)
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(PATIENCE_S)
    try:
        yield
    finally:
        if not errors:
            loop.call_soon_threadsafe(stop.set)
        thread.join()
    assert not errors, errors


def eventually(happened: Callable[[], bool]) -> None:
    """Wait until it has happened."""
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until, "it has not happened"
        time.sleep(LOOK_S)
