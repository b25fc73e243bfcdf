"""Rows that are taken away, added, swapped or set back, with the books beside them, are named and located.

A journal whose end was cut with its book set back proves itself; only a seal that was made before tells.
"""

from typing import Any

import pytest

from tests.tampering.conftest import Check
from tests.tampering.expected import EXPECTED, ROWS
from tests.tampering.scene import Scene
from topup.reconciliation.facts import Flaw

REMOVED = {
    "ledger.book": Flaw.NO_BOOK,
    "ledger.journal": "gap",
    "ledger.adjustment": Flaw.FACT_MISSING,
    "ledger.idempotency": Flaw.SEAL_FACTS,
    "ledger.low_balance": Flaw.SEAL_FACTS,
    "recharges.recharge": Flaw.FACT_MISSING,
    "credit.credit_request": Flaw.FACT_MISSING,
}
NO_TRACE = {
    "ledger.book_rebuild": "a record of no movement",
    "ledger.move": "a table of the rules, whose rows are compared one by one",
}
CUT = "DELETE FROM ledger.journal WHERE seq > 12"
BACK = """
UPDATE ledger.book b SET (available, held, funded, sold, adjusted, seq, head_hash, moved_at_us) =
  (SELECT j.available, j.held, j.funded, j.sold, j.adjusted, j.seq, j.hash, j.created_at_us
     FROM ledger.journal j WHERE j.seq = 12)
"""
FORGET = (
    "DELETE FROM recharges.recharge WHERE greatest(hold_seq, settle_seq, reverse_seq) > 12",
    "DELETE FROM credit.credit_request WHERE credit_seq > 12",
    "DELETE FROM ledger.low_balance",
    "DELETE FROM ledger.book_rebuild",
    "DELETE FROM ledger.idempotency WHERE object_id = '{approved}'",
)


def flaws(check: Check, *, sealed: bool) -> set[str]:
    return {each.flaw for checked in check(sealed=sealed) for each in checked.found}


def test_every_table_of_money_says_what_a_row_less_is() -> None:
    assert {*REMOVED, *NO_TRACE} == {*EXPECTED}


@pytest.mark.parametrize("table", REMOVED)
def test_a_row_that_was_removed_is_missed(table: str, scene: Scene, check: Check, tampered: Any) -> None:
    with tampered(f"DELETE FROM {table} WHERE {ROWS[table].format(**scene.ids)}"):
        found = flaws(check, sealed=True)

    assert REMOVED[table] in found


def test_two_movements_that_were_swapped_are_named(check: Check, tampered: Any) -> None:
    swap = [
        f"UPDATE ledger.journal SET seq = {to} WHERE seq = {was}" for was, to in ((4, 99), (5, 4), (99, 5))
    ]
    with tampered(*swap):
        (found,) = check(sealed=False)

    assert {each.seq for each in found.found if each.where.startswith("ledger.journal")} >= {4, 5}


def test_two_recharges_that_were_swapped_are_named(scene: Scene, check: Check, tampered: Any) -> None:
    one, two = scene.ids["instant"], scene.ids["captured"]
    steps = ((one, "00000000-0000-7000-8000-000000000001"), (two, one))
    last = ("00000000-0000-7000-8000-000000000001", two)
    with tampered(
        *(f"UPDATE recharges.recharge SET id = '{to}' WHERE id = '{was}'" for was, to in (*steps, last))
    ):
        (found,) = check(sealed=False)

    assert {one, two} <= {each.where.split()[-1] for each in found.found}


def test_a_journal_that_was_cut_does_not_end_where_its_book_is(check: Check, tampered: Any) -> None:
    with tampered(CUT):
        assert {"book_seq", "book_hash"} <= flaws(check, sealed=False)


def test_a_book_that_was_set_back_is_not_where_its_journal_ends(check: Check, tampered: Any) -> None:
    with tampered(BACK):
        assert {"book_seq", "book_hash"} <= flaws(check, sealed=False)


def test_a_cut_journal_with_its_book_set_back_is_found_by_a_seal_alone(
    scene: Scene, check: Check, tampered: Any
) -> None:
    with tampered(CUT, BACK, *(each.format(**scene.ids) for each in FORGET)):
        without, found = check(sealed=False), check(sealed=True)

    assert without == []
    assert [(each.flaw, each.seq) for each in found[0].found] == [(Flaw.SEAL_CUT, 14)]


def test_a_seller_that_was_wiped_out_is_found_by_a_seal(check: Check, tampered: Any) -> None:
    with tampered(*(f"DELETE FROM {table}" for table in EXPECTED if table != "ledger.move")):
        found = flaws(check, sealed=True)

    assert Flaw.SEAL_BOOK in found
