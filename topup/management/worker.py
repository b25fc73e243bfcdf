"""`topup worker`: what goes on beside the requests, in the foreground, until SIGTERM or SIGINT.

The worker's composition root: it brings recharges to their operators and webhooks to their sellers.
Several may run at once, on several machines. On a signal it begins nothing new, hears and writes down
what it has asked, and ends. It loads no Django.
"""

import asyncio
import logging.config
import os
import signal

import uvloop

from topup import database
from topup.api.event_objects import EventObjects
from topup.config import Config
from topup.gateways.ways import GatewaysAtHand
from topup.ledger.poster import Poster
from topup.management import production
from topup.management.housekeeping import Housekeeping
from topup.management.sealing import Sealing
from topup.recharges.bulk_run import BulkRun
from topup.recharges.dispatch import Dispatcher
from topup.recharges.recorder import Recorder
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.recharges.settle import Settlements
from topup.recharges.sweep import Sweep
from topup.telemetry import logs, snapshots, transactions
from topup.telemetry.beat import Beat
from topup.trips import AsyncConnection
from topup.vault import Vault
from topup.webhooks.deliver import Deliverer

HELP = "Bring recharges to their operators and webhooks to their sellers, in the foreground."
BULK_LANES = 1
"""Connections that sell the rows of bulk sales: the API's own sell beside them."""
SETTLE_LANES = 1
"""Connections that settle: one writes thousands a second."""
NICENESS = 5
"""Sales go first where the machine is short of CPU."""

log = logging.getLogger(__name__)


STARTED = "the worker is at work"


def run(config: Config) -> int:
    """Work until told to stop. Returns the exit status; ConfigError passes through."""
    production.refuse_unsafe(config)
    logs.prepare(config)
    logging.config.dictConfig(logs.dictionary(config))
    transactions.open_in(config.logs)
    os.nice(NICENESS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(config))
    logs.flush()
    return 0


async def _work(config: Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await asyncio.to_thread(_refuse_unfit, config)
    worker = Worker(config)
    await worker.start()
    log.info(STARTED)
    await stop.wait()
    log.info("the worker stops: it hears and writes down what it has asked")
    await worker.stop()


def _refuse_unfit(config: Config) -> None:
    with database.connect(config) as connection:
        database.refuse_unfit(connection)


class Worker:
    """Everything that one worker process does, started and stopped in order."""

    def __init__(self, config: Config) -> None:
        async def connect() -> AsyncConnection:
            return await database.connect_async(config, name=database.WORKER)

        vault = Vault(config)
        self._ways = GatewaysAtHand(connect, config=config, vault=vault)
        self._settling = Poster(connect, Settlements(), lanes=SETTLE_LANES, zone=config.time_zone)
        self._recorder = Recorder(connect)
        self._dispatcher = Dispatcher(
            connect=connect, ways=self._ways, recorder=self._recorder, settling=self._settling
        )
        self._pool = database.pool(config, name=database.WORKER)
        self._deliverer = Deliverer(config=config, vault=vault, pool=self._pool, objects=EventObjects())
        self._sweep = Sweep(connect, settling=self._settling)
        sales = Sales(duplicate_window_s=config.double_spending_timeout)
        self._selling: Poster[Sale, Recharge] = Poster(
            connect, sales, lanes=BULK_LANES, zone=config.time_zone
        )
        self._bulk = BulkRun(connect, selling=self._selling)
        self._housekeeping = Housekeeping(connect)
        self._sealing = Sealing(config)
        directory = snapshots.Directory(snapshots.of_server(config.home, config.port))
        self._beat = Beat(directory, counted_as="topup_background_workers")

    async def start(self) -> None:
        await self._pool.open()
        await self._settling.start()
        await self._selling.start()
        self._bulk.start()
        self._recorder.start()
        self._dispatcher.start()
        await self._deliverer.start()
        self._sweep.start()
        self._housekeeping.start()
        self._sealing.start()
        self._beat.start()

    async def stop(self) -> None:
        """What asks stops first, then what writes down the answers."""
        await self._sealing.stop()
        await asyncio.gather(self._dispatcher.stop(), self._deliverer.stop())
        await self._bulk.stop()
        await self._selling.stop()
        await self._recorder.stop()
        await self._sweep.stop()
        await self._settling.stop()
        await self._ways.close()
        await self._pool.close()
        await self._housekeeping.stop()
        await self._beat.stop()
