"""Redis stopped, flushed or hung in mid-load: sales go on, every 201 is in the journal, every book holds."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.support import posting
from tests.support.posting import PRICE
from tests.support.redis_at_hand import RedisAtHand
from tests.support.server import Server
from topup.trips import Connection

CLIENTS = 8
SALES = 100
"""Of each client; the trouble comes when a quarter of all is sold."""
PATIENCE_S = 30
AGAIN_S = 0.2
"""After a 503, of which two workers who want one book give some on a busy machine."""


def sold_by(client: int, *, http: httpx.Client) -> Iterator[str]:
    """The references that were sold, as they are."""
    for nth in range(SALES):
        reference = f"client-{client}-{nth}"
        body = {"phone_number": "09120000000", "amount": PRICE}
        headers = {"Idempotency-Key": reference}
        until = time.monotonic() + PATIENCE_S
        while (
            answer := http.post("/api/v1/recharges", json=body, headers=headers)
        ).status_code == httpx.codes.SERVICE_UNAVAILABLE and time.monotonic() < until:
            time.sleep(AGAIN_S)
        assert answer.status_code in (200, 201), answer.text
        yield reference


@pytest.mark.parametrize("lock", ["row", "redis"])
@pytest.mark.parametrize("trouble", ["stop", "flush", "hang"])
def test_no_sale_is_lost_and_no_balance_wrong(
    serve: Callable[..., Server],
    redis: RedisAtHand,
    new_seller: NewSeller,
    api: Api,
    app: Connection,
    trouble: str,
    lock: str,
) -> None:
    server = serve(REDIS_URL=redis.url, SELLER_LOCK=lock, API_WORKERS="2")
    sellers = [new_seller(available=CLIENTS * SALES * PRICE) for _ in range(2)]
    answered: dict[int, list[str]] = {seller.id: [] for seller in sellers}

    def sell(client: int) -> None:
        seller = sellers[client % 2]
        for nth, reference in enumerate(sold_by(client, http=api(seller, on=server))):
            answered[seller.id].append(reference)
            if client == 0 and nth == SALES // 4:
                getattr(redis, trouble)()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(sell, range(CLIENTS)))

    posting.assert_books_prove_themselves(app, *answered)
    for seller_id, references in answered.items():
        assert sorted(posting.references_of(app, seller_id)) == sorted(references)
        assert posting.book_of(app, seller_id).available == CLIENTS * SALES * PRICE - len(references) * PRICE
