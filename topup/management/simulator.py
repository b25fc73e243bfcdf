"""`topup simulator`: the simulated operator as an HTTP server, in the foreground, until SIGTERM or SIGINT.

It shares nothing with the product but its table of behaviours and the folder of its own book.
"""

import signal
import sys
from argparse import ArgumentParser

from topup.config import Config
from topup.gateways.simulator.callbacks import secret_of
from topup.management import ports, workers
from topup.management.serve import answer, listening
from topup.management.workers import EXIT_PROBLEM

HELP = "Simulate an operator over HTTP, by the number's last three digits."
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8099


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
    from topup.gateways.simulator.server import Server  # noqa: PLC0415  # as late as the socket

    secret = secret_of(config, callback_secret)
    application = Server(home=config.home, callback_url=callback_url, secret=secret)
    for number in workers.SIGNALS:
        signal.signal(number, workers.leave)
    with listening(host=host, port=port) as listener:
        answer(application, listener)
    return 0
