"""A past that COPY made is one that the product could have lived: its books prove themselves, and go on."""

import pytest

from bench import reading
from bench.growth import disk, grow
from bench.growth.disk import Share
from bench.growth.grow import Grown
from bench.growth.measure import prove
from bench.scenarios import FUNDS_MINOR, PRICE_MINOR, What
from tests.conftest import Api
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand
from topup.trips import Connection

SELLERS = 7
RECHARGES = 101
"""No multiple of the sellers, nor of the processes that fill."""


@pytest.fixture(scope="module")
def grown(installation: Installation) -> Grown:
    return grow.grow(installation, staff_key="", sellers=SELLERS, recharges=RECHARGES)


def key(grown: Grown) -> StaffAtHand:
    """The first seller's key, as the tests' clients take it."""
    return StaffAtHand(0, "", "", grown.people.keys.read_text(encoding="ascii").split()[0])


def test_books_with_a_made_past_prove_themselves(installation: Installation, grown: Grown) -> None:
    assert prove(installation, grown, grown.sellers)


def test_as_many_recharges_as_were_asked_for_are_there(grown: Grown, app: Connection) -> None:
    row = app.execute(
        "SELECT count(*), count(DISTINCT seller_id) FROM recharges.recharge WHERE seller_id = ANY (%s)"
        " AND reference LIKE 'order-%%'",
        [grown.sellers],
    ).fetchone()

    assert row == (RECHARGES, SELLERS)


def test_who_has_a_made_past_sells_on(installation: Installation, grown: Grown, api: Api) -> None:
    client = api(key(grown))
    before = client.get("/api/v1/balance").json()

    sold = client.post(
        "/api/v1/recharges",
        json={"phone_number": "09121234567", "amount": PRICE_MINOR},
        headers={"Idempotency-Key": "after-the-past"},
    ).json()

    assert before["available"] == FUNDS_MINOR - PRICE_MINOR * (before["version"] - 1)
    assert (sold["version"], sold["balance_after"]) == (
        before["version"] + 1,
        before["available"] - PRICE_MINOR,
    )
    assert prove(installation, grown, grown.sellers[:1])


def test_a_made_recharge_is_read_as_any_other(installation: Installation, grown: Grown, api: Api) -> None:
    reading.write_paths(installation, grown.people)
    lines = grown.people.reading(What.RECHARGE).read_text(encoding="ascii").splitlines()

    for line in lines[:SELLERS]:
        secret, path = line.split()
        found = api(StaffAtHand(0, "", "", secret)).get(path).json()
        assert (found["status"], found["amount"], found["operator"]) == ("succeeded", PRICE_MINOR, "mci")


def test_what_a_recharge_takes_on_disk_is_told_by_part() -> None:
    before = {("journal", "table"): 100, ("book", "table"): 50}
    after = {("journal", "table"): 300, ("journal", "journal_pkey"): 100, ("book", "table"): 50}

    found = disk.shares(before, after, recharges=10)

    assert found == [Share("journal", "table", 20.0), Share("journal", "journal_pkey", 10.0)]
    assert disk.total(found) == 30.0


def test_every_part_of_a_table_is_counted_once(installation: Installation, superuser: Connection) -> None:
    row = superuser.execute(
        "SELECT pg_total_relation_size('ledger.book'), pg_total_relation_size('recharges.recharge')"
    ).fetchone()
    found = disk.sizes(installation)

    tables = ("ledger.book", "recharges.recharge")
    assert row == tuple(sum(size for (table, _), size in found.items() if table == name) for name in tables)
