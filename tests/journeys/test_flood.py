"""Flood: what there is no room for is refused at once, untouched, and sold when it is sent again."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.api.calls import an_item, item_problem, sell_batch
from tests.conftest import Api, NewSeller
from tests.journeys.shops import whole
from topup.ledger.batching import MAX_QUEUED
from topup.trips import Connection

BATCHES = MAX_QUEUED // 1_000 + 2
ALL_THERE_S = 1.2
"""Longer than it takes to read the batches, shorter than a sale waits for its book."""


def test_more_than_a_lane_holds_is_refused_and_sold_when_sent_again(
    api: Api, app: Connection, owner: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=10_000)
    client = api(seller)
    batches = [[an_item(amount=1) for _ in range(1_000)] for _ in range(BATCHES)]

    with ThreadPoolExecutor(BATCHES) as pool:
        with owner.transaction():  # while its book is locked, everything waits
            owner.execute("SELECT FROM ledger.book WHERE seller_id = %s FOR UPDATE", [seller.id])
            answers = [pool.submit(sell_batch, client, items) for items in batches]
            time.sleep(ALL_THERE_S)
        results: list[dict[str, Any]] = [each for answer in answers for each in answer.result()]  # JSON

    refused = [result for result in results if result["status"] != 201]
    for result in refused:
        item_problem(result, 503, "overloaded")
    assert refused  # there are more than MAX_QUEUED
    assert whole(app, seller.id) == 10_000 - (len(results) - len(refused))

    again = [result for items in batches for result in sell_batch(client, items)]
    assert {result["status"] for result in again} == {201}
    assert whole(app, seller.id) == 10_000 - 1_000 * BATCHES
