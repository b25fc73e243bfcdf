"""The poster alone, without HTTP: `python -m bench.poster`.

Owns the loops of clients that wait for their posting and sell again. Beside the figures of
`python -m bench` it tells what HTTP costs.
"""

import argparse
import asyncio
import functools
import itertools
import logging
import random
import time

import psycopg
import structlog

from bench import house, tables
from bench.scenarios import FUNDS_MINOR, PRICE_MINOR, SECONDS, SELLERS
from topup import database, ids
from topup.config import Config
from topup.credit.adjust import Adjustment, Adjustments
from topup.ledger import direct, verify
from topup.ledger.outcomes import DONE
from topup.ledger.poster import Poster
from topup.ledger.verify import Status
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales

CLIENTS = (1, 64, 256)
FIRST_SELLER = 1_000_000
STAFF = 1
_references = itertools.count(1)


async def client(poster: Poster[Sale, Recharge], *, sellers: range, until_s: float) -> int:
    """Sell, wait for the posting, sell again, until then; how many were sold."""
    sold = 0
    while time.monotonic() < until_s:
        seller = random.choice(sellers)
        posting = await poster.submit(_sale(seller))
        assert posting.outcome in DONE, posting
        sold += 1
    return sold


def _sale(seller_id: int) -> Sale:
    number = 989_120_000_000 + random.randrange(10_000_000)
    reference = f"bench-{next(_references)}"
    return Sale(seller_id, ids.new(seller_id), reference, number, PRICE_MINOR, None, STAFF, 0)


async def _measure(config: Config, *, clients: int, sellers: range, seconds: int) -> list[str]:
    connect = functools.partial(database.connect_async, config)
    poster = Poster(connect, Sales(), lanes=config.lanes, zone=config.time_zone)
    await poster.start()
    cpu_s, until_s = time.process_time(), time.monotonic() + seconds
    work = [client(poster, sellers=sellers, until_s=until_s) for _ in range(clients)]
    sold = sum(await asyncio.gather(*work))
    cpu_us = (time.process_time() - cpu_s) / max(sold, 1) * 1e6
    await poster.stop()
    return [f"{clients} clients, {len(sellers):,} sellers", f"{sold / seconds:,.0f}", f"{cpu_us:.0f}"]


def log_little() -> None:
    """What a server would write into its security log is not part of a table of figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def open_books(config: Config, sellers: range) -> None:
    """Books with funds for sellers that nothing else knows of."""
    with database.connect(config) as connection:
        for seller in sellers:
            connection.execute("SELECT ledger.open_v1(%s, 'IRR')", (seller,))
        wishes = [Adjustment(each, ids.new(each), FUNDS_MINOR, "bench", STAFF) for each in sellers]
        postings = direct.post(connection, wishes, Adjustments(), zone=config.time_zone)
    assert all(posting.outcome in DONE for posting in postings)


def proved(config: Config) -> bool:
    """Whether every book proves itself from its journal."""
    with psycopg.connect(**database.parameters(config), autocommit=True) as connection:
        return all(report.status is Status.VERIFIED for report in verify.verify(connection))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.poster", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each measurement")
    seconds: int = parser.parse_args().seconds
    sellers = range(FIRST_SELLER, FIRST_SELLER + SELLERS)
    log_little()
    with house.running() as place:
        config = place.installation.config
        open_books(config, sellers)
        rows = []
        for clients, spread in itertools.product(CLIENTS, (sellers, sellers[:1])):
            place.checkpoint()
            rows.append(asyncio.run(_measure(config, clients=clients, sellers=spread, seconds=seconds)))
        holds = proved(config)
    print(tables.table(("no HTTP", "per second", "CPU us a sale (this process)"), rows))
    print("Every book is VERIFIED." if holds else "NOT EVERY BOOK IS VERIFIED.")


if __name__ == "__main__":
    main()
