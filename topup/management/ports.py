"""Which port is free, and being the one who has it."""

import errno
import socket

# As many neighbours as a developer's machine may have in use; then something else is wrong.
PORT_TRIES = 50
LARGEST_PORT = 65535


class NoFreePort(RuntimeError):
    """None of the ports that were tried is free."""


def is_free(*, host: str, port: int) -> bool:
    """Whether the address can be listened on. Raises OSError where it is not ours at all."""
    taken = take(host=host, port=port)
    if taken is not None:
        taken.close()
    return taken is not None


def take(*, host: str, port: int) -> socket.socket | None:
    """A socket that listens on the address; None where another has it. Raises OSError where it is not ours
    at all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    # As servers do; a port that others share by SO_REUSEPORT still counts as taken.
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen()
    except OSError as error:
        taken.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise
    return taken


def first_free(*, host: str, port: int) -> int:
    """The port itself or the next free one after it. Raises NoFreePort."""
    with take_first_free(host=host, port=port) as taken:
        found: int = taken.getsockname()[1]
        return found


def take_first_free(*, host: str, port: int) -> socket.socket:
    """A socket that listens on the port itself or on the next free one after it. Raises NoFreePort."""
    last = min(port + PORT_TRIES, LARGEST_PORT + 1)
    for candidate in range(port, last):
        taken = take(host=host, port=candidate)
        if taken is not None:
            return taken
    raise NoFreePort(f"No port from {port} to {last - 1} is free on {host}. Set PORT to a free one.")
