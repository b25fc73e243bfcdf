"""Files of sales to look at: one that is checked, one that waits for a worker, one that has paused.

Owns their rows. They come about by the product's own calls.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.ledger.poster import Poster
from topup.recharges import bulk, trial
from topup.recharges.bulk import Job, Line
from topup.recharges.bulk_run import BulkRun
from topup.recharges.sell import Sales
from topup.trips import AsyncConnection, Connection

ZONE = "Asia/Tehran"
MIXED = (
    ("09121112233", "50000", "A-1001"),
    ("۰۹۳۵ ۱۱۱ ۲۲۳۳", "۲۰٬۰۰۰", "A-1002"),
    ("not a number", "20000", "A-1003"),
    ("09121112233", "50000", "A-1004"),
    ("09311112233", "10000", "A-1005"),
    ("09211112233", "a lot", "A-1006"),
    ("09901112233", "100000", "مشتری ۷"),
)
LARGE = tuple((f"0912555{place:04}", "10000", f"B-{place}") for place in range(120))
TOO_MUCH = (*LARGE[:12], ("09129998877", "100000000", "C-1"))


def made(connection: Connection, seller: SellerAtHand) -> dict[str, str]:
    """The ids of the files, by the names that pages use."""
    checked = _keep(connection, seller, "sales-of-the-week.xlsx", MIXED)
    paused = _keep(connection, seller, "شعبه-تبریز.csv", TOO_MUCH)
    _start(connection, seller, paused)
    with ThreadPoolExecutor(1) as another:  # Playwright holds this thread's loop
        another.submit(asyncio.run, _run(connection.info.dsn)).result()
    waiting = _keep(connection, seller, "branch-2.csv", LARGE)
    _start(connection, seller, waiting)
    return {"bulk_checked": checked, "bulk_paused": paused, "bulk_running": waiting}


def _keep(
    connection: Connection, seller: SellerAtHand, name: str, rows: tuple[tuple[str, str, str], ...]
) -> str:
    book, operators = trial.read(trips.run(connection, trial.reads(seller.id)))
    lines = [Line(nr, *row) for nr, row in enumerate(rows, 1)]
    now_us, job_id = clock.now_us(), ids.new(seller.id)
    checked = bulk.check(lines, unit="toman", book=book, operators=operators, now_us=now_us, zone=ZONE)
    of = {"seller_id": seller.id, "actor_id": seller.user_id}
    trips.run(connection, [bulk.keep(checked, job_id=job_id, file_name=name, now_us=now_us, **of)])
    return job_id


def _start(connection: Connection, seller: SellerAtHand, job_id: str) -> None:
    (row,) = trips.run(connection, [bulk.read(seller.id, job_id)])[0]
    begun = bulk.start(Job(*row), doubtful=False, actor_id=seller.user_id, now_us=clock.now_us())
    trips.run(connection, [begun])


async def _run(dsn: str) -> None:
    async def connect() -> AsyncConnection:
        return await psycopg.AsyncConnection.connect(dsn, autocommit=True)

    selling = Poster(connect, Sales(), lanes=1, zone=ZONE)
    await selling.start()
    running = BulkRun(connect, selling=selling)
    await running.once()
    await running.stop()
    await selling.stop()
