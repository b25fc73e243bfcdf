"""The price of SELLER_LOCK=redis: `python -m bench.redis_lock`, which needs redis-server installed.

Owns nothing but the comparison: the loops of `bench.poster`, by turns without and with the locks, in
one run on one database, so that a machine that is busy with something else is busy for both.
"""

import argparse
import asyncio
import functools
import itertools
import time

import msgspec

from bench import house, poster, tables
from bench.scenarios import SECONDS, SELLERS
from tests.support.redis_at_hand import redis_running
from topup import database
from topup.api.seller_locks import SellerLocks
from topup.config import Config
from topup.ledger.poster import Poster
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.redis_link import Link

CLIENTS = (1, 64)
ROUNDS = 3
"""Each of both this often, by turns."""


async def _sold(config: Config, *, clients: int, sellers: range, seconds: int, locked: bool) -> float:
    """Sales per second of one poster, as a worker has one."""
    link = Link(config.redis_url)
    locks = SellerLocks(link, timeout_s=config.distributed_lock_timeout)
    selling: Poster[Sale, Recharge] = Poster(
        functools.partial(database.connect_async, config),
        Sales(),
        lanes=config.lanes,
        zone=config.time_zone,
        around=locks.around if locked else None,
    )
    await selling.start()
    until_s = time.monotonic() + seconds
    work = [poster.client(selling, sellers=sellers, until_s=until_s) for _ in range(clients)]
    sold = sum(await asyncio.gather(*work))
    await selling.stop()
    await link.close()
    return sold / seconds


def _compare(place: house.House, config: Config, *, clients: int, sellers: range, seconds: int) -> list[str]:
    sold = {False: 0.0, True: 0.0}
    for _, locked in itertools.product(range(ROUNDS), sold):
        place.checkpoint()
        sold[locked] += asyncio.run(
            _sold(config, clients=clients, sellers=sellers, seconds=seconds, locked=locked)
        )
    without, with_locks = (total / ROUNDS for total in sold.values())
    name = f"{clients} clients, {len(sellers):,} sellers"
    return [name, f"{without:,.0f}", f"{with_locks:,.0f}", f"{with_locks / without:.0%}"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.redis_lock", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each measurement")
    seconds: int = parser.parse_args().seconds
    sellers = range(poster.FIRST_SELLER, poster.FIRST_SELLER + SELLERS)
    poster.log_little()
    with redis_running() as redis, house.running() as place:
        config = msgspec.structs.replace(place.installation.config, redis_url=redis.url)
        poster.open_books(config, sellers)
        rows = [
            _compare(place, config, clients=clients, sellers=spread, seconds=seconds)
            for clients, spread in itertools.product(CLIENTS, (sellers, sellers[:1]))
        ]
        holds = poster.proved(config)
    print(tables.table(("no HTTP, sales per second", "row lock", "and Redis", "left"), rows))
    print("Every book is VERIFIED." if holds else "NOT EVERY BOOK IS VERIFIED.")


if __name__ == "__main__":
    main()
