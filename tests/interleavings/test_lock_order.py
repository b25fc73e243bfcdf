"""Books are locked in one order, whatever order a batch names its sellers in.

A lock statement is not cut by the explorer, so this looks at what it holds while it waits.
"""

import threading
from contextlib import closing

import pytest

from tests.interleavings.worlds import PRICE, a_seller, batch
from tests.ledger.test_races import wait_until_blocked
from tests.support import posting
from tests.support.installation import Installation
from topup.ledger.outcomes import Outcome
from topup.trips import Connection

LOCK = "SELECT 1 FROM ledger.book WHERE seller_id = %s FOR NO KEY UPDATE"


@pytest.mark.parametrize("backwards", [False, True])
def test_who_waits_for_a_book_holds_none_that_comes_after_it(
    installation: Installation, app: Connection, *, backwards: bool
) -> None:
    lower, higher = sorted((a_seller(app, PRICE), a_seller(app, PRICE)))
    named = (higher, lower) if backwards else (lower, higher)
    selling, answers = batch(*(posting.a_sale(seller) for seller in named)), list[object]()

    with closing(installation.connect()) as holding, closing(installation.connect()) as waiting:
        with holding.transaction():
            holding.execute(LOCK, [lower])
            thread = threading.Thread(target=lambda: answers.append(selling(waiting)))
            thread.start()
            wait_until_blocked(app, waiting.info.backend_pid)
            app.execute(f"{LOCK} NOWAIT", [higher])  # raises where the batch has it
        thread.join()

    assert answers == [(Outcome.POSTED, Outcome.POSTED)]
