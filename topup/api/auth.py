"""Who calls: an API key or a Django session, turned into a `Caller`.

A key is looked up afresh for every request but a sale and a look at the balance. Those trust what this
process remembers of the key, because the seller's book, which they read anyway, says whether anything
changed since.
"""

import ipaddress
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from topup.api.errors import Code, Problem
from topup.sellers import keys
from topup.sellers.roles import Deed, deeds_of, role_of
from topup.telemetry.counts import COUNTS
from topup.trips import Row

MAX_REMEMBERED = 100_000
"""Keys remembered per process, some 50 MB at the most."""
_HIT, _MISS = ("hit",), ("miss",)
SCHEMES = frozenset({"token", "bearer"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

FIND_KEY = """
SELECT k.id::text, k.secret_sha256, (extract(epoch FROM k.expires_at) * 1000000)::bigint,
       u.id, u.is_staff, u.seller_id, b.key_epoch, coalesce(b.active, true), coalesce(s.allowed_ips, '{}'),
       u.role, u.is_superuser
  FROM sellers_apikey k
  JOIN sellers_user u ON u.id = k.user_id AND u.is_active
  LEFT JOIN sellers_seller s ON s.id = u.seller_id
  LEFT JOIN ledger.book b ON b.seller_id = u.seller_id
 WHERE k.id = $1 AND k.revoked_at IS NULL
"""
FIND_STANDING = """
SELECT b.key_epoch, b.active, s.allowed_ips
  FROM ledger.book b JOIN sellers_seller s ON s.id = b.seller_id
 WHERE b.seller_id = $1
"""


class Caller(NamedTuple):
    """Who calls, and what their role allows. `seller_id` is None for staff; what trusts the memory of a key
    is held to `key_epoch`."""

    user_id: int
    is_staff: bool
    seller_id: int | None
    key_epoch: int | None
    active: bool
    deeds: frozenset[Deed]


class Remembered(NamedTuple):
    """A key as its row was when it was read."""

    caller: Caller
    secret_sha256: bytes
    expires_at_us: int | None
    networks: tuple[Any, ...]  # of ipaddress, version 4 and 6


class KeyMemory:
    """The keys that this process has seen; of too many, the one kept first is forgotten first."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, Remembered] = OrderedDict()

    def recall(self, key: keys.Key) -> Remembered | None:
        remembered = self._keys.get(key.id)
        known = remembered is not None and key.matches(remembered.secret_sha256)
        COUNTS.add("topup_key_memory_total", _HIT if known else _MISS)
        return remembered if known else None

    def keep(self, key_id: str, remembered: Remembered) -> None:
        self._keys[key_id] = remembered
        if len(self._keys) > MAX_REMEMBERED:
            self._keys.popitem(last=False)

    def forget(self, key_id: str) -> None:
        self._keys.pop(key_id, None)


def unauthenticated() -> Problem:
    return Problem(
        Code.UNAUTHENTICATED,
        "Send `Authorization: Token <key>` with a valid key; POST /api/v1/tokens makes one.",
        headers={"WWW-Authenticate": "Token"},
    )


def presented(authorization: str) -> keys.Key:
    """The key in an Authorization header. Raises Problem where there is none."""
    scheme, _, written = authorization.partition(" ")
    key = keys.read(written.strip()) if scheme.lower() in SCHEMES else None
    if key is None:
        raise unauthenticated()
    return key


def from_row(row: Row) -> Remembered:
    _, secret, expires_at_us, user_id, is_staff, seller_id, key_epoch, active, allowed_ips, *of_role = row
    role, is_superuser = of_role
    standing = role_of(
        role=role, is_staff=is_staff, is_superuser=is_superuser, is_member=seller_id is not None
    )
    caller = Caller(user_id, is_staff, seller_id, key_epoch, active, deeds_of(standing))
    return Remembered(caller, bytes(secret), expires_at_us, networks(allowed_ips))


def networks(written: list[str]) -> tuple[Any, ...]:  # of ipaddress, version 4 and 6
    return tuple(ipaddress.ip_network(each, strict=False) for each in written)


def check(remembered: Remembered, *, address: str, now_us: int) -> Caller:
    """The caller, unless the key has expired or is used from elsewhere. Raises Problem."""
    if remembered.expires_at_us is not None and remembered.expires_at_us <= now_us:
        raise unauthenticated()
    check_address(remembered.networks, address)
    return remembered.caller


def check_address(allowed: tuple[Any, ...], address: str) -> None:  # of ipaddress, version 4 and 6
    if not allowed:
        return
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        here = None
    if here is None or not any(here in network for network in allowed):
        raise Problem(
            Code.IP_NOT_ALLOWED, "Call from an address that the seller allows, or ask staff to add yours."
        )


class _SessionRequest(HttpRequest):
    """As much of a Django request as its session and its CSRF check look at."""

    def __init__(self, *, method: str, scheme: str, headers: dict[str, str]) -> None:
        super().__init__()
        self.method = method
        self._own_scheme = scheme
        self.META = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}

    def _get_scheme(self) -> str:
        return self._own_scheme


def session_user(*, method: str, scheme: str, headers: dict[str, str]) -> Any:  # a User, or None
    """The user of a Django session, CSRF checked on unsafe methods. Blocking. Raises Problem."""
    request = _SessionRequest(method=method, scheme=scheme, headers=headers)
    try:
        request.COOKIES = {
            name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()
        }
    except CookieError:
        return None
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not user.is_authenticated:
        return None
    # Its models exist once Django is set up, which is after this module is loaded.
    second_factor = import_module("allauth.mfa.utils")
    required = user.is_staff and settings.CONFIG.staff_two_factor == "required"
    if required and not second_factor.is_mfa_enabled(user):
        raise Problem(Code.FORBIDDEN, "Two-factor login is required: set it up in the console first.")
    if method not in SAFE_METHODS and not _csrf_passes(request):
        raise Problem(Code.CSRF_FAILED, "Send the csrftoken cookie's value in the X-CSRFToken header.")
    return user


def _csrf_passes(request: HttpRequest) -> bool:
    middleware = CsrfViewMiddleware(lambda _: HttpResponse())
    middleware.process_request(request)
    return middleware.process_view(request, lambda _: HttpResponse(), (), {}) is None
