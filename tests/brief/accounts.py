"""A seller's money, added up in three other ways than the product does, and by the product's own command.

Owns the sums: plain SQL over plain psycopg. Nothing here asks the API.
"""

import json
import subprocess
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg

from tests.support.installation import Installation
from tests.support.posting import assert_books_prove_themselves
from tests.support.sellers_at_hand import SellerAtHand

COMMAND_TIMEOUT_S = 60
READ = """
SELECT b.available,
       (SELECT coalesce(sum(CASE WHEN kind IN ('credit', 'adjustment', 'release', 'reversal') THEN amount
                                 WHEN kind IN ('recharge', 'deduction', 'hold') THEN -amount
                                 ELSE 0 END), 0)
          FROM ledger.journal j WHERE j.seller_id = b.seller_id),
       (SELECT coalesce(sum(amount), 0) FROM credit.credit_request c
         WHERE c.seller_id = b.seller_id AND c.state = 'approved'),
       (SELECT coalesce(sum(amount), 0) FROM recharges.recharge r
         WHERE r.seller_id = b.seller_id AND r.state = 'succeeded'),
       (SELECT count(*) FROM recharges.recharge r WHERE r.seller_id = b.seller_id)
  FROM ledger.book b WHERE b.seller_id = %s
"""


class Account(NamedTuple):
    """What the book says, and what the journal, the credits and the sales add up to, in rials."""

    available: int
    journal: int
    credits: int
    sold: int
    sales: int


def account(connection: "psycopg.Connection[Any]", seller: SellerAtHand) -> Account:
    (row,) = connection.execute(READ, [seller.id]).fetchall()
    return Account(*map(int, row))


def assert_all_agree(
    installation: Installation, sellers: Sequence[SellerAtHand], *, sales: int, left: int
) -> None:
    """Each seller made `sales` sales and has `left` rials left, in whatever way it is worked out."""
    with psycopg.connect(installation.config.dsn()) as connection:
        for seller in sellers:
            found = account(connection, seller)
            assert found.available == found.journal == found.credits - found.sold == left
            assert found.sales == sales
        assert_books_prove_themselves(connection, *(seller.id for seller in sellers))
    lines = reconciled(installation, sellers)
    for seller in sellers:
        line = lines[seller.id]
        assert (line["status"], line["current"], line["calculated"]) == ("VERIFIED", left, left)


def reconciled(installation: Installation, sellers: Sequence[SellerAtHand]) -> dict[int, dict[str, Any]]:
    """What `reconcile_balances` says of these sellers (JSON objects), by their numbers."""
    if len(sellers) == 1:
        lines = _reconcile(installation, "--vendor-id", str(sellers[0].id), status=0)
    else:
        # The books of other tests are in the same database, and some of them were tampered with.
        lines = _reconcile(installation, status=None)
    return {line["seller_id"]: line for line in lines}


def _reconcile(installation: Installation, *words: str, status: int | None) -> list[dict[str, Any]]:  # JSON
    done = subprocess.run(
        installation.command("reconcile_balances", "--report", "--format", "json", *words),
        env=installation.environment(),
        cwd=installation.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_TIMEOUT_S,
    )
    assert status in (None, done.returncode), done.stdout + done.stderr
    lines: list[dict[str, Any]] = json.loads(done.stdout)["sellers"]  # JSON
    return lines
