"""`topup simulator`: the simulated operator as an HTTP server, in the foreground, until SIGTERM or SIGINT.

It shares nothing with the product but its table of behaviours and the folder of its own book.
"""

import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from typing import Any

from topup.config import Config
from topup.gateways.simulator.callbacks import secret_of
from topup.management import ports
from topup.management.parent import die_with_parent
from topup.management.serve import BACKLOG, EXIT_PROBLEM

HELP = "Simulate an operator over HTTP, by the number's last three digits."
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8099
# Connections held at once: those of every time-out that a load simulates, beside those that are answered.
BACKPRESSURE = 8192


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default=DEFAULT_HOST, help=f"address to listen on ({DEFAULT_HOST})")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port to listen on ({DEFAULT_PORT})")
    parser.add_argument("--callback-url", default="", help="where callbacks go; none are sent without it")
    parser.add_argument(
        "--callback-secret", default="", help="signs callbacks; made from SECRET_KEY if empty"
    )


def run(config: Config, *, host: str, port: int, callback_url: str, callback_secret: str) -> int:
    """Serve until told to stop. Returns the exit status."""
    if not ports.is_free(host=host, port=port):
        sys.stderr.write(f"topup: {host}:{port} is taken. Set --port to another one.\n")
        return EXIT_PROBLEM
    secret = secret_of(config, callback_secret)
    _server(host=host, port=port).serve(
        target_loader=partial(
            load_in_worker, config=config, callback_url=callback_url, secret=secret, parent=os.getpid()
        ),
        wrap_loader=True,
    )
    return 0


def load_in_worker(
    _target: str, *, config: Config, callback_url: str, secret: bytes, parent: int
) -> Callable[..., Any]:  # an ASGI application, whatever its types
    """Make the application. Runs in the worker, which must not outlive the main process."""
    from topup.gateways.simulator.server import Server  # noqa: PLC0415  # as late as the socket

    die_with_parent(signal.SIGTERM, parent=parent)
    return Server(home=config.home, callback_url=callback_url, secret=secret)


def _server(*, host: str, port: int) -> Any:  # Granian's server has no usable type
    from granian.constants import HTTPModes, Interfaces, Loops  # noqa: PLC0415  # only a server needs Granian
    from granian.server import Server  # noqa: PLC0415

    return Server(
        "the simulator",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        loop=Loops.auto,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
    )
