"""A hundred clients that sell while the house breaks, keep a log, and never give a sale up.

Owns what a careful client does: a key of its own for each sale, the same key again until it knows, and a
pause after each failure. Each thing it does is in the log before and after.
"""

import asyncio
import itertools
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.faults.client_log import ClientLog, Deed, Entry
from tests.faults.house import ask
from tests.faults.wire import Unanswered, Wire

CLIENTS = 100
PATIENCE_S = 30.0
"""Longer than the product lets anybody wait, also on a busy machine."""
PAUSE_S = (0.05, 0.4)
"""A client that failed comes back after this long, drawn anew each time."""
REST_S = (0.0, 0.3)
"""Between two sales of a client: some 600 a second, so that a long run can be audited to its last one."""
ANSWERS = 2
"""How often a sale that was in doubt is answered before it is believed."""
RESOLVE_S = 180.0
AGAIN = 0.05
"""The part of the sales that are sent once more after they were answered."""
RICH, POOR = 10**12, 200_000
PRICES = (5_000, 10_000, 20_000)
PASSWORD = "a-password-of-the-faults"
INSTANT = "+98912"
HELD = "+98921"
HELD_PART = 0.15
"""The part of the sales that are for an operator who is asked outside the sale, where there is one."""
ENDINGS = ("200", "200", "200", "101", "103", "104", "105", "108", "109")
"""What the simulated operator does about a number, by its last three digits."""
CREDIT = 50_000
CREDIT_PAUSE_S = 0.3


class Shop(NamedTuple):
    seller: int
    key: str


def open_shops(url: str, shops: int, *, staff_key: str) -> list[Shop]:
    """Sellers with credit; the last one is poor, so that some of its sales are refused."""
    run, made = secrets.token_hex(3), []
    for number in range(shops):
        name = f"shop-{run}-{number}"
        login = {"username": name, "password": PASSWORD}
        seller = ask(url, "POST", "/api/v1/sellers", {"name": name, **login}, key=staff_key)
        token = ask(url, "POST", "/api/v1/tokens", login)
        shop = Shop(seller["id"], token["token"])
        amount = POOR if number == shops - 1 else RICH
        asked = ask(url, "POST", "/api/v1/credit-requests", {"amount": amount}, key=shop.key)
        ask(url, "POST", f"/api/v1/credit-requests/{asked['id']}/approve", key=staff_key)
        made.append(shop)
    return made


class Crowd:
    """The clients, what they share, and what they were answered. `port` may change between their work and
    the resolving of what is in doubt."""

    def __init__(
        self,
        port: int,
        shops: list[Shop],
        *,
        staff_key: str,
        log: ClientLog,
        clients: int = CLIENTS,
        held: float = 0.0,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.acknowledged = self.refused = 0
        self._since_s = 0.0
        self._served: dict[int, float] = {}
        self._all_served = asyncio.Event()
        self.refusals: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.turned_away_s: list[float] = []
        self.port = port
        self._shops, self._staff_key, self._log = shops, staff_key, log
        self._clients, self._held, self._patience_s = clients, held, patience_s
        self._names = itertools.count(1)
        self._run = secrets.token_hex(4)
        self._open: dict[tuple[Deed, str], tuple[Shop, int, str]] = {}
        self._stopping = False
        self._chance = random.Random(secrets.randbits(32))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """They sell as long as the block lasts; then each ends what it is about."""
        tasks = [asyncio.create_task(self._client(number)) for number in range(self._clients)]
        tasks.append(asyncio.create_task(self._bank()))
        try:
            yield
            early = [task.exception() for task in tasks if task.done()]
            assert not early, f"clients gave up: {early}"
        finally:
            self._stopping = True
            await asyncio.gather(*tasks)

    async def all_served(self, *, since_s: float, patience_s: float) -> float:
        """Seconds from `since_s` until every client had an answer to something that it sent after that."""
        self._since_s, self._served = since_s, {}
        self._all_served.clear()
        async with asyncio.timeout(patience_s):
            await self._all_served.wait()
        return max(self._served.values()) - since_s

    async def resolve(self) -> None:
        """Ask again about everything that is in doubt until it is known, and once more after that."""
        doubtful = dict(self._open)
        wires = {shop.seller: self._wire(shop.key) for shop in self._shops}
        bank = self._wire(self._staff_key)
        async with asyncio.timeout(RESOLVE_S):
            for (deed, key), (shop, amount, phone) in doubtful.items():
                wire = wires[shop.seller] if deed == "recharge" else bank
                known = 0
                while known < ANSWERS:
                    if await self._try(wire, deed, shop, key, amount, phone):
                        known += 1
                    else:
                        await self._pause()
        for each in (*wires.values(), bank):
            each.close()

    async def _client(self, number: int) -> None:
        shop = self._shops[number % len(self._shops)]
        wire = self._wire(shop.key)
        while not self._stopping:
            reference = f"{self._run}-{next(self._names)}"
            await self._until_known(wire, "recharge", shop, reference, *self._wanted(), client=number)
            await asyncio.sleep(self._chance.uniform(*REST_S))
        wire.close()

    async def _bank(self) -> None:
        """The poor seller's credit, asked for and approved bit by bit."""
        shop = self._shops[-1]
        member, staff = self._wire(shop.key), self._wire(self._staff_key)
        while not self._stopping:
            await asyncio.sleep(CREDIT_PAUSE_S)
            try:
                asked = await member.ask("POST", "/api/v1/credit-requests", {"amount": CREDIT})
            except Unanswered:
                continue
            if asked.status == 201:
                await self._until_known(staff, "approval", shop, asked.body["id"], CREDIT, "")
        member.close()
        staff.close()

    def _wanted(self) -> tuple[int, str]:
        """An amount and a number."""
        draw = self._chance
        if draw.random() < self._held:
            return draw.choice(PRICES), f"{HELD}{draw.randrange(10_000):04d}{draw.choice(ENDINGS)}"
        return draw.choice(PRICES), f"{INSTANT}{draw.randrange(10**7):07d}"

    async def _until_known(
        self, wire: Wire, deed: Deed, shop: Shop, key: str, amount: int, phone: str, *, client: int = -1
    ) -> None:
        while True:
            asked_s = time.monotonic()
            if await self._try(wire, deed, shop, key, amount, phone):
                break
            await self._pause()
            if self._stopping:
                return
        if client >= 0 and asked_s >= self._since_s:
            self._served.setdefault(client, time.monotonic())
            if len(self._served) == self._clients:
                self._all_served.set()
        if self._chance.random() < AGAIN:
            await self._try(wire, deed, shop, key, amount, phone)

    async def _try(self, wire: Wire, deed: Deed, shop: Shop, key: str, amount: int, phone: str) -> bool:
        """Send it once; whether it is known now."""
        entry = Entry("invoke", deed, shop.seller, key, amount, phone, {})
        self._open[deed, key] = (shop, amount, phone)
        self._log.note(entry)
        await self._log.keep()
        asked_s = time.monotonic()
        try:
            if deed == "recharge":
                body = {"phone_number": phone, "amount": amount}
                answer = await wire.ask("POST", "/api/v1/recharges", body, reference=key)
            else:
                path = f"/api/v1/credit-requests/{key}/approve"
                answer = await wire.ask("POST", path, reference=f"approve-{key}")
        except Unanswered as error:
            self.failures["unanswered"] += 1
            self._log.note(entry._replace(what="unknown", answer={"why": str(error)}))
            return False
        if answer.status >= 500:
            says = " with Retry-After" if answer.header("retry-after") else ""
            self.failures[f"{answer.status}{says}"] += 1
            self.turned_away_s.append(time.monotonic() - asked_s)
            self._log.note(entry._replace(what="unknown", answer={"why": answer.status}))
            return False
        del self._open[deed, key]
        if answer.status < 300:
            self.acknowledged += 1
            self._log.note(entry._replace(what="ok", answer=answer.body))
        else:
            self.refused += 1
            code = answer.body.get("code", "") if answer.body else ""
            self.refusals[code] += 1
            self._log.note(entry._replace(what="refused", answer={"code": code}))
        return True

    async def _pause(self) -> None:
        await asyncio.sleep(self._chance.uniform(*PAUSE_S))

    def _wire(self, key: str) -> Wire:
        return Wire(self.port, key=key, patience_s=self._patience_s)


@asynccontextmanager
async def crowded(
    port: int,
    shops: list[Shop],
    log: Path,
    *,
    staff_key: str,
    clients: int = CLIENTS,
    held: float = HELD_PART,
    patience_s: float = PATIENCE_S,
) -> AsyncIterator[Crowd]:
    """A crowd at work on what listens on `port`. At the end it has resolved every doubt."""
    kept = ClientLog(log)
    crowd = Crowd(
        port, shops, staff_key=staff_key, log=kept, clients=clients, held=held, patience_s=patience_s
    )
    try:
        async with crowd.at_work():
            yield crowd
        await crowd.resolve()
    finally:
        kept.close()
