"""What a load generator counts as sold is what the database has, whichever generator it is."""

from pathlib import Path

import pytest

from bench import load
from bench.load import Counts, Load, LoadFailed
from bench.scenarios import PRICE_MINOR, Scenario, What
from tests.conftest import NewSeller
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server
from topup.trips import Connection

SECONDS = 1
ENOUGH = 1_000_000 * PRICE_MINOR
WRK = load.wrk()
GENERATORS = [
    pytest.param(WRK, id="wrk", marks=pytest.mark.skipif(WRK is None, reason="wrk is not installed")),
    pytest.param(None, id="python"),
]


def sell(
    server: Server, sellers: list[SellerAtHand], *, program: str | None, items: int, keys: Path
) -> Counts:
    keys.write_text("".join(f"{seller.key}\n" for seller in sellers), encoding="ascii")
    scenario = Scenario(connections=8, sellers=len(sellers), items=items)
    order = Load(url=server.url, scenario=scenario, seconds=SECONDS, keys=keys, prefix="load-")
    counts, _ = load.run(order, program=program)
    return counts


def sold(app: Connection, seller: SellerAtHand) -> int:
    row = app.execute("SELECT count(*) FROM recharges.recharge WHERE seller_id = %s", [seller.id]).fetchone()
    assert row is not None
    count: int = row[0]
    return count


@pytest.mark.parametrize("program", GENERATORS)
@pytest.mark.parametrize("items", [1, 5])
def test_what_was_answered_was_written(
    server: Server, new_seller: NewSeller, app: Connection, tmp_path: Path, program: str | None, items: int
) -> None:
    sellers = [new_seller(available=ENOUGH) for _ in range(3)]

    counts = sell(server, sellers, program=program, items=items, keys=tmp_path / "keys")

    each = [sold(app, seller) for seller in sellers]
    assert counts.others == {}
    assert counts.unanswered == 0
    assert 0 < counts.good_in_time <= counts.good == sum(each) / items
    assert counts.sold == sum(each)
    assert all(each), "a load that is spread reaches every seller"


@pytest.mark.parametrize("program", GENERATORS)
def test_a_hot_load_sells_for_one_seller(
    server: Server, new_seller: NewSeller, app: Connection, tmp_path: Path, program: str | None
) -> None:
    seller = new_seller(available=ENOUGH)

    counts = sell(server, [seller], program=program, items=1, keys=tmp_path / "keys")

    assert counts.good == sold(app, seller) > 0


@pytest.mark.parametrize("program", GENERATORS)
@pytest.mark.parametrize(("items", "name"), [(1, "402"), (5, "200 with errors")])
def test_what_is_no_success_is_counted_apart(
    server: Server,
    new_seller: NewSeller,
    app: Connection,
    tmp_path: Path,
    program: str | None,
    items: int,
    name: str,
) -> None:
    seller = new_seller(available=3 * items * PRICE_MINOR)

    counts = sell(server, [seller], program=program, items=items, keys=tmp_path / "keys")

    assert counts.good <= 3
    assert set(counts.others) == {name}
    assert sold(app, seller) == 3 * items


def test_a_load_on_another_machine_is_refused(tmp_path: Path) -> None:
    scenario = Scenario(connections=1, sellers=1)
    order = Load(url="http://example.com", scenario=scenario, seconds=1, keys=tmp_path, prefix="")

    with pytest.raises(LoadFailed, match="another machine"):
        load.run(order, program=None)


@pytest.mark.parametrize("program", GENERATORS)
def test_reads_are_counted_and_sell_nothing(
    server: Server, new_seller: NewSeller, app: Connection, tmp_path: Path, program: str | None
) -> None:
    seller, lines = new_seller(available=ENOUGH), tmp_path / "lines"
    lines.write_text(f"{seller.key} /api/v1/balance\n{seller.key} /api/v1/transactions\n", encoding="ascii")
    scenario = Scenario(connections=4, sellers=1, what=What.BALANCE, zipf=True)
    order = Load(url=server.url, scenario=scenario, seconds=SECONDS, keys=lines, prefix="")

    counts, _ = load.run(order, program=program)

    assert counts.good > 0
    assert (counts.sold, counts.others, sold(app, seller)) == (0, {}, 0)
