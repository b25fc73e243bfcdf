"""Credit for one sale is sold once, however many ask for it at once, over connections of their own."""

import asyncio
from collections import Counter
from collections.abc import Callable

import httpx

from tests.api.calls import V1, available, verified
from tests.conftest import Api, NewSeller
from tests.support.loop import in_a_loop
from tests.support.server import Server

MANY = 200
PRICE = 10_000
TIMEOUT_S = 120


async def ask_all(server: Server, key: str, requests: list[tuple[str, dict[str, object]]]) -> Counter[int]:
    """Send these at once; how many were answered how."""
    limits = httpx.Limits(max_connections=len(requests))
    transport = httpx.AsyncHTTPTransport(limits=limits, retries=3)  # of connecting, on a busy machine
    headers = {"Authorization": f"Token {key}"}
    async with httpx.AsyncClient(
        base_url=server.url, headers=headers, transport=transport, timeout=TIMEOUT_S
    ) as client:
        asked = (
            client.post(V1 + path, json=body, headers={"Idempotency-Key": f"one of many {number}"})
            for number, (path, body) in enumerate(requests)
        )
        return Counter(answer.status_code for answer in await asyncio.gather(*asked))


def a_sale(place: int) -> tuple[str, dict[str, object]]:
    return "/recharges", {"phone_number": f"0912{place:07}", "amount": PRICE}


@in_a_loop
async def test_one_of_two_hundred_gets_the_last_unit(
    serve: Callable[..., Server], api: Api, new_seller: NewSeller
) -> None:
    seller, server = new_seller(available=PRICE), serve(API_WORKERS="2")

    answers = await ask_all(server, seller.key, [a_sale(place) for place in range(MANY)])

    assert answers[201] == 1
    assert answers[402] + answers[503] == MANY - 1  # a machine with too much to do may say so
    assert available(api(seller)) == 0
    assert verified(api(seller))


@in_a_loop
async def test_no_way_of_selling_is_a_way_around_the_balance(
    server: Server, api: Api, new_seller: NewSeller
) -> None:
    seller = new_seller(available=PRICE)
    body: dict[str, object] = {"phone_number": "09121234567", "amount": PRICE}
    batch: dict[str, object] = {
        "items": [{**body, "reference": f"in a batch {place}"} for place in range(20)]
    }
    ways: list[tuple[str, dict[str, object]]] = [("/recharges", body), ("/recharges/batch", batch)]
    ways += [(path, body) for path in ("/../recharge", "/../payments/phone-charge", "/../charges/sell")]

    await ask_all(server, seller.key, ways * 10)

    page = api(seller).get(f"{V1}/recharges").json()
    assert [each["amount"] for each in page["data"]] == [PRICE]
    assert available(api(seller)) == 0
    assert verified(api(seller))
