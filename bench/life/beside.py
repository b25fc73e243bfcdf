"""What the worker, and webhooks that are on, cost the sales: the same load, one after the other.

Owns the order, in which each is measured twice, so that what the machine does meanwhile shows.
"""

import statistics
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import NamedTuple

from bench import webhooks
from bench.house import House
from bench.life import settling
from bench.measure import Measurements
from bench.scenarios import FULL_CONNECTIONS, SELLERS, Scenario
from tests.support.server import Server

SINGLE = Scenario(FULL_CONNECTIONS, SELLERS)
ROUNDS = 2
ALONE, WORKER, WEBHOOKS = "no worker", "a worker beside", "a worker, and a webhook endpoint of every seller"
_DELIVERED = "SELECT count(*) FROM webhooks.delivery WHERE finished_at_us IS NOT NULL"


class Beside(NamedTuple):
    """Sales a second, by what went on beside them; each figure a round."""

    per_second: dict[str, list[float]]
    delivered: int

    def ratio(self, name: str) -> float:
        """To the sales alone, of the means."""
        return statistics.mean(self.per_second[name]) / statistics.mean(self.per_second[ALONE])


def measure(
    place: House, server: Server, load: Measurements, *, seconds: int, say: Callable[[str], None]
) -> Beside:
    found: dict[str, list[float]] = {ALONE: [], WORKER: [], WEBHOOKS: []}
    for _ in range(ROUNDS):
        for name in (ALONE, WORKER):
            with ExitStack() as stack:
                if name is WORKER:
                    stack.enter_context(settling.worker(place.installation, server))
                found[name].append(_one(place, load, seconds))
            say(f"{name}: {found[name][-1]:,.0f}/s")
    with webhooks.receiver() as port:
        webhooks.listen(place, port=port)
        with settling.worker(place.installation, server):
            for _ in range(ROUNDS):
                found[WEBHOOKS].append(_one(place, load, seconds))
                say(f"{WEBHOOKS}: {found[WEBHOOKS][-1]:,.0f}/s")
        with closing(place.installation.connect("super")) as looking:
            ((delivered,),) = looking.execute(_DELIVERED).fetchall()
    return Beside(found, delivered)


def _one(place: House, load: Measurements, seconds: int) -> float:
    place.checkpoint()
    return load.measure(SINGLE, seconds=seconds).per_second
