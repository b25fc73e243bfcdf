"""The console has words for everything that can come of a wish."""

from tests.support.installation import Installation
from topup.console.outcomes import OUTCOMES
from topup.ledger.outcomes import Outcome


def test_the_table_is_total(installation: Installation) -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert all(str(said.text).endswith(".") for said in OUTCOMES.values())
