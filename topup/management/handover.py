"""The listening socket on its way from the supervisor, which keeps it, to a server, which answers on it.

Owns both ends. A server that expects one loads first and waits: its database may start meanwhile. While a
server is replaced the port stays ours, and who connects waits instead of being refused.
"""

import os
import socket
from contextlib import suppress

VARIABLE = "TOPUP_HANDOVER"
"""The file descriptor of the server's end, which only a child of the supervisor has."""
_WORD = b"listen"


class Handover:
    """The supervisor's end, for one server."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()

    @property
    def descriptor(self) -> int:
        """What the server inherits."""
        return self._theirs.fileno()

    def begun(self) -> None:
        """The server has inherited its end, which is its alone from now on."""
        self._theirs.close()

    def give(self, listener: socket.socket) -> None:
        """Let the server answer. One that has ended already is its parent's to notice."""
        with suppress(OSError), self._ours:
            socket.send_fds(self._ours, [_WORD], [listener.fileno()])

    def give_up(self) -> None:
        """Nothing will be handed over: a server that waits ends."""
        self._ours.close()


def expected() -> socket.socket | None:
    """The server's end, once; None where nobody hands anything over."""
    written = os.environ.pop(VARIABLE, "")
    return socket.socket(fileno=int(written)) if written else None


def taken(end: socket.socket) -> socket.socket | None:
    """Wait for the socket to listen on; None where the supervisor gave it up, or is gone."""
    with end:
        _, descriptors, _, _ = socket.recv_fds(end, len(_WORD), 1)
    return socket.socket(fileno=descriptors[0]) if descriptors else None
