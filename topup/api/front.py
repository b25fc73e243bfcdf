"""The one hot route without a framework: `POST /api/v1/recharges` with a key that is remembered.

A front before the API, for speed alone: it fills the same struct, makes the same call and writes the
same answer as `recharges.sell`. Whatever is not the plain case it does not take, and the route answers; it
must hold no rule of its own. Measured in docs/adr/0005-a-front-for-the-hot-route.md.
"""

from typing import NamedTuple

from topup import clock
from topup.api import bodies, errors, on_the_wire, recharges, request_ids
from topup.api.engine import Engine
from topup.api.errors import Problem
from topup.api.on_the_wire import JSON, Answer, Finish, Known, Request, Whose
from topup.api.schemas import RechargeIn
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.recharges.rules import Sale
from topup.sellers.roles import Deed
from topup.telemetry import context, requests, security

ROUTE = "/api/v1/recharges"
PATHS = frozenset({ROUTE, f"{ROUTE}/"})
METHOD = "POST"
URLS = frozenset((METHOD.encode(), path.encode()) for path in PATHS)
"""What this front may take, where nothing has to be decoded."""
REPLAYED = JSON + b"idempotent-replayed: true\r\n"

_encode = on_the_wire.encode


class Plain(NamedTuple):
    """A sale that this front carries through, and what its answer needs."""

    sale: Sale
    rate_headers: dict[str, str]
    known: Known
    request_id: str
    began_s: float


class Front:
    """For one loop. `whose` tells the address of a caller behind proxies that are trusted."""

    def __init__(self, engine: Engine, *, whose: Whose | None = None) -> None:
        self._engine = engine
        self._whose = whose

    def take(self, request: Request, finish: Finish) -> bool:
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
            known = on_the_wire.known(headers, request, memory=self._engine.keys, whose=self._whose)
            if known is None or Deed.SELL not in known.caller.deeds:
                return None
            if (media_type := headers.get(b"content-type")) != b"application/json":
                bodies.check_media_type(str(media_type or b"", "latin-1"))
            reference = bodies.check_key(str(key, "latin-1"))
            sale = recharges.wanted(known.caller, bodies.decode(request.body, RechargeIn), reference)
            rate_headers = self._engine.key_rate.count(f"u{known.caller.user_id}")
        except Problem:  # told by the route, which finds it again
            return None
        request_id, ours = request_ids.of(headers.get(request_ids.HEADER))
        context.begin(request_id, ours=ours)
        return Plain(sale, rate_headers, known, request_id, began_s)

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
            # The context of this request is gone: a batch is answered in one turn of the loop.
            context.begin(plain.request_id, ours=False)
            context.identified(user_id=plain.sale.actor_id, seller_id=plain.sale.seller_id)
            problem = error if isinstance(error, Problem) else errors.internal(error, plain.request_id)
            status, code = problem.status, problem.code
            headers, body = on_the_wire.refused(problem, plain.request_id)
        self._count(plain, status=status, code=code)
        extra = "".join([f"{name.lower()}: {value}\r\n" for name, value in plain.rate_headers.items()])
        return Answer(status, headers + f"request-id: {plain.request_id}\r\n{extra}".encode(), body)

    def _count(self, plain: Plain, *, status: int, code: str) -> None:
        requests.answered(method=METHOD, route=ROUTE, status=status, began_s=plain.began_s)
        self._engine.key_use.seen.note(
            plain.known.key,
            method=METHOD,
            path=ROUTE,
            status=status,
            code=code,
            request_id=plain.request_id,
            began_s=plain.began_s,
        )
        if status in requests.TURNED_AWAY:
            security.turned_away(
                status=status, code=code, method=METHOD, route=ROUTE, address=plain.known.address
            )
