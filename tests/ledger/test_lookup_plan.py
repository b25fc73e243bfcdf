"""The look-ups of the money path use one index, also when they were planned on an empty, unknown table.

A plan made when a table is new is kept for a connection's life; a wrong choice of index would cost a
hot seller most of its speed.
"""

import re
from collections.abc import Iterator

import pytest

from tests.support.installation import ROOT
from topup.ledger import door
from topup.recharges import sell
from topup.trips import Connection

HOT = 20_000
"""Recharges of one seller."""
SCHEMAS = {"ledger": "young_ledger", "recharges": "young_recharges"}


def among_the_young(text: str) -> str:
    """The same SQL on the tables of `new_tables`."""
    for schema, young in SCHEMAS.items():
        text = re.sub(rf"\b{schema}\b", young, text)
    return text


@pytest.fixture
def new_tables(superuser: Connection) -> Iterator[Connection]:
    """The product's own tables made anew, empty and never analysed, in schemas that go away."""
    superuser.prepare_threshold = None
    superuser.execute("BEGIN")
    for schema in SCHEMAS:
        text = (ROOT / "topup" / schema / "schema.sql").read_text(encoding="utf-8")
        superuser.execute(among_the_young(text).encode())
    yield superuser
    superuser.execute("ROLLBACK")


def prepare(connection: Connection, statement: str) -> None:
    connection.execute(f"PREPARE question AS {among_the_young(statement)}".encode())


def plan_of(connection: Connection, arguments: str, options: str = "") -> str:
    rows = connection.execute(f"EXPLAIN ({options} COSTS off) EXECUTE question ({arguments})".encode())
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
def test_a_reference_is_found_by_the_index_of_references(mode: str, new_tables: Connection) -> None:
    new_tables.execute(f"SET LOCAL plan_cache_mode = {mode}".encode())
    prepare(new_tables, sell.SQL["lookup"])

    plan = plan_of(new_tables, "'{1}', '{1}', '{order-1}'")

    assert "recharge_seller_id_reference" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_a_hot_sellers_reference_costs_one_row_with_a_plan_from_an_empty_table(
    new_tables: Connection,
) -> None:
    new_tables.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    prepare(new_tables, sell.SQL["lookup"])
    plan_of(new_tables, "'{1}', '{1}', '{order-1}'")
    new_tables.execute(
        "INSERT INTO young_recharges.recharge (seller_id, phone_number, amount, settle_seq, actor_id,"
        " created_at_us, updated_at_us, id, state, operator_explicit, operator, currency, reference)"
        " SELECT 1, 989123456789, 5, n, 1, 0, 0, gen_random_uuid(), 'succeeded', false, 'mci', 'IRR',"
        " 'order-' || n"
        f"  FROM generate_series(1, {HOT}) n".encode()
    )

    plan = plan_of(new_tables, "'{1}', '{1}', '{order-7}'", "ANALYZE, TIMING off, SUMMARY off, ")

    assert "Rows Removed by Filter" not in plan, plan
    assert "recharge_seller_id_reference" in plan, plan


def test_an_idempotency_key_is_found_by_its_primary_key(new_tables: Connection) -> None:
    new_tables.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    prepare(new_tables, door.SQL["recall"])

    plan = plan_of(new_tables, "1, 'adjustment', 'key-1'")

    assert "idempotency_pkey" in plan, plan
    assert "Seq Scan" not in plan, plan
