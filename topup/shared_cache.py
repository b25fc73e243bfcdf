"""What all processes remember together, in Redis: answers that are asked often and change rarely.

Owns the names, how old a value may be, and how a change is told. With REDIS_URL empty, or Redis away,
every answer is made afresh. No amount of money is ever kept here.

A value lies in Redis beside a token; a change sets another token, and a value counts only while the
token that its maker had read before it read the database is still the one there. So whoever reads
after a change was answered sees it, in every process; a late writer of an old value is not believed.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.conf import settings
from django.core.cache import BaseCache, caches
from django.db import transaction

from topup.circuit import Away

ALIAS = "shared"
"""In Django's CACHES, where there is REDIS_URL."""
VALUE_LIFE_S = 60
"""The oldest that a value gets where a change could not be told because Redis was away."""
TOKEN_LIFE_S = 3_600
"""Longer than any value's; a token that is gone costs one making."""
TOKEN_BYTES = 12
MAX_UNTOLD = 10_000
"""Names remembered for Redis while it is away; more are left to VALUE_LIFE_S."""

T = TypeVar("T")


class Counts(NamedTuple):
    """Since the process began: answers that were there, and answers that had to be made."""

    hits: int
    misses: int


class Json:
    """How values are written in Redis: as JSON, so that reading them back can run no code."""

    def dumps(self, value: object) -> bytes:
        return msgspec.json.encode(value)

    def loads(self, written: bytes) -> Any:  # a JSON value
        try:
            return msgspec.json.decode(written)
        except msgspec.DecodeError:  # not written by us: as if nothing were there
            return None


def in_redis(url: str, options: Mapping[str, Any]) -> dict[str, Any]:  # Django's and redis-py's own
    """The entry of this cache in Django's CACHES."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": [url],  # a list, because Django would cut a password at its comma
        "KEY_PREFIX": "topup",
        "OPTIONS": {"serializer": Json, **options},
    }


class _Counters:
    """Counted by many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits = self._misses = 0

    def count(self, *, hit: bool) -> None:
        with self._lock:
            self._hits += hit
            self._misses += not hit

    def read(self) -> Counts:
        with self._lock:
            return Counts(self._hits, self._misses)


_counters = _Counters()
_untold: set[str] = set()


def counts() -> Counts:
    """How often the cache knew the answer in this process."""
    return _counters.read()


def kept(name: str, make: Callable[[], T | None]) -> T | None:
    """The answer kept under `name`, a JSON value, or what `make` says now. None is not kept. Blocking."""
    if ALIAS not in settings.CACHES:
        return make()
    try:
        if name in _untold:
            _tell(name)
        token, value = _look(name)
    except Away:
        _counters.count(hit=False)
        return make()
    _counters.count(hit=value is not None)
    if value is None:
        value = make()
        if value is not None:
            _keep(name, token, value)
    return value


def changed(name: str) -> None:
    """Say that the answer is another one, as soon as the transaction that changes it is committed."""
    if ALIAS in settings.CACHES:
        transaction.on_commit(partial(_try_to_tell, name))


def untold() -> bool:
    """Whether a change waits for Redis to come back."""
    return bool(_untold)


def tell() -> None:
    """Tell the changes that Redis could not hear. Blocking."""
    for name in list(_untold):
        _try_to_tell(name)


def _try_to_tell(name: str) -> None:
    try:
        _tell(name)
    except Away:
        if len(_untold) < MAX_UNTOLD:
            _untold.add(name)


def _tell(name: str) -> None:
    _ask(lambda cache: cache.set(_token_of(name), _new_token(), TOKEN_LIFE_S))
    _untold.discard(name)


def _look(name: str) -> tuple[str, Any | None]:  # a JSON value
    """The token of now, and the value if it was made under that."""
    found = _ask(lambda cache: cache.get_many([_token_of(name), name]))
    token: str | None = found.get(_token_of(name))
    if token is None:
        fresh = _new_token()
        ours = _ask(lambda cache: cache.add(_token_of(name), fresh, TOKEN_LIFE_S))
        return (fresh if ours else _ask(lambda cache: cache.get(_token_of(name))) or fresh), None
    match found.get(name):
        case [made_under, value] if made_under == token:
            return token, value
    return token, None


def _keep(name: str, token: str, value: object) -> None:
    try:
        _ask(lambda cache: cache.set(name, (token, value), VALUE_LIFE_S))
    except Away:
        return


def _ask(question: Callable[[BaseCache], T]) -> T:
    from topup import redis_link  # noqa: PLC0415  # loads redis-py, only where it is used

    return redis_link.ask(lambda: question(caches[ALIAS]))


def _token_of(name: str) -> str:
    return f"{name}:token"


def _new_token() -> str:
    return secrets.token_hex(TOKEN_BYTES)
