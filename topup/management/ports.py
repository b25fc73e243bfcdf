"""Which port is free."""

import errno
import socket

# As many neighbours as a developer's machine may have in use; then something else is wrong.
PORT_TRIES = 50
LARGEST_PORT = 65535


class NoFreePort(RuntimeError):
    """None of the ports that were tried is free."""


def is_free(*, host: str, port: int) -> bool:
    """Whether the address can be listened on. Raises OSError where it is not ours at all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        # As servers do; a port that others share by SO_REUSEPORT still counts as taken.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
            trial.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def first_free(*, host: str, port: int) -> int:
    """The port itself or the next free one after it. Raises NoFreePort."""
    last = min(port + PORT_TRIES, LARGEST_PORT + 1)
    for candidate in range(port, last):
        if is_free(host=host, port=candidate):
            return candidate
    raise NoFreePort(f"No port from {port} to {last - 1} is free on {host}. Set PORT to a free one.")
