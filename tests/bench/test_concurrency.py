"""Work under threads, processes and tasks is counted as it was done, and no book breaks by it."""

import pytest

from bench.concurrency import __main__ as concurrency
from bench.concurrency import ways
from bench.concurrency.ways import Order, Way
from bench.concurrency.work import Kind
from tests.conftest import NewSeller
from tests.support.installation import Installation
from topup.ledger import verify
from topup.ledger.verify import Status
from topup.trips import Connection

SECONDS = 0.1
ENOUGH = 1_000_000_000
WORKERS = 2


def sold(app: Connection, seller_id: int) -> int:
    row = app.execute("SELECT count(*) FROM recharges.recharge WHERE seller_id = %s", [seller_id]).fetchone()
    assert row is not None
    count: int = row[0]
    return count


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("kind", [Kind.SELLING, Kind.SELLING_HOT])
def test_what_was_counted_as_sold_is_in_the_books(
    installation: Installation, new_seller: NewSeller, app: Connection, kind: Kind, way: Way
) -> None:
    made = [new_seller(available=ENOUGH).id for _ in range(WORKERS)]
    sellers = tuple(made) if kind is Kind.SELLING else (made[0],) * WORKERS

    counts = ways.measure(way, Order(kind, sellers, SECONDS, installation.config))

    assert len(counts) == WORKERS
    assert all(count.pieces for count in counts)
    assert sum(sold(app, each) for each in made) == sum(count.pieces + 1 for count in counts)
    for each in made:
        assert [found.status for found in verify.verify(app, seller_id=each)] == [Status.VERIFIED]


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("kind", [Kind.PYTHON, Kind.PASSWORD, Kind.WAITING])
def test_every_kind_of_work_runs_in_every_way(installation: Installation, kind: Kind, way: Way) -> None:
    counts = ways.measure(way, Order(kind, (1,) * WORKERS, SECONDS, installation.config))

    assert len(counts) == WORKERS
    assert all(count.pieces for count in counts)


def test_the_table_gives_ratios_to_one_thread() -> None:
    rates = {
        (kind, way, workers): 200.0 * workers if way is Way.THREADS else 100.0
        for kind in Kind
        for way in Way
        for workers in concurrency.WORKERS
    }

    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in concurrency.table(rates).splitlines()
    ]

    assert cells[2] == [str(Kind.PYTHON), "200", "threads", "1.00", "2.00", "4.00", "8.00"]
    assert cells[3] == ["", "", "processes", "0.50", "0.50", "0.50", "0.50"]
