"""The one hot route without a framework: `POST /api/v1/recharges` with a key that is remembered.

A front before the API, for speed alone: it fills the same struct, makes the same call and writes the
same answer as `recharges.sell`. Whatever is not the plain case it does not take, and the route answers; it
must hold no rule of its own. Measured in docs/adr/0005-a-front-for-the-hot-route.md.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from topup import clock
from topup.api import auth, bodies, errors, recharges, request_ids
from topup.api.auth import Caller
from topup.api.engine import Engine
from topup.api.errors import MEDIA_TYPE, Problem
from topup.api.schemas import RechargeIn
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.recharges.rules import Sale
from topup.sellers import keys
from topup.sellers.key_use import UsedKey
from topup.sellers.roles import Deed
from topup.telemetry import context, requests, security

ROUTE = "/api/v1/recharges"
PATHS = frozenset({ROUTE, f"{ROUTE}/"})
METHOD = "POST"
JSON = b"content-type: application/json\r\n"
REPLAYED = JSON + b"idempotent-replayed: true\r\n"

_encode = msgspec.json.Encoder().encode


class Request(NamedTuple):
    """A request to the route, whole: headers as they came, names in lower case, and who sent it."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    address: str


class Answer(NamedTuple):
    """`headers` are lines, each with its end."""

    status: int
    headers: bytes
    body: bytes


class Plain(NamedTuple):
    """A sale that this front carries through, and what its answer needs."""

    sale: Sale
    rate_headers: dict[str, str]
    used_key: UsedKey
    address: str
    request_id: str
    began_s: float


class Front:
    """For one loop. `whose` tells the address of a caller behind proxies that are trusted."""

    def __init__(
        self, engine: Engine, *, whose: Callable[[str, list[tuple[bytes, bytes]]], str] | None = None
    ) -> None:
        self._engine = engine
        self._whose = whose

    def take(self, request: Request, finish: Callable[[Answer | None], None]) -> bool:
        """Whether this is the plain case: then `finish` is called later with its answer, or with None
        where the route must answer after all."""
        plain = self._plain(request)
        if plain is None:
            return False

        self._engine.sales.take(plain.sale, lambda posted: finish(self._answer(plain, posted)))
        return True

    def _plain(self, request: Request) -> Plain | None:
        """The sale that this request asks for, or None where it isn't the plain case."""
        began_s = clock.monotonic_s()
        headers = dict(request.headers)
        if len(headers) != len(request.headers) or not request.body:
            return None
        key = headers.get(b"idempotency-key")
        if key is None:
            return None
        try:
            known = self._remembered(headers, request)
            if known is None:
                return None
            used, caller, address = known
            if (media_type := headers.get(b"content-type")) != b"application/json":
                bodies.check_media_type(str(media_type or b"", "latin-1"))
            reference = bodies.check_key(str(key, "latin-1"))
            sale = recharges.wanted(caller, bodies.decode(request.body, RechargeIn), reference)
            rate_headers = self._engine.key_rate.count(f"u{caller.user_id}")
        except Problem:  # told by the route, which finds it again
            return None
        request_id, ours = request_ids.of(headers.get(request_ids.HEADER))
        context.begin(request_id, ours=ours)
        return Plain(sale, rate_headers, used, address, request_id, began_s)

    def _remembered(
        self, headers: dict[bytes, bytes], request: Request
    ) -> tuple[UsedKey, Caller, str] | None:
        scheme, _, written = str(headers.get(b"authorization", b""), "latin-1").partition(" ")
        key = keys.read(written)
        found = self._engine.keys.recall(key) if key is not None else None
        if (
            key is None
            or found is None
            or found.caller.seller_id is None
            or Deed.SELL not in found.caller.deeds
            or scheme.lower() not in auth.SCHEMES
        ):
            return None
        address = self._whose(request.address, request.headers) if self._whose else request.address
        caller = auth.check(found, address=address, now_us=clock.now_us())
        return UsedKey(key.id, found.caller.seller_id), caller, address

    def _answer(self, plain: Plain, posted: Posting | Exception) -> Answer | None:
        status, code = 201, ""
        try:
            if isinstance(posted, Exception):
                raise posted
            if posted.outcome is Outcome.STALE_KEY:
                return None
            sold, replayed = recharges.answer(posted, plain.sale)
            headers, body = REPLAYED if replayed else JSON, _encode(sold)
        except Exception as error:  # noqa: BLE001  # the boundary of a request: whoever waits is answered
            context.begin(plain.request_id, ours=False)  # many are answered in one turn of the loop
            context.identified(user_id=plain.sale.actor_id, seller_id=plain.sale.seller_id)
            problem = error if isinstance(error, Problem) else errors.internal(error, plain.request_id)
            status, code = problem.status, problem.code
            headers, body = _refusal(problem, plain.request_id)
        self._count(plain, status=status, code=code)
        extra = "".join([f"{name.lower()}: {value}\r\n" for name, value in plain.rate_headers.items()])
        return Answer(status, headers + f"request-id: {plain.request_id}\r\n{extra}".encode(), body)

    def _count(self, plain: Plain, *, status: int, code: str) -> None:
        requests.answered(method=METHOD, route=ROUTE, status=status, began_s=plain.began_s)
        self._engine.key_use.seen.note(
            plain.used_key,
            method=METHOD,
            path=ROUTE,
            status=status,
            code=code,
            request_id=plain.request_id,
            began_s=plain.began_s,
        )
        if status in requests.TURNED_AWAY:
            security.turned_away(status=status, code=code, method=METHOD, route=ROUTE, address=plain.address)


def _refusal(problem: Problem, request_id: str) -> tuple[bytes, bytes]:
    lines = {"content-type": MEDIA_TYPE, **{name.lower(): value for name, value in problem.headers.items()}}
    written = "".join([f"{name}: {value}\r\n" for name, value in lines.items()]).encode()
    return written, _encode(problem.body(request_id))
