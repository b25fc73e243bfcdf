"""What the fronts share: a request as the connection has it, whose key it proves, and an answer's lines.

A front takes the plain case of one route, for speed alone; this module must hold no rule of a route.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from topup import clock
from topup.api import auth
from topup.api.auth import Caller, KeyMemory
from topup.api.errors import MEDIA_TYPE, Problem
from topup.sellers import keys
from topup.sellers.key_use import UsedKey

JSON = b"content-type: application/json\r\n"

Headers = list[tuple[bytes, bytes]]
Whose = Callable[[str, Headers], str]
"""The address of a caller behind proxies that are trusted, from that of who connected."""
encode = msgspec.json.Encoder().encode


class Request(NamedTuple):
    """A request to the route, whole: headers as they came, names in lower case, and who sent it."""

    headers: Headers
    body: bytes
    address: str


class Answer(NamedTuple):
    """`headers` are lines, each with its end."""

    status: int
    headers: bytes
    body: bytes


Finish = Callable[[Answer | None], None]
Take = Callable[[Request, Finish], bool]
"""Whether a front takes a request: then `finish` is called later with its answer, or with None where the
route must answer after all."""


class Known(NamedTuple):
    """A seller's member whose key this process remembers; `seller_id` is the caller's."""

    key: UsedKey
    caller: Caller
    seller_id: int
    address: str


def known(
    headers: dict[bytes, bytes], request: Request, *, memory: KeyMemory, whose: Whose | None
) -> Known | None:
    """Who calls, by what is remembered; None where the database must be asked, or it is no seller's member.
    Raises Problem for a key that has expired or is used from elsewhere."""
    scheme, _, written = str(headers.get(b"authorization", b""), "latin-1").partition(" ")
    key = keys.read(written)
    found = memory.recall(key) if key is not None else None
    if key is None or found is None or scheme.lower() not in auth.SCHEMES:
        return None
    seller_id = found.caller.seller_id
    if seller_id is None:
        return None
    address = whose(request.address, request.headers) if whose else request.address
    caller = auth.check(found, address=address, now_us=clock.now_us())
    return Known(UsedKey(key.id, seller_id), caller, seller_id, address)


def refused(problem: Problem, request_id: str) -> tuple[bytes, bytes]:
    """The lines of a refusal that are its own, and its body."""
    headers = {"content-type": MEDIA_TYPE, **{name.lower(): value for name, value in problem.headers.items()}}
    return lines(headers), encode(problem.body(request_id))


def lines(headers: dict[str, str]) -> bytes:
    return "".join([f"{name.lower()}: {value}\r\n" for name, value in headers.items()]).encode()
