"""A real server process of an installation, on a free port of the loopback."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.installation import Installation

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 40
POLL_S = 0.05
TAIL_BYTES = 6_000
HEALTH = "/api/health/"
_held: list[socket.socket] = []


@dataclass(frozen=True)
class Server:
    """A server that answers. `process` may be signalled by a test that has started it itself."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def tail(self) -> str:
        """The end of what it wrote; nothing where its home is gone already."""
        written = self.log.read_bytes() if self.log.exists() else b""
        return written[-TAIL_BYTES:].decode(errors="replace")


@contextmanager
def serving(installation: Installation, **settings: str) -> Iterator[Server]:
    """A server with these settings (`API_WORKERS="2"`), stopped by SIGTERM at the end."""
    port = free_port()
    log = installation.home / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            installation.command("serve"),
            env=installation.environment(PORT=str(port), **settings),
            cwd=installation.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        _stop(server)


def free_port() -> int:
    """A port of the loopback that nobody listens on, and that the kernel gives to nobody else meanwhile.

    It stays bound to the end of this process; who shares addresses (SO_REUSEADDR), as servers do, can listen.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _held.append(held)
    port: int = held.getsockname()[1]
    return port


def _wait_until_it_answers(server: Server) -> None:
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until:
        assert server.process.poll() is None, f"the server ended:\n{server.tail()}"
        try:
            if httpx.get(server.url + HEALTH, timeout=5).status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return
        except httpx.TransportError:
            pass
        time.sleep(POLL_S)
    raise AssertionError(f"the server does not answer:\n{server.tail()}")


def _stop(server: Server) -> None:
    if server.process.poll() is None:
        os.kill(server.process.pid, signal.SIGTERM)
    try:
        server.process.wait(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
        raise AssertionError(f"the server did not stop:\n{server.tail()}") from None
