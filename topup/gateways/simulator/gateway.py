"""The simulated operator inside our own process: no socket, the same book and the same table.

Owns how what the operator does reaches the worker where no byte travels. Nothing is opened until the
first word is sent, so that a process that only reads callbacks opens no file.
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import Annotated, Final

import msgspec
from django.utils.translation import gettext_lazy

from topup import clock, outbound
from topup.config import Config
from topup.gateways.contract import Abilities, Answer, Notice, Order, Result
from topup.gateways.settings import Configuration, OperatorSettings, Unusable
from topup.gateways.simulator import behaviours, callbacks
from topup.gateways.simulator.behaviours import Manner
from topup.gateways.simulator.book import Book
from topup.gateways.simulator.network import Network, Reply

NAME = "simulator"
TITLE = gettext_lazy("Simulator: behaves by the number's last three digits")
HTML: Final = "<!DOCTYPE html><html><title>502</title><body>Bad gateway</body></html>"
MAX_TIMEOUT_S: Final = 60
TIMEOUT_S = 2.0
NOT_FOUND_FINAL_AFTER_S = 10.0
"""Shorter than a real operator's: whoever tries the simulator wants to see the end."""
SLOWEST_ANSWER_S = 10.0
"""More than any row of the table takes to answer."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # where we listen, and how to call it


class Settings(Configuration, frozen=True):
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=MAX_TIMEOUT_S)] = TIMEOUT_S
    """How long the worker waits for an answer that does not come."""
    not_found_final_after_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = NOT_FOUND_FINAL_AFTER_S
    callback_url: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """Empty: this installation."""

    def check(self, *, secrets: Collection[str], allowed_hosts: Collection[str]) -> None:
        if not self.callback_url:
            return
        try:
            outbound.check(self.callback_url, allowed=allowed_hosts)
        except outbound.Refused as error:
            raise Unusable("callback_url", f"{error}; name it in allowed_hosts if it is yours") from None


def make(settings: OperatorSettings, config: Config) -> "Simulator":
    return Simulator(settings, config)


class Simulator:
    """The way to the simulated operator of this installation."""

    def __init__(self, settings: OperatorSettings, config: Config) -> None:
        own = settings.configured(Settings)
        self._timeout_s = own.timeout_s
        self._secret = callbacks.secret_of(config, settings.secrets.get(callbacks.SECRET))
        self._home = config.home
        self._network: Network | None = None
        allowed = (*settings.allowed_hosts, *(() if own.callback_url else (_host(config),)))
        self._sender = callbacks.Sender(
            url=own.callback_url or _own_url(config, settings.code),
            secret=self._secret,
            client=lambda: outbound.client(
                allowed=allowed, timeout_s=callbacks.TIMEOUT_S, connections=callbacks.MAX_AT_ONCE
            ),
        )
        self.abilities = Abilities(
            can_reverse=True,
            timeout_s=max(self._timeout_s + 1, SLOWEST_ANSWER_S),
            not_found_final_after_s=own.not_found_final_after_s,
        )

    async def submit(self, order: Order) -> Answer:
        if behaviours.of(order.phone_number).manner is Manner.CLOSES:
            return Answer(Result.RETRY_LATER, "not_sent", evidence="connection refused", healthy=False)
        reply = self._open().submit(
            reference=order.reference,
            phone_number=str(order.phone_number),
            amount=str(order.amount),
            now_us=clock.now_us(),
        )
        return await self._heard(reply)

    async def query(self, order: Order) -> Answer:
        return await self._heard(self._open().query(reference=order.reference, now_us=clock.now_us()))

    async def reverse(self, order: Order) -> Answer:
        return await self._heard(self._open().reverse(reference=order.reference, now_us=clock.now_us()))

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Notice:
        return callbacks.read(headers=headers, body=body, secret=self._secret)

    async def close(self) -> None:
        await self._sender.close()
        if self._network is not None:
            self._network.book.close()
            self._network = None

    def _open(self) -> Network:
        if self._network is None:
            self._network = Network(Book(self._home), tell=self._sender.tell)
        return self._network

    async def _heard(self, reply: Reply) -> Answer:
        if reply.manner is Manner.SILENT:
            await asyncio.sleep(self._timeout_s)
            return Answer(Result.UNKNOWN, "timeout", evidence="no answer", healthy=False)
        await asyncio.sleep(reply.after_s)
        if reply.manner is Manner.GARBAGE:
            return Answer(Result.UNKNOWN, "garbage", evidence=f"200\n{HTML}")
        evidence = f"{reply.result} {reply.code or ''}".strip()
        return Answer(reply.result, reply.code, reply.operator_reference, evidence)


def _host(config: Config) -> str:
    return _ANYWHERE.get(config.host, config.host)


def _own_url(config: Config, operator: str) -> str:
    host = _host(config)
    return f"http://{f'[{host}]' if ':' in host else host}:{config.port}/api/callbacks/{operator}"
