"""`topup pack`: smaller indexes, while sales go on and every key stays used."""

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from subprocess import CompletedProcess
from typing import NamedTuple

import pytest
from psycopg import errors

from tests.conftest import NewSeller
from tests.recharges.place import wait
from tests.support import posting
from tests.support.installation import Installation, installed
from tests.support.posting import PRICE, a_sale, selling
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.management import database_checks, pack
from topup.recharges.rules import Sale
from topup.trips import Connection

SELLERS = 20
EACH = 200
TIMEOUT_S = 120


def topup_pack(installation: Installation, *words: str, **settings: str) -> "CompletedProcess[str]":
    return subprocess.run(
        installation.command("pack", *words), env=installation.environment(**settings), cwd=installation.home,
        capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
    )  # fmt: skip


class Shops(NamedTuple):
    """Sellers, and what each sold in turn with the others."""

    sellers: list[int]
    sales: list[Sale]


def posted(installation: Installation, sales: list[Sale]) -> list[Posting]:
    async def post() -> list[Posting]:
        async with selling(installation.config) as poster:
            return await asyncio.gather(*map(poster.submit, sales))

    return asyncio.run(post())


@pytest.fixture
def shops(new_seller: NewSeller, installation: Installation) -> Shops:
    sellers = [new_seller(available=10 * EACH * PRICE).id for _ in range(SELLERS)]
    sales = [a_sale(seller) for _ in range(EACH) for seller in sellers]

    assert {each.outcome for each in posted(installation, sales)} == {Outcome.POSTED}
    return Shops(sellers, sales)


@pytest.fixture
def long_transaction(installation: Installation) -> Iterator[Connection]:
    """Somebody's that has what a writer of recharges locks, and does not end."""
    with closing(installation.connect("super")) as connection, connection.transaction(force_rollback=True):
        connection.execute("LOCK TABLE recharges.recharge IN ROW EXCLUSIVE MODE")
        yield connection


def sizes(connection: Connection) -> dict[str, int]:
    names = "SELECT indexrelid::regclass::text, pg_relation_size(indexrelid) FROM pg_index"
    tables = " WHERE indrelid IN ('ledger.journal'::regclass, 'recharges.recharge'::regclass)"
    return dict(connection.execute(names + tables).fetchall())


def test_indexes_become_smaller_and_every_key_stays_used(
    installation: Installation, shops: Shops, app: Connection
) -> None:
    before = sizes(app)

    ran = topup_pack(installation)

    assert (ran.returncode, ran.stderr) == (0, "")
    after = sizes(app)
    assert before.keys() == after.keys() == {line.split(":")[0] for line in ran.stdout.splitlines()[:-1]}
    assert sum(after.values()) < sum(before.values())
    again = [a_sale(sale.seller_id, reference=sale.reference) for sale in shops.sales[:SELLERS]]
    assert {each.outcome for each in posted(installation, again)} == {Outcome.REPLAYED}
    posting.assert_books_prove_themselves(app, *shops.sellers)


def test_sales_go_on_meanwhile(installation: Installation, shops: Shops, app: Connection) -> None:
    outcomes = set()
    with subprocess.Popen(installation.command("pack"), env=installation.environment()) as packing:
        sold = 0
        while packing.poll() is None or not sold:
            sales = [a_sale(seller) for seller in shops.sellers]
            outcomes |= {each.outcome for each in posted(installation, sales)}
            sold += len(sales)

    assert packing.returncode == 0
    assert outcomes == {Outcome.POSTED}
    posting.assert_books_prove_themselves(app, *shops.sellers)


def test_it_gives_up_where_a_transaction_does_not_end_and_the_next_run_goes_on(
    installation: Installation, long_transaction: Connection, app: Connection
) -> None:
    ran = topup_pack(installation, "--wait", "1")

    assert ran.returncode == 1
    assert "lasts for more than 1 s" in ran.stderr
    long_transaction.execute("ROLLBACK")
    assert topup_pack(installation).returncode == 0
    assert database_checks.indexes(app).well


def test_ctrl_c_ends_it_with_a_word(
    installation: Installation, long_transaction: Connection, superuser: Connection
) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'REINDEX%' AND wait_event_type = 'Lock'"
    with subprocess.Popen(
        installation.command("pack"), env=installation.environment(), stderr=subprocess.PIPE, text=True
    ) as packing:
        wait(lambda: superuser.execute(waiting).fetchone() == (1,), what="a step that waits")
        packing.send_signal(signal.SIGINT)
        _, said = packing.communicate(timeout=TIMEOUT_S)

    assert (packing.returncode, said) == (130, "topup: stopped.\n")
    long_transaction.execute("ROLLBACK")


def test_what_a_run_left_that_was_broken_off_is_told_by_doctor_and_removed(
    installation: Installation, long_transaction: Connection, owner: Connection, app: Connection
) -> None:
    owner.execute("SET lock_timeout = 100")
    with pytest.raises(errors.LockNotAvailable):
        owner.execute("REINDEX INDEX CONCURRENTLY recharges.recharge_pkey")
    long_transaction.execute("ROLLBACK")
    told = database_checks.indexes(app)

    ran = topup_pack(installation)

    assert ran.returncode == 0
    assert not told.well
    assert "recharge_pkey_ccnew" in told.detail
    assert database_checks.indexes(app).well


def test_one_run_at_a_time(installation: Installation, owner: Connection) -> None:
    owner.execute("SELECT pg_advisory_lock(%s)", [pack.ONE_AT_A_TIME])

    ran = topup_pack(installation)

    assert (ran.returncode, ran.stderr) == (1, "topup: another `topup pack` is at work.\n")


@pytest.mark.parametrize("owner_url", [False, True], ids=["without the owner's URL", "with one that is not"])
def test_the_applications_role_is_told_who_may(installation: Installation, owner_url: bool) -> None:  # noqa: FBT001
    url = f"postgresql:///topup?host={installation.config.socket_dir}&user=topup_app"
    ran = topup_pack(installation, DATABASE_URL=url, DATABASE_OWNER_URL=url if owner_url else "")

    assert ran.returncode == 1
    assert "DATABASE_OWNER_URL" in ran.stderr


def test_where_there_are_no_tables_it_says_so() -> None:
    with installed(migrated=False) as empty:
        ran = topup_pack(empty)

    assert ran.returncode == 1
    assert "run `topup migrate`" in ran.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "1.5", "soon"])
def test_it_waits_for_whole_seconds(installation: Installation, seconds: str) -> None:
    ran = topup_pack(installation, f"--wait={seconds}")

    assert ran.returncode == 2
    assert "a number of seconds, 1 or more" in ran.stderr


def test_it_asks_for_room_before_it_begins(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = shutil.disk_usage(installation.home)._replace(free=pack.SPARE_BYTES)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)

    status = pack.run(installation.config)

    assert status == 1
    assert "more must be free" in capsys.readouterr().err
