"""The console has words for everything that can come of a wish."""

from topup.console.outcomes import OUTCOMES
from topup.ledger.outcomes import Outcome


def test_the_table_is_total() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert all(said.text.endswith(".") for said in OUTCOMES.values())
