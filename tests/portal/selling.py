"""Recharges for the portal's tests: a few that are really sold, or very many that only stand there.

Owns how they come about. What `grow` writes has no movement: it is for reading lists, never for books.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids
from topup.trips import Connection

OFTEN = 989121234567


def sell(
    client: httpx.Client, *, number: str, amount: int, reference: str, **more: Any
) -> str:  # JSON values
    """The id of a recharge."""
    sale = {"phone_number": number, "amount": amount, **more}
    answer = client.post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": reference})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return str(answer.json()["id"])


def sell_many(client: httpx.Client, *, count: int) -> None:
    """Recharges `many-0`, `many-1`, … in one batch, each to a number of its own."""
    items = [
        {"phone_number": f"0912{place:07}", "amount": 1_000, "reference": f"many-{place}"}
        for place in range(count)
    ]
    answer = client.post("/api/v1/recharges/batch", json={"items": items})
    assert [each["status"] for each in answer.json()["results"]] == [201] * count


def grow(
    owner: Connection,
    seller: SellerAtHand,
    *,
    count: int,
    number: int = OFTEN,
    amount: int = 1_000,
    operators: Mapping[int, str] | None = None,
    at_us: int | None = None,
) -> None:
    """Recharges `grown-0`, … of one number, each newer than the last; `operators` are of single ones.

    The first is of `at_us`, or of now.
    """
    now_us = clock.now_us() if at_us is None else at_us
    columns = (
        "seller_id, phone_number, amount, settle_seq, actor_id, created_at_us, updated_at_us, id, state,"
        " operator_explicit, operator, currency, reference"
    )
    with owner.cursor() as cursor, cursor.copy(f"COPY recharges.recharge ({columns}) FROM STDIN") as copy:
        for place in range(count):
            at_us = now_us + place  # a millisecond apart, very many would reach into the future
            identifier = ids.compose(moment_us=at_us, tail=place, seller_id=seller.id)
            operator = (operators or {}).get(place, "mci")
            times = (seller.user_id, at_us, at_us, identifier, "succeeded")
            copy.write_row((seller.id, number, amount, 1, *times, False, operator, "IRR", f"grown-{place}"))
