"""What a number was credited is read by the number's own index, also in a table that is new and unknown."""

import re
from collections.abc import Iterator

import pytest

from tests.support.installation import ROOT
from topup.recharges.phone_numbers import SQL
from topup.trips import Connection

FILES = ("schema.sql", "phone_numbers_schema.sql", "phone_number_sums_schema.sql")
QUESTIONS = {
    "number_of": "1, 989123456789, 10000",
    "number_of_all": "989123456789, 10000",
    "list_numbers": "1, 9, 9, 0, 0, 26, 1000",
}


def among_the_young(text: str) -> bytes:
    """The same SQL on the tables of `new_tables`."""
    return re.sub(r"\brecharges\.|(?<=SCHEMA )recharges\b", lambda found: f"young_{found[0]}", text).encode()


@pytest.fixture
def new_tables(superuser: Connection) -> Iterator[Connection]:
    """The product's own tables made anew, empty and never analysed, in a schema that goes away."""
    superuser.execute("BEGIN")
    for name in FILES:
        superuser.execute(among_the_young((ROOT / "topup" / "recharges" / name).read_text(encoding="utf-8")))
    yield superuser
    superuser.execute("ROLLBACK")


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_number_is_found_by_the_index_of_numbers(name: str, mode: str, new_tables: Connection) -> None:
    new_tables.execute(f"SET LOCAL plan_cache_mode = {mode}".encode())
    new_tables.execute(b"PREPARE question AS " + among_the_young(SQL[name]))

    rows = new_tables.execute(f"EXPLAIN (COSTS off) EXECUTE question ({QUESTIONS[name]})".encode())
    plan = "\n".join(row[0] for row in rows)

    assert plan.count("recharge_phone") == 1, plan  # for the sums and the last
    assert "Limit" in plan, plan
    assert "recharge_pkey" not in plan, plan
    assert "Seq Scan on recharge" not in plan, plan


def test_the_list_reads_no_more_of_its_numbers_than_a_page(new_tables: Connection) -> None:
    new_tables.execute(
        "INSERT INTO young_recharges.phone_number (seller_id, phone_number, created_at_us)"
        " SELECT 1, 989130000000 + n, n FROM generate_series(1, 10000) n"
    )
    new_tables.execute("ANALYZE young_recharges.phone_number")
    new_tables.execute(b"PREPARE question AS " + among_the_young(SQL["list_numbers"]))

    rows = new_tables.execute("EXPLAIN (COSTS off) EXECUTE question (1, 5000, 0, 0, 0, 26, 1000)")
    plan = "\n".join(row[0] for row in rows)

    assert "Index Only Scan Backward" in plan or "Index Scan Backward using phone_number_newest" in plan, plan
