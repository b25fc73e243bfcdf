"""Which addresses are the open internet's. Pure.

Others name addresses that we are to ask; what is ours (loopback, the intranet, a cloud's own services)
must not be reached through them, in whatever form it is written.
"""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What `is_global` lets through in some version of Python, or that leads to another address.
_NEVER = [
    ipaddress.ip_network(written)
    for written in ("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "64:ff9b:1::/48", "2001::/23")
]
SUBNET_BITS = 64
"""What one customer of an IPv6 provider has at the least, with any number of addresses in it."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LAST_32_BITS = 0xFFFF_FFFF


def is_public(address: Address) -> bool:
    """Whether this is an address of the open internet, also where it stands inside another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & _LAST_32_BITS)
        if inner is not None:
            return is_public(inner)
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    inside = any(address in network for network in _NEVER if network.version == address.version)
    return address.is_global and not special and not inside


def literal(host: str) -> Address | None:
    """The address that a host is written as, or None where it is a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def source(written: str) -> str:
    """What a limit by address counts under: the address, or the network that an IPv6 one is in."""
    address = literal(written) if ":" in written else None
    if not isinstance(address, ipaddress.IPv6Address):
        return written
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, SUBNET_BITS), strict=False))


def plain(hosts: Iterable[str]) -> frozenset[str]:
    """Hosts as they are compared: no brackets, no last dot, lower case."""
    return frozenset(host.strip("[]").rstrip(".").lower() for host in hosts)
