"""A sale costs no more than this, in counts that mean the same on every machine.

They are statements and round trips a batch, rows and bytes of WAL a recharge, calls and memory in Python. A
bound that has become easy is lowered; one that is raised is raised with a reason.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pytest
from psycopg import pq

from bench import hot_path
from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from topup import database, ids
from topup.config import Config
from topup.ledger.outcomes import Outcome
from topup.ledger.poster import Poster
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.trips import AsyncConnection, Connection

SALES = 500
ROUNDS = 4
PRICE = 5_000
ENOUGH = 10_000 * PRICE
# To lock and read, then to write and commit.
MOST_TRIPS = 2
# BEGIN, the books, the operators; the ledger's function, the recharges', COMMIT.
MOST_STATEMENTS = 6
# The movement, and the recharge, which is the record of its idempotency key too.
ROWS = {"ledger.journal": SALES, "recharges.recharge": SALES}
MOST_WAL_BYTES = 800
MOST_CALLS = 230
MOST_PEAK_BYTES = 3_300
MOST_KEPT_BLOCKS = 1

_TABLES = """
SELECT table_schema || '.' || table_name
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
 WHERE column_name = 'seller_id' AND table_type = 'BASE TABLE'
"""
_references = count(1)


class Line:
    """What a connection says to PostgreSQL, written down by libpq itself."""

    def __init__(self, config: Config, file: BinaryIO) -> None:
        self._config, self._file = config, file
        self._connection: AsyncConnection | None = None

    async def connect(self) -> AsyncConnection:
        self._connection = await database.connect_async(self._config)
        self._connection.pgconn.trace(self._file.fileno())
        self._connection.pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
        return self._connection

    def said(self) -> list[str]:
        """The messages so far, by name."""
        assert self._connection is not None
        self._connection.pgconn.untrace()
        lines = Path(self._file.name).read_text(encoding="utf-8", errors="replace").splitlines()
        return [line.split("\t")[2] for line in lines if line.startswith("F\t")]


@asynccontextmanager
async def selling(line: Line) -> AsyncIterator[Poster[Sale, Recharge]]:
    poster = Poster(line.connect, Sales(), lanes=1, zone="UTC")
    await poster.start()
    try:
        yield poster
    finally:
        await poster.stop()


async def sell(poster: Poster[Sale, Recharge], seller_id: int) -> None:
    """One batch: everything is asked for before the lane looks."""
    wishes = [
        Sale(
            seller_id, ids.new(seller_id), f"cost-{next(_references)}", 989_121_234_567, PRICE, None, 1, None
        )
        for _ in range(SALES)
    ]
    postings = await asyncio.gather(*map(poster.submit, wishes))
    assert {posting.outcome for posting in postings} == {Outcome.POSTED}


@pytest.fixture
def line(installation: Installation, tmp_path: Path) -> Iterator[Line]:
    with (tmp_path / "trace").open("wb") as file:
        yield Line(installation.config, file)


@in_a_loop
async def test_a_batch_is_two_round_trips_of_six_statements(line: Line, new_seller: NewSeller) -> None:
    seller = new_seller(available=ENOUGH)
    async with selling(line) as poster:
        await sell(poster, seller.id)
        said = line.said()

    assert said.count("Sync") <= MOST_TRIPS
    assert said.count("Execute") + said.count("Query") <= MOST_STATEMENTS


@in_a_loop
async def test_a_sale_writes_a_movement_and_a_recharge_and_no_other_row(
    line: Line, new_seller: NewSeller, superuser: Connection
) -> None:
    seller = new_seller(available=ENOUGH)
    before = rows(superuser, seller.id)
    async with selling(line) as poster:
        await sell(poster, seller.id)
    after = rows(superuser, seller.id)

    assert {table: after[table] - before[table] for table in after if after[table] > before[table]} == ROWS


@in_a_loop
async def test_the_wal_of_a_recharge_is_bounded(line: Line, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller(available=ENOUGH)
    written: list[int] = []
    async with selling(line) as poster:
        for _ in range(ROUNDS):
            with growing(app, written):
                await sell(poster, seller.id)

    # The least: a checkpoint, or somebody else, adds to some.
    assert min(written) / SALES <= MOST_WAL_BYTES


def test_what_python_does_for_a_sale_is_bounded(installation: Installation, new_seller: NewSeller) -> None:
    seller = new_seller(available=ENOUGH)

    weight = hot_path.of(installation, seller.key)

    assert weight.calls <= MOST_CALLS
    assert weight.peak_bytes <= MOST_PEAK_BYTES
    assert weight.kept_blocks <= MOST_KEPT_BLOCKS


def rows(superuser: Connection, seller_id: int) -> dict[str, int]:
    """How many rows a seller has, by table."""
    found = {}
    for (table,) in superuser.execute(_TABLES).fetchall():
        row = superuser.execute(f"SELECT count(*) FROM {table} WHERE seller_id = %s".encode(), [seller_id])
        ((found[table],),) = row.fetchall()
    return found


@contextmanager
def growing(app: Connection, written: list[int]) -> Iterator[None]:
    """Add the bytes of WAL that were written meanwhile."""
    before = wal(app)
    yield
    written.append(wal(app) - before)


def wal(app: Connection) -> int:
    row = app.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    assert row is not None
    return int(row[0])
