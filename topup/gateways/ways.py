"""The gateways at hand in a worker: made from what staff have set, and made anew when that changes.

Owns the gateways that are open and when the settings are looked at. A gateway that was replaced is
closed once its words have ended.
"""

import asyncio
import logging
from collections.abc import Mapping

import psycopg

from topup import clock, trips
from topup.config import Config
from topup.gateways import registry, settings
from topup.gateways.contract import Abilities, Gateway, Terms
from topup.gateways.directory import INSTANT
from topup.gateways.settings import OperatorSettings, Pair, Unusable
from topup.kept_connection import KeptConnection
from topup.trips import Connect
from topup.vault import Vault

REFRESH_S = 1.0
"""How old the settings get that a worker goes by."""
READ_TIMEOUT_S = 10.0
CLOSE_AFTER_S = 120.0
"""Longer than any word under way through a gateway that was replaced."""

log = logging.getLogger(__name__)


class _Open:
    """A gateway and the version of the settings that it was made from."""

    def __init__(self, version: int, gateway: Gateway) -> None:
        self.version = version
        self.gateway = gateway


class GatewaysAtHand:
    """Used in one loop."""

    def __init__(self, connect: Connect, *, config: Config, vault: Vault) -> None:
        self._kept = KeptConnection(connect)
        self._config = config
        self._vault = vault
        self._refreshed_s = -REFRESH_S
        self._current: dict[str, str] = {}
        self._settings: dict[Pair, OperatorSettings] = {}
        self._broken: dict[Pair, str] = {}
        self._open: dict[Pair, _Open] = {}
        self._unusable: dict[Pair, int] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def refresh(self) -> None:
        """Look whether staff changed anything, once in REFRESH_S. Raises what the database raises."""
        if clock.monotonic_s() - self._refreshed_s < REFRESH_S:
            return
        try:
            operators, connections = await self._read()
        except (psycopg.Error, OSError, TimeoutError):
            await self._kept.close()
            raise
        loaded = settings.loaded(connections, self._vault)
        self._current = dict(operators)
        self._settings = loaded.settings
        self._tell_broken(loaded.broken)
        self._refreshed_s = clock.monotonic_s()

    def terms(self) -> Mapping[str, Terms]:
        """What each operator bears, by the gateway of this moment and those that are open."""
        return {code: self._terms(code, gateway) for code, gateway in self._current.items()}

    def gateway(self, operator: str, name: str) -> Gateway | None:
        """The gateway, made if need be; None where it can't be made, which is logged."""
        pair = (operator, name)
        wanted = self._settings.get(pair) or settings.unset(operator=operator, gateway=name)
        open_now = self._open.get(pair)
        if open_now is not None and open_now.version == wanted.version:
            return open_now.gateway
        if pair in self._broken or self._unusable.get(pair) == wanted.version:
            return None
        try:
            made = registry.make(wanted, self._config)
        except Unusable as error:
            log.error("the gateway %s of %s can't be used: %s", name, operator, error)  # noqa: TRY400  # no bug of ours
            self._unusable[pair] = wanted.version
            return None
        if open_now is not None:
            self._close_later(open_now.gateway)
        self._open[pair] = _Open(wanted.version, made)
        return made

    async def close(self) -> None:
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        for each in self._open.values():
            await each.gateway.close()
        await self._kept.close()

    def _terms(self, operator: str, current: str) -> Terms:
        # One that staff set up and left again may still have recharges under way.
        set_up = {name for code, name in (*self._open, *self._settings) if code == operator}
        names = (set_up | {current}) - {INSTANT}
        able = [way.abilities for name in names if (way := self.gateway(operator, name))] or [Abilities()]
        own = self._settings.get((operator, current)) or settings.unset(operator=operator, gateway=current)
        return Terms(
            max_in_flight=own.max_in_flight,
            timeout_s=max(each.timeout_s for each in able),
            min_gap_s=max(each.min_gap_s for each in able),
        )

    def _tell_broken(self, broken: dict[Pair, str]) -> None:
        for pair in broken.keys() - self._broken.keys():
            log.error("the gateway %s of %s can't be used: %s", pair[1], pair[0], broken[pair])
        self._broken = broken

    def _close_later(self, gateway: Gateway) -> None:
        async def close() -> None:
            try:
                await asyncio.sleep(CLOSE_AFTER_S)
            finally:
                await gateway.close()

        task = asyncio.create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _read(self) -> trips.Rows:
        connection = await self._kept.get()
        step = [(settings.SQL["read_gateways"], ()), settings.read_all()]
        async with asyncio.timeout(READ_TIMEOUT_S):
            return await trips.run_async(connection, step)
