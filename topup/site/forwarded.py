"""Who called and how, where a proxy stands between: X-Forwarded-For and X-Forwarded-Proto.

Owns the one place where these headers are believed, and only from a proxy that is named in
TRUSTED_PROXIES: anybody else could write into them what they like. It runs only where that is set.
"""

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from topup.api.shapes import Application, Receive, Scope, Send
from topup.config import Network

MAX_REMEMBERED = 4096
"""Addresses whose trust is remembered: the proxies, and who calls past them."""
MAX_HOPS = 32
"""Addresses read of one header; a longer one is somebody's game."""
SCHEMES = {b"http": "http", b"https": "https"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Proxies:
    """Those in these networks are believed."""

    def __init__(self, networks: Sequence[Network]) -> None:
        @lru_cache(maxsize=MAX_REMEMBERED)
        def is_trusted(written: str) -> bool:
            address = _address(written)
            return address is not None and any(address in network for network in networks)

        self.trusts = is_trusted

    def whose(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The address of who sent a request that came from `peer`."""
        return _client(peer, headers, self.trusts) if self.trusts(peer) else peer


def trusting(app: Application, proxies: Proxies) -> Application:
    """The application behind these proxies: `client` and `scheme` are what they forward."""

    async def forwarded(scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client") or ("", 0)
        if scope["type"] == "http" and proxies.trusts(client[0]):
            host = proxies.whose(client[0], scope["headers"])
            scope = {**scope, "client": (host, client[1] if host == client[0] else 0)}
            scope["scheme"] = _scheme(scope["headers"]) or scope["scheme"]
        await app(scope, receive, send)

    return forwarded


def _client(peer: str, headers: Iterable[tuple[bytes, bytes]], is_trusted: Callable[[str], bool]) -> str:
    """The right-most address that is no proxy of ours: what stands left of it, anybody may have written."""
    nearest = peer
    for written in reversed(_hops(headers)):
        address = _address(written)
        if address is None:
            return nearest
        nearest = str(address)
        if not is_trusted(nearest):
            return nearest
    return nearest


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    lines = [str(value, "latin-1") for name, value in headers if name == b"x-forwarded-for"]
    return [hop.strip() for hop in ",".join(lines).rsplit(",", MAX_HOPS)[-MAX_HOPS:]] if lines else []


def _scheme(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """What the nearest proxy says, which is the last one to write; None where it says nothing known."""
    lines = [value for name, value in headers if name == b"x-forwarded-proto"]
    return SCHEMES.get(lines[-1].rpartition(b",")[2].strip().lower()) if lines else None


def _address(written: str) -> Address | None:
    """An address; one of version 4 that was written as version 6 is read as what it is."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
