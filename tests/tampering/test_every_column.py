"""Every column of every table of money, changed by a superuser past every guard, is named and located.

The table of expectations is held to the database: a new column without a row in it fails here.
"""

from typing import Any

import pytest

from tests.tampering.conftest import Check
from tests.tampering.expected import EXPECTED, ROWS, Change, NoMoney
from tests.tampering.scene import Scene
from topup.trips import Connection

MONEY = """
SELECT t.table_schema || '.' || t.table_name, c.column_name
  FROM information_schema.tables t
  JOIN information_schema.columns c USING (table_schema, table_name)
 WHERE t.table_type = 'BASE TABLE'
   AND (t.table_schema = 'ledger' OR t.table_schema IN ('recharges', 'credit') AND EXISTS (
          SELECT FROM information_schema.columns s
           WHERE s.table_schema = t.table_schema AND s.table_name = t.table_name
             AND s.column_name LIKE '%\\_seq'))
"""
CHANGES = [
    pytest.param(table, column, change, id=f"{table}.{column}")
    for table, columns in EXPECTED.items()
    for column, change in columns.items()
    if isinstance(change, Change)
]


def test_every_column_of_a_table_of_money_has_a_row_here(reader: Connection) -> None:
    found = {(table, column) for table, column in reader.execute(MONEY).fetchall()}

    assert found == {(table, column) for table, columns in EXPECTED.items() for column in columns}


def test_what_nobody_tampered_with_is_right(check: Check) -> None:
    assert check(sealed=True) == []


@pytest.mark.parametrize(("table", "column", "change"), CHANGES)
def test_a_changed_column_is_named_and_located(
    table: str, column: str, change: Change, scene: Scene, check: Check, tampered: Any  # a fixture
) -> None:  # fmt: skip
    row = (change.row or ROWS[table]).format(**scene.ids)
    with tampered(f"UPDATE {table} SET {change.sql.format(**scene.ids)} WHERE {row}"):
        without, found = check(sealed=False), check(sealed=True)

    told = [each for checked in found for each in checked.found if each.flaw == change.flaw]
    assert told, found
    assert change.sealed == (without == []), without
    wanted = table if not change.sealed else f"facts of seller {scene.seller}"
    assert any(each.where.startswith(wanted) for each in told) or change.flaw == "fact_missing", told


NO_MONEY = [
    pytest.param(table, column, id=f"{table}.{column}")
    for table, columns in EXPECTED.items()
    for column, change in columns.items()
    if isinstance(change, NoMoney)
]


def test_what_is_no_money_says_why() -> None:
    reasons = [
        change.because
        for each in EXPECTED.values()
        for change in each.values()
        if isinstance(change, NoMoney)
    ]

    assert NO_MONEY
    assert all(len(reason) > 20 for reason in reasons)
