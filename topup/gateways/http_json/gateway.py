"""An operator that is reached by JSON over HTTP, as staff describe it: one request for each word.

Owns what a failure of the connection means: where no byte was sent, an order may be sent again; all
else is unknown. It must never send an order twice by itself, follow a redirect, or tell a secret.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

import httpx
import msgspec
from django.utils.translation import gettext_lazy

from topup import clock, outbound
from topup.config import Config
from topup.gateways.contract import Abilities, Answer, Notice, Order, Result
from topup.gateways.http_json import reading, signing, templates
from topup.gateways.http_json.configuration import Call, Settings
from topup.gateways.http_json.templates import NotInToman
from topup.gateways.settings import OperatorSettings

NAME = "http_json"
TITLE = gettext_lazy("JSON over HTTP, as configured")
MARGIN_S = 1.0
"""By which the worker waits longer than the request may take, so that the request says what happened."""
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""What `outbound` promises to raise only before a byte was written."""

__all__ = ["NAME", "TITLE", "HttpJson", "Settings", "make"]


class _Request(NamedTuple):
    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


def make(settings: OperatorSettings, _config: Config) -> "HttpJson":
    return HttpJson(settings)


class HttpJson:
    """The way to one operator."""

    def __init__(self, settings: OperatorSettings) -> None:
        self._own = settings.configured(Settings)
        self._secrets = settings.secrets
        self._allowed = settings.allowed_hosts
        self._connections = settings.max_in_flight
        self._made: httpx.AsyncClient | None = None
        self.abilities = Abilities(
            idempotent_submit=self._own.idempotent_submit,
            can_query=self._own.query is not None,
            can_reverse=self._own.reverse is not None,
            timeout_s=self._own.timeout_s + MARGIN_S,
            not_found_final_after_s=self._own.not_found_final_after_s,
            min_gap_s=self._own.min_gap_s,
        )

    async def submit(self, order: Order) -> Answer:
        return await self._ask(self._own.submit, order, unsent=Result.RETRY_LATER)

    async def query(self, order: Order) -> Answer:
        return await self._ask(self._own.query, order, unsent=Result.UNKNOWN)

    async def reverse(self, order: Order) -> Answer:
        return await self._ask(self._own.reverse, order, unsent=Result.RETRY_LATER)

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Notice:
        evidence = reading.masked(body.decode("utf-8", "replace"), self._secrets.values())
        callback = self._own.callback
        if callback is None:
            return Notice(None, Answer(Result.UNKNOWN, "no_callback_set", evidence=evidence), signed=False)
        secret = self._secrets.get(callback.signing.secret)
        signed = (
            callback.signing.scheme != "none"
            and secret is not None
            and signing.is_signed(callback.signing, secret=secret, headers=headers, body=body)
        )
        said = reading.answer(callback.reading(), status=200, headers={}, body=body)
        reference = reading.word(reading.at(callback.reference, reading.parsed(body)))
        return Notice(reference, said._replace(evidence=evidence), signed)

    async def close(self) -> None:
        if self._made is not None:
            await self._made.aclose()
            self._made = None

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._made is None:
            self._made = outbound.client(
                allowed=self._allowed, timeout_s=self._own.timeout_s, connections=self._connections
            )
        return self._made

    async def _ask(self, call: Call | None, order: Order, *, unsent: Result) -> Answer:
        """`unsent` is what it means that nothing was sent."""
        if call is None:
            return Answer(Result.UNKNOWN, "cannot_be_asked")
        try:
            request = self._request(call, order)
        except NotInToman:
            return Answer(Result.REFUSED, "amount_not_in_toman", evidence="nothing was sent")
        try:
            answer = await self._client.request(
                request.method, request.url, headers=request.headers, content=request.body
            )
        except NOT_SENT as error:
            return self._failed(unsent, "not_sent", error)
        except httpx.TimeoutException as error:
            return self._failed(Result.UNKNOWN, "timeout", error)
        except httpx.HTTPError as error:
            return self._failed(Result.UNKNOWN, "connection_lost", error)
        heard = reading.answer(
            call.answer, status=answer.status_code, headers=answer.headers, body=answer.content
        )
        return self._without_secrets(heard)

    def _request(self, call: Call, order: Order) -> _Request:
        """The request of a word, signed. Raises NotInToman."""
        values = templates.of_order(order, now_us=clock.now_us())
        url = templates.fill(call.url, values, self._secrets, escape=lambda text: quote(text, safe=""))
        headers = {name: templates.fill(text, values, self._secrets) for name, text in call.headers.items()}
        body = None
        if call.body is not None:
            body = msgspec.json.encode(templates.fill_body(call.body, values, self._secrets))
            if "content-type" not in {name.lower() for name in headers}:
                headers["Content-Type"] = "application/json"
        if self._own.signing.scheme != "none":
            signed = {
                "body": body or b"",
                "timestamp": values["timestamp"].encode(),
                "method": call.method.encode(),
                "path": httpx.URL(url).raw_path,
                "reference": order.reference.encode(),
            }
            headers[self._own.signing.header] = signing.signature(
                self._own.signing, secret=self._secrets[self._own.signing.secret], values=signed
            )
        return _Request(call.method, url, headers, body)

    def _failed(self, result: Result, code: str, error: httpx.HTTPError) -> Answer:
        evidence = f"{type(error).__name__}: {error}"
        return self._without_secrets(Answer(result, code, evidence=evidence, healthy=False))

    def _without_secrets(self, answer: Answer) -> Answer:
        secrets = self._secrets.values()
        return answer._replace(
            code=answer.code and reading.masked(answer.code, secrets),
            operator_reference=answer.operator_reference
            and reading.masked(answer.operator_reference, secrets),
            evidence=reading.masked(answer.evidence, secrets),
        )
