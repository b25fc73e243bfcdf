"""No test reaches beyond this machine: anything but loopback and Unix sockets raises."""

import ipaddress
import socket
import sys
from typing import Any

_HERE = {"localhost", "", None}


class NetworkBlocked(RuntimeError):
    """A test tried to reach another machine."""


def block() -> None:
    """Watch every connection and look-up of this process, until it ends."""
    sys.addaudithook(_watch)


def _watch(event: str, args: tuple[Any, ...]) -> None:  # what Python passes to any hook
    if event in ("socket.connect", "socket.sendto"):
        connection, address = args
        if connection.family != socket.AF_UNIX:
            _refuse_elsewhere(address[0])
    elif event == "socket.getaddrinfo":
        _refuse_elsewhere(args[0])


def _refuse_elsewhere(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in _HERE:
        return
    try:
        here = ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        here = False
    if not here:
        raise NetworkBlocked(f"a test tried to reach {name}")
