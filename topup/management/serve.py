"""`topup serve`: the HTTP server, in the foreground, until SIGTERM or SIGINT.

On a signal it accepts nothing new, answers what it has begun, runs the application's shutdown and
ends. It never starts a database; `topup up` does.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from topup.config import Config
from topup.management import ports
from topup.management.parent import die_with_parent
from topup.telemetry import logs, snapshots

HELP = "Serve HTTP in the foreground."
TARGET = "topup.site.asgi:application"
# Connections that the kernel keeps while all workers are busy. More than a burst of clients, and
# few enough to be answered before they give up.
BACKLOG = 2048
# Requests in progress in one worker. Above it, connections wait in the backlog; the poster's own
# queue refuses long before.
BACKPRESSURE = 1024
# How long requests in progress and the application's shutdown may take together before the worker
# is killed. A killed transaction is rolled back, and its key may be sent again.
DRAIN_TIMEOUT_S = 30
EXIT_PROBLEM = 1


def run(config: Config, *, target: str = TARGET) -> int:
    """Serve the ASGI application `target` until told to stop. Returns the exit status."""
    if not ports.is_free(host=config.host, port=config.port):
        sys.stderr.write(f"topup: {config.host}:{config.port} is taken. Set PORT to another one.\n")
        return EXIT_PROBLEM
    logs.prepare(config)
    snapshots.Directory.begin(snapshots.of_server(config.home, config.port))
    _server(config, target=target).serve(
        target_loader=partial(load_in_worker, parent=os.getpid()), wrap_loader=True
    )
    return 0


def load_in_worker(
    target: str, *, parent: int
) -> Callable[..., Any]:  # an ASGI application, whatever its types
    """Import the application. Runs in each worker, which must not outlive the main process."""
    die_with_parent(signal.SIGTERM, parent=parent)
    module, _, name = target.partition(":")
    application: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return application


def _server(config: Config, *, target: str) -> Any:  # Granian's server has no usable type
    from granian.constants import HTTPModes, Interfaces, Loops  # noqa: PLC0415  # only a server needs Granian
    from granian.server import Server  # noqa: PLC0415

    return Server(
        target,
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        workers=config.api_workers,
        loop=Loops.auto,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_TIMEOUT_S,
        log_dictconfig=logs.dictionary(config, threaded=False),
    )
