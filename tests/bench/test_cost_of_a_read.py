"""A read costs no more than this, in counts that mean the same on every machine.

They are statements and round trips of balances that are asked for at the same moment, and plans that
PostgreSQL makes for what every request looks up.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.bench.test_cost_of_a_sale import Line
from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from topup.trips import Connection

READS = 256
"""As many as one statement serves."""
MOST_TRIPS = 1
MOST_STATEMENTS = 1
TIMES = 7
"""After five, PostgreSQL weighs whether one plan is as good for every value."""
NO_KEY = "00000000-0000-7000-8000-000000000000"
NOBODY = 2**40
PLANS = "SELECT generic_plans + custom_plans, generic_plans > 0 FROM pg_prepared_statements"


@pytest.fixture
def line(installation: Installation, tmp_path: Path) -> Iterator[Line]:
    with (tmp_path / "trace").open("wb") as file:
        yield Line(installation.config, file)


@in_a_loop
async def test_balances_at_the_same_moment_are_one_statement(line: Line, new_seller: NewSeller) -> None:
    from topup.api.book_reads import BookReads, Found  # noqa: PLC0415  # Django is set up by now

    sellers = [new_seller(available=1).id for _ in range(2)]
    told: list[Found] = []
    over = asyncio.Event()

    def tell(found: Found, _as_of_us: int) -> None:
        told.append(found)
        if len(told) == READS:
            over.set()

    reads = BookReads(line.connect)
    for place in range(READS):
        reads.ask(sellers[place % 2], tell)
    reads.start()
    await over.wait()
    said = line.said()
    await reads.stop()

    assert said.count("Sync") <= MOST_TRIPS
    assert said.count("Execute") + said.count("Query") <= MOST_STATEMENTS


@in_a_loop
async def test_what_each_request_looks_up_is_planned_once_a_connection(installation: Installation) -> None:
    from topup.api import auth  # noqa: PLC0415  # Django is set up by now
    from topup.api.engine import Engine  # noqa: PLC0415

    engine = Engine(installation.config)
    await engine.pool.open(wait=True)  # so that its first connection serves all of them
    for _ in range(TIMES):
        await engine.look_up(auth.FIND_KEY, (NO_KEY,))
    kept = await engine.read(PLANS)
    await engine.pool.close()

    assert kept == [(TIMES, True)]


def test_a_plan_that_is_kept_can_only_go_by_the_key(installation: Installation, app: Connection) -> None:
    """Of two indexes that begin alike, a plan made while a table was empty may have taken the wrong one."""
    from topup.api import auth  # noqa: PLC0415  # Django is set up by `installation`

    looked_up: list[tuple[str, object]] = [(auth.FIND_KEY, NO_KEY), (auth.FIND_STANDING, NOBODY)]
    for statement, value in looked_up:
        assert {name.rpartition("_")[2] for name in indexes(app, statement, value)} == {"pkey"}


def indexes(app: Connection, statement: str, value: object) -> set[str]:
    """Those that a plan for every value goes by, where it reads no table from end to end."""
    with app.transaction():
        app.execute("SET LOCAL enable_seqscan = off")
        app.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        plan = psycopg.RawCursor(app).execute(f"EXPLAIN {statement}".encode(), (value,)).fetchall()
    steps = [str(step) for (step,) in plan]
    names = [step.partition(mark)[2] for step in steps for mark in (" using ", " Bitmap Index Scan on ")]
    return {name.split()[0] for name in names if name}
