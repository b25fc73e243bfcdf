"""Reading what operators tell by themselves, with the gateway that carried the order.

Owns the gateways of a process that only reads callbacks. It must never send anything.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from topup.config import Config
from topup.gateways.contract import Answer, Notice, Result
from topup.gateways.directory import INSTANT
from topup.gateways.ways import GatewaysAtHand
from topup.recharges import callbacks
from topup.recharges.callbacks import Ask, Attempted, Callback
from topup.trips import Connect
from topup.vault import Vault


class Read(NamedTuple):
    """A callback, and the gateway that it was read with, if there was one."""

    callback: Callback
    gateway: str | None


class Reader:
    """Used in one loop. It connects when the first callback comes."""

    def __init__(self, connect: Connect, *, config: Config, vault: Vault) -> None:
        self._ways = GatewaysAtHand(connect, config=config, vault=vault)
        self._one_at_a_time = asyncio.Lock()

    async def read(
        self, *, operator: str, headers: Mapping[str, str], body: bytes, ask: Ask, now_us: int
    ) -> Read | None:
        """What a callback says; None where there is no such operator. Raises what the database raises.

        Only the gateway that carried the order can prove who speaks about it, also where staff have
        switched the operator to another one since.
        """
        hint = callbacks.reference_in(body)
        now, named = await ask([callbacks.gateway_now(operator), callbacks.find_attempt(hint)])
        if not now:
            return None
        attempt = _of(operator, callbacks.attempted(named))
        gateway: str = attempt.gateway if attempt else now[0][0]
        notice = await self._parsed(operator, gateway, headers, body)
        if notice.reference != hint:
            (named,) = await ask([callbacks.find_attempt(notice.reference)])
            attempt = _of(operator, callbacks.attempted(named))
            if attempt is not None and attempt.gateway != gateway:
                again = await self._parsed(operator, attempt.gateway, headers, body)
                attempt = attempt if again.reference == notice.reference else None
                gateway, notice = (attempt.gateway, again) if attempt else (gateway, notice)
        callback = callbacks.heard(notice, operator=operator, attempt=attempt, body=body, now_us=now_us)
        return Read(callback, None if gateway == INSTANT else gateway)

    async def close(self) -> None:
        await self._ways.close()

    async def _parsed(self, operator: str, gateway: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """The notice as this gateway reads it; one that says nothing where there is no gateway to read it."""
        if gateway != INSTANT:
            async with self._one_at_a_time:
                await self._ways.refresh()
            way = self._ways.gateway(operator, gateway)
            if way is not None:
                return way.parse_callback(headers=headers, body=body)
        return Notice(None, Answer(Result.UNKNOWN, code="no_gateway"), signed=False)


def _of(operator: str, attempt: Attempted | None) -> Attempted | None:
    return attempt if attempt is not None and attempt.operator == operator else None
