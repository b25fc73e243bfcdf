"""The callbacks of the simulated operator: their form, their signature, and sending them.

Owns both ends: what the operator signs is what its gateway checks. Sending is bounded; what finds no
room or no listener is lost, as it would be with a real operator, and logged.
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from typing import Final

import httpx
import msgspec

from topup import clock
from topup import config as installation
from topup.clock import US_PER_SECOND
from topup.config import Config
from topup.gateways.contract import Answer, Notice, Result
from topup.gateways.simulator.network import Told
from topup.vault import derived

SIGNATURE: Final = "x-simulator-signature"
TIMESTAMP: Final = "x-simulator-timestamp"
SECRET: Final = "callback_secret"  # noqa: S105  # its name
PURPOSE: Final = b"topup: callbacks of the simulator, version 1"
TRIES: Final = 3
BETWEEN_TRIES_S = 1.0
TIMEOUT_S = 5.0
MAX_WAITING: Final = 10_000
"""Callbacks that are not sent yet, each a task of about 2 kB."""
MAX_AT_ONCE: Final = 32
"""Connections to whoever is called."""

log = logging.getLogger(__name__)


class Callback(msgspec.Struct, frozen=True):
    """The body of a callback."""

    reference: str
    result: Result
    operator_reference: str | None = None
    sent_at: str = ""


def secret_of(config: Config, given: str | None) -> bytes:
    """The secret given, or one that every process of this installation derives alike."""
    return given.encode() if given else derived(installation.secret_key(config), PURPOSE)


def signature(secret: bytes, *, timestamp: str, body: bytes) -> str:
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def read(*, headers: Mapping[str, str], body: bytes, secret: bytes) -> Notice:
    """What a callback says, and whether the simulator sent it. Never raises."""
    expected = signature(secret, timestamp=headers.get(TIMESTAMP, ""), body=body)
    given = headers.get(SIGNATURE, "")
    signed = hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
    evidence = body.decode("utf-8", "replace")
    try:
        said = msgspec.json.decode(body, type=Callback)
    except msgspec.DecodeError:
        return Notice(None, Answer(Result.UNKNOWN, "garbage", evidence=evidence), signed)
    code = "failed" if said.result is Result.REFUSED else None
    return Notice(said.reference, Answer(said.result, code, said.operator_reference, evidence), signed)


class Sender:
    """Sends callbacks to one address, from the loop that uses it."""

    def __init__(self, *, url: str, secret: bytes, client: Callable[[], httpx.AsyncClient]) -> None:
        """`client` makes the connections, when the first callback is due."""
        self._url = url
        self._secret = secret
        self._make_client = client
        self._client: httpx.AsyncClient | None = None
        self._waiting: set[asyncio.Task[None]] = set()

    def tell(self, told: Told) -> None:
        """Send it after its time, in a task of its own."""
        if len(self._waiting) >= MAX_WAITING:
            log.warning("a callback of the simulator is lost: %d wait already", MAX_WAITING)
            return
        task = asyncio.create_task(self._send(told))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _send(self, told: Told) -> None:
        await asyncio.sleep(told.after_s)
        for left in reversed(range(TRIES)):
            if await self._post(told):
                return
            await asyncio.sleep(BETWEEN_TRIES_S if left else 0)
        log.warning("a callback of the simulator is lost: %s did not take it", self._url)

    async def _post(self, told: Told) -> bool:
        now_us = clock.now_us()
        body = msgspec.json.encode(
            Callback(told.reference, told.result, told.operator_reference, clock.rfc3339(now_us))
        )
        timestamp = str(now_us // US_PER_SECOND)
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self._secret, timestamp=timestamp, body=body),
        }
        if self._client is None:
            self._client = self._make_client()
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success

    async def close(self) -> None:
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
