"""Each statement of the list is served by an index, whatever was sold, and whatever is known of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NewSeller
from tests.portal.selling import OFTEN, grow
from tests.support.installation import ROOT
from topup import sqlfiles
from topup.portal.paging import FIRST_ID, LAST_ID
from topup.trips import Connection

SQL = sqlfiles.load(Path(ROOT, "topup", "portal", "pages", "recharges.sql"))
WALK, OF_NUMBER, FETCH = 2_000, 500, 26
"""WALK and OF_NUMBER are less than the product's, as the table is."""
ROWS = 30_000


@pytest.fixture
def seller_id(new_seller: NewSeller, owner: Connection) -> Iterator[int]:
    """A seller whose sales of one number are nearly the whole table, which tempts PostgreSQL to read it in
    its own order, and have an errand each; all undone again."""
    seller = new_seller()
    owner.execute("BEGIN")
    grow(owner, seller, count=ROWS)
    owner.execute(
        "INSERT INTO recharges.errand (seller_id, recharge_id, due_at_us, step, operator, gateway)"
        " SELECT seller_id, id, created_at_us, 'query', operator, 'simulator'"
        "   FROM recharges.recharge WHERE seller_id = %s",
        [seller.id],
    )
    yield seller.id
    owner.execute("ROLLBACK")


def values_of(name: str, seller_id: int) -> tuple[Any, ...]:  # what each statement takes
    whole = (seller_id, FIRST_ID, LAST_ID)
    return {
        "walk": (*whole, WALK, None, None, "failed", None, None, FETCH),
        "walked_to": (*whole, WALK),
        "times_of_number": (seller_id, OFTEN, OF_NUMBER),
        "of_number": (*whole, OFTEN, None, None, None, None, FETCH, OF_NUMBER),
        "of_reference": (*whole, "grown-7", None, None, None, None, None),
        "walk_open": (*whole, WALK, None, None, "unknown", None, None, FETCH),
        "walked_open_to": (*whole, WALK),
    }[name]


@pytest.mark.parametrize("known", [False, True], ids=["not analysed", "analysed"])
@pytest.mark.parametrize("name", SQL)
def test_no_statement_reads_the_whole_table(
    owner: Connection, seller_id: int, name: str, *, known: bool
) -> None:
    if known:
        owner.execute("ANALYZE recharges.recharge, recharges.errand")

    plan = psycopg.RawCursor(owner).execute(f"EXPLAIN {SQL[name]}", values_of(name, seller_id)).fetchall()

    said = "\n".join(row[0] for row in plan)
    assert "Seq Scan" not in said, said
    assert "Bitmap" not in said, said
