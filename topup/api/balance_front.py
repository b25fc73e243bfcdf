"""`GET /api/v1/balance` without a framework, with a key that is remembered.

A front before the API as `front.py` is, for speed alone: it reads the same book and writes the same answer as
`books.read_balance`. The book that it shows tells whether the key is still what is remembered; where it is
not, the route answers, as it does whatever is not the plain case. It must hold no rule of its own.
Measured in docs/adr/0030-reads-share-a-statement.md.
"""

from contextvars import copy_context
from typing import NamedTuple

from topup import clock
from topup.api import books, engine, errors, on_the_wire, request_ids
from topup.api.book_reads import Found
from topup.api.engine import Engine
from topup.api.errors import Problem
from topup.api.on_the_wire import JSON, Answer, Finish, Known, Request, Whose
from topup.ledger.core import Book
from topup.sellers.roles import Deed
from topup.telemetry import context, requests

ROUTE = "/api/v1/balance"
METHOD = "GET"
URLS = frozenset({(METHOD.encode(), ROUTE.encode())})
"""What this front may take: with a query, or another spelling of the path, it is the route's."""
OK = 200


class Plain(NamedTuple):
    """A read that this front carries through, and what its answer needs."""

    known: Known
    rate_headers: dict[str, str]
    request_id: str
    ours: bool
    began_s: float


class BalanceFront:
    """For one loop. `whose` tells the address of a caller behind proxies that are trusted."""

    def __init__(self, engine: Engine, *, whose: Whose | None = None) -> None:
        self._engine = engine
        self._whose = whose

    def take(self, request: Request, finish: Finish) -> bool:
        """Whether this is the plain case, as `on_the_wire.Take` says."""
        plain = self._plain(request)
        if plain is None:
            return False

        def told(found: Found, as_of_us: int) -> None:
            finish(self._answer(plain, found, as_of_us))

        self._engine.books.ask(plain.known.seller_id, told)
        return True

    def _plain(self, request: Request) -> Plain | None:
        began_s = clock.monotonic_s()
        headers = dict(request.headers)
        if len(headers) != len(request.headers) or request.body:
            return None
        try:
            known = on_the_wire.known(headers, request, memory=self._engine.keys, whose=self._whose)
            if known is None or Deed.READ not in known.caller.deeds:
                return None
            rate_headers = self._engine.key_rate.count(f"u{known.caller.user_id}")
        except Problem:  # told by the route, which finds it again
            return None
        request_id, ours = request_ids.of(headers.get(request_ids.HEADER))
        return Plain(known, rate_headers, request_id, ours, began_s)

    def _answer(self, plain: Plain, found: Found, as_of_us: int) -> Answer | None:
        if isinstance(found, Book):
            if found.key_epoch != plain.known.caller.key_epoch:
                return None
            currency = self._engine.config.default_currency
            shown = books.standing(found, currency=currency, as_of_us=as_of_us)
            return self._finished(plain, OK, "", JSON, on_the_wire.encode(shown))
        if found is None:
            return None
        # What is logged of a failure says whose request it was; a success logs nothing.
        return copy_context().run(self._refused, plain, found)

    def _refused(self, plain: Plain, error: Exception) -> Answer:
        context.begin(plain.request_id, ours=plain.ours)
        caller = plain.known.caller
        context.identified(user_id=caller.user_id, seller_id=caller.seller_id)
        told = engine.told(error)
        problem = told if isinstance(told, Problem) else errors.internal(error, plain.request_id)
        headers, body = on_the_wire.refused(problem, plain.request_id)
        return self._finished(plain, problem.status, problem.code, headers, body)

    def _finished(self, plain: Plain, status: int, code: str, headers: bytes, body: bytes) -> Answer:
        """The answer, counted and noted."""
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
        usual = on_the_wire.lines({"Request-Id": plain.request_id, **plain.rate_headers})
        return Answer(status, headers + usual, body)
