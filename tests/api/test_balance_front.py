"""The front of `GET /balance` gives the route's answer, byte for byte, or leaves the request to the route.

Both are asked here in one process over one engine, so that what they count and note can be compared too.
"""

import asyncio
import re
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import httpx
import msgspec
import pytest

from tests.api.calls import V1
from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from topup.config import Config
from topup.sellers.key_use import Use
from topup.telemetry.counts import COUNTS, Labels

if TYPE_CHECKING:
    from topup.api.balance_front import BalanceFront
    from topup.api.engine import Engine
    from topup.api.on_the_wire import Answer

BALANCE = f"{V1}/balance"
TIMEOUT_S = 30
HERE = "127.0.0.1"
OURS = {"request-id": "the-same-of-both"}
BURST = 50
SALES = 10


class Both(NamedTuple):
    """One engine, its front, and the route over it."""

    engine: "Engine"
    front: "BalanceFront"
    route: httpx.AsyncClient

    async def by_front(self, headers: dict[str, str], *, body: bytes = b"") -> "Answer | None":
        """The front's answer; None where it leaves the request to the route, at once or afterwards."""
        from topup.api.on_the_wire import Request  # noqa: PLC0415  # Django is set up by now

        answered: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        written = [(name.encode(), value.encode()) for name, value in headers.items()]
        if not self.front.take(Request(written, body, HERE), answered.set_result):
            return None
        return await asyncio.wait_for(answered, TIMEOUT_S)

    def noted(self) -> tuple[list[Use], set[str]]:
        uses, keys = self.engine.key_use.seen.take()
        return [use._replace(at_us=0, took_us=0) for use in uses], keys


@asynccontextmanager
async def both(config: Config) -> AsyncIterator[Both]:
    from topup.api import app, balance_front  # noqa: PLC0415  # Django is set up by now
    from topup.api.engine import Engine  # noqa: PLC0415

    engine = Engine(config)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Litestar's, about our handlers' arguments
        transport = httpx.ASGITransport(app.create(engine, static=["."]), client=(HERE, 1))
    await engine.pool.open()
    engine.books.start()
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://shop", timeout=TIMEOUT_S) as route:
            yield Both(engine, balance_front.BalanceFront(engine), route)
    finally:
        await engine.books.stop()
        await engine.pool.close()


def headers_of(who: SellerAtHand | StaffAtHand, **more: str) -> dict[str, str]:
    return {"authorization": f"Token {who.key}", **OURS, **more}


def counts() -> dict[tuple[str, Labels], float]:
    taken = COUNTS.snapshot().counters
    return {(name, tuple(labels)): amount for name, those in taken.items() for labels, amount in those}


def rose(before: dict[tuple[str, Labels], float]) -> dict[tuple[str, Labels], float]:
    """By how much the counts of requests rose since."""
    now = counts()
    return {
        key: amount - before.get(key, 0)
        for key, amount in now.items()
        if key[0] == "topup_requests_total" and amount > before.get(key, 0)
    }


def masked(text: str) -> str:
    """Without what is another's at another moment: when it was read, and what is left of the limit."""
    return re.sub(r'"as_of":"[^"]*Z"|;r=\d+;t=\d+', "", text)


def lines_of(answer: "Answer") -> dict[str, str]:
    pairs = (line.split(": ", 1) for line in answer.headers.decode().splitlines())
    return {name: masked(value) for name, value in pairs}


def lines_of_route(answer: httpx.Response) -> dict[str, str]:
    return {name: masked(value) for name, value in answer.headers.items() if name != "content-length"}


@in_a_loop
async def test_front_and_route_answer_count_and_note_the_same(
    installation: Installation, new_seller: NewSeller
) -> None:
    headers = headers_of(new_seller(available=1_234))
    async with both(installation.config) as at:
        await at.route.get(BALANCE, headers=headers)  # after which the key is remembered
        at.noted()
        before = counts()
        routed, of_route, by_route = await at.route.get(BALANCE, headers=headers), at.noted(), rose(before)
        before = counts()
        fronted, of_front, by_front = await at.by_front(headers), at.noted(), rose(before)

    assert fronted is not None
    assert (fronted.status, lines_of(fronted)) == (routed.status_code, lines_of_route(routed))
    assert masked(fronted.body.decode()) == masked(routed.text)
    assert (of_front, by_front) == (of_route, by_route)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "application/xml;q=0.1", "none"])
@in_a_loop
async def test_whatever_a_client_accepts_it_gets_the_same(
    installation: Installation, new_seller: NewSeller, accept: str
) -> None:
    headers = headers_of(new_seller(), accept=accept, cookie="sessionid=none", **{"if-none-match": "*"})
    async with both(installation.config) as at:
        routed = await at.route.get(BALANCE, headers=headers)
        fronted = await at.by_front(headers)

    assert fronted is not None
    assert (fronted.status, lines_of(fronted)) == (routed.status_code, lines_of_route(routed))
    assert masked(fronted.body.decode()) == masked(routed.text)


@in_a_loop
async def test_what_is_not_plain_is_left_to_the_route(
    installation: Installation, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    plain = headers_of(seller)
    async with both(installation.config) as at:
        unknown = await at.by_front(plain)
        for who in (seller, staff):
            await at.route.get(BALANCE, headers=headers_of(who))
        left = [
            unknown,
            await at.by_front(headers_of(staff)),
            await at.by_front(OURS),
            await at.by_front({**plain, "authorization": f"Basic {seller.key}"}),
            await at.by_front({**plain, "authorization": f"Token {seller.key}x"}),
            await at.by_front(plain, body=b"{}"),
        ]
        taken = await at.by_front(plain)

    assert left == [None] * len(left)
    assert taken is not None


@in_a_loop
async def test_a_key_that_changed_or_has_expired_is_left_to_the_route(
    installation: Installation, new_seller: NewSeller
) -> None:
    from topup.sellers import keys  # noqa: PLC0415  # Django is set up by now

    seller = new_seller()
    key = keys.read(seller.key)
    assert key is not None
    async with both(installation.config) as at:
        await at.route.get(BALANCE, headers=headers_of(seller))
        known = at.engine.keys.recall(key)
        assert known is not None
        at.engine.keys.keep(key.id, known._replace(expires_at_us=1))
        expired = await at.by_front(headers_of(seller))
        older = known.caller._replace(key_epoch=(known.caller.key_epoch or 0) - 1)
        at.engine.keys.keep(key.id, known._replace(caller=older))
        changed = await at.by_front(headers_of(seller))

    assert (expired, changed) == (None, None)


@in_a_loop
async def test_past_its_limit_a_user_is_left_to_the_route(
    installation: Installation, new_seller: NewSeller
) -> None:
    headers = headers_of(new_seller())
    async with both(msgspec.structs.replace(installation.config, rate_limit_per_second=1)) as at:
        while (await at.route.get(BALANCE, headers=headers)).is_error:
            pass
        answers = [await at.by_front(headers) for _ in range(BURST)]

    assert None in answers
    assert {answer.status for answer in answers if answer is not None} <= {200}


@in_a_loop
async def test_while_the_database_is_away_both_say_so(
    installation: Installation, new_seller: NewSeller
) -> None:
    from topup.api import auth  # noqa: PLC0415  # Django is set up by now
    from topup.sellers import keys  # noqa: PLC0415

    seller = new_seller()
    key = keys.read(seller.key)
    assert key is not None
    async with both(installation.config) as at:
        (row,) = await at.engine.read(auth.FIND_KEY, (key.id,))
    async with both(msgspec.structs.replace(installation.config, topup_home="/nowhere")) as at:
        at.engine.keys.keep(key.id, auth.from_row(row))
        fronted, routed = await asyncio.gather(
            at.by_front(headers_of(seller)), at.route.get(BALANCE, headers=headers_of(seller))
        )

    assert fronted is not None
    assert (fronted.status, fronted.body.decode()) == (routed.status_code, routed.text)
    assert routed.json()["code"] == "database_unavailable"
    assert lines_of(fronted)["retry-after"] == routed.headers["retry-after"]


def test_a_seller_reads_its_own_writes(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=SALES * 5_000))
    for place in range(SALES):
        body = {"phone_number": "09121234567", "amount": 5_000}
        sold = client.post(f"{V1}/recharges", json=body, headers={"Idempotency-Key": f"own-{place}"}).json()
        shown = client.get(BALANCE).json()

        assert (shown["available"], shown["version"]) == (sold["balance_after"], sold["version"])


def test_a_revoked_key_reads_nothing_from_the_next_request_on(
    api: Api, server: Server, new_seller: NewSeller
) -> None:
    client = api(new_seller(available=1))
    for _ in range(2):  # the second is the front's
        assert client.get(BALANCE).json()["available"] == 1
    (key,) = client.get(f"{V1}/tokens").json()["data"]

    assert client.delete(f"{V1}/tokens/{key['id']}").is_success
    answer = httpx.get(f"{server.url}{BALANCE}", headers=client.headers, timeout=TIMEOUT_S)

    assert answer.status_code == httpx.codes.UNAUTHORIZED
