"""The journal as a seller reads it: every movement once, each beginning where the last one ended."""

from itertools import pairwise
from typing import Any

import httpx

from tests.api.calls import V1, adjust, asked, balance, decide, ok, problem, reverse, sold
from tests.support.sellers_at_hand import SellerAtHand

FIELDS = {
    "id", "seller_id", "version", "type", "from", "to", "amount", "currency", "balance_before",
    "balance_after", "held_after", "source", "created_at",
}  # fmt: skip


def journal(client: httpx.Client, **query: object) -> list[dict[str, Any]]:  # JSON objects
    """Oldest first."""
    rows: list[dict[str, Any]] = ok(client.get(f"{V1}/transactions", params={"limit": 100, **query}))["data"]  # type: ignore[dict-item]  # httpx's own type of a query
    return rows[::-1]


def live(selling: httpx.Client, deciding: httpx.Client, seller: SellerAtHand) -> None:
    """One movement of every kind that the API can cause."""
    decide(deciding, asked(selling, 300)["id"], "approve")
    recharge = sold(selling, amount=70)
    adjust(deciding, seller.id, 11)
    adjust(deciding, seller.id, -7)
    reverse(deciding, recharge["id"])
    sold(selling, amount=1_000_304)


def test_each_movement_begins_where_the_last_one_ended(
    selling: httpx.Client, deciding: httpx.Client, seller: SellerAtHand
) -> None:
    live(selling, deciding, seller)

    rows = journal(selling)

    assert [row["version"] for row in rows] == list(range(1, 8))
    assert rows[0]["balance_before"] == 0
    assert all(before["balance_after"] == after["balance_before"] for before, after in pairwise(rows))
    assert rows[-1]["balance_after"] == balance(selling)["available"] == 0


def test_each_movement_names_where_the_money_went(
    selling: httpx.Client, deciding: httpx.Client, seller: SellerAtHand
) -> None:
    live(selling, deciding, seller)

    rows = journal(selling)

    told = [(row["type"], row["from"], row["to"], row["amount"]) for row in rows]
    assert told == [
        ("credit", "funded", "available", 1_000_000),
        ("credit", "funded", "available", 300),
        ("recharge", "available", "sold", 70),
        ("adjustment", "adjusted", "available", 11),
        ("adjustment", "available", "adjusted", 7),
        ("reversal", "sold", "available", 70),
        ("recharge", "available", "sold", 1_000_304),
    ]


def test_a_movement_has_the_fields_of_the_contract(selling: httpx.Client, seller: SellerAtHand) -> None:
    recharge = sold(selling)

    row = journal(selling)[-1]

    assert row.keys() == FIELDS
    assert row["source"] == {"type": "recharge", "id": recharge["id"]}
    assert (row["seller_id"], row["currency"], row["held_after"]) == (seller.id, "IRR", 0)
    assert (row["version"], row["created_at"]) == (recharge["version"], recharge["created_at"])


def test_staff_name_the_seller_whose_journal_they_read(
    selling: httpx.Client, deciding: httpx.Client, seller: SellerAtHand
) -> None:
    sold(selling)

    assert journal(deciding, seller_id=seller.id) == journal(selling)
    problem(deciding.get(f"{V1}/transactions"), 422, "validation_error")
