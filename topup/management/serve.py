"""`topup serve`: the HTTP server, in the foreground, until SIGTERM or SIGINT.

On a signal it accepts nothing new, answers what it has begun, runs the application's shutdown and
ends. It never starts a database; `topup up` does. The application is loaded once, in the main process;
what forks from that is at work in a moment, also where one is replaced.
"""

import gc
import importlib
import logging.config
import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from topup.config import Config
from topup.management import handover, ports, production, workers
from topup.management.workers import EXIT_PROBLEM
from topup.telemetry import logs, snapshots

if TYPE_CHECKING:
    import uvicorn

HELP = "Serve HTTP in the foreground."
TARGET = "topup.site.asgi:application"
PROTOCOL = "protocol"
"""What a target's module may have beside the application: its own uvicorn protocol."""
OF_EVERY_WORKER = ("uvicorn", "uvloop")
"""What each worker would load for itself."""
# Connections that the kernel keeps while all workers are busy. More than a burst of clients, and
# few enough to be answered before they give up.
BACKLOG = 2048
# How long requests in progress and the application's shutdown may take together before the worker
# is killed. A killed transaction is rolled back, and its key may be sent again.
DRAIN_TIMEOUT_S = 30
# A worker whose time is over still says so to its clients.
LAST_WORDS_S = 5
# Where the main process is killed, the supervisor starts another, which loads for about a second: so long
# its workers go on, on a socket that both have. Without a supervisor they end at once, and leave the port.
LINGER_S = 4
# Longer than a proxy's: nginx keeps a connection that nobody uses for 60 seconds.
KEEP_ALIVE_S = 75


class Loaded(NamedTuple):
    """An application, and the protocol that the server speaks for it."""

    application: Any  # whatever its type
    protocol: Any  # as uvicorn takes it


def run(config: Config, *, target: str = TARGET) -> int:
    """Serve the ASGI application `target` until told to stop. Returns the exit status."""
    end = handover.expected()
    if end is None and not ports.is_free(host=config.host, port=config.port):
        sys.stderr.write(f"topup: {config.host}:{config.port} is taken. Set PORT to another one.\n")
        return EXIT_PROBLEM
    production.refuse_unsafe(config)
    logs.prepare(config)
    with _listener(config, end, target) as (loaded, listener):
        if listener is None:
            return EXIT_PROBLEM
        snapshots.Directory.begin(snapshots.of_server(config.home, config.port))
        logging.config.dictConfig(logs.dictionary(config, threaded=False))  # the application has set its own
        logging.getLogger(__name__).info("listening at http://%s:%s", config.host, config.port)
        gc.freeze()  # what is loaded is shared by all workers for as long as nobody writes on it
        work = partial(_work, loaded, listener, config)
        return workers.run(
            work,
            count=config.api_workers,
            stop_s=DRAIN_TIMEOUT_S + LAST_WORDS_S,
            ending=listener.close,
            linger_s=LINGER_S if end is not None else 0,
        )


@contextmanager
def _listener(
    config: Config, end: socket.socket | None, target: str
) -> Iterator[tuple[Loaded, socket.socket | None]]:
    """The application, and where to listen: on the supervisor's socket, which comes once the database is
    there, or on one of our own, which nobody else can have meanwhile."""
    if end is None:
        with listening(host=config.host, port=config.port) as own:
            yield load(target), own
        return
    loaded = load(target)
    given = handover.taken(end)
    try:
        yield loaded, given
    finally:
        if given is not None:
            given.close()


def load(target: str) -> Loaded:
    """Import an application. It must start no thread and open no connection: workers are forked from it."""
    module_name, _, name = target.partition(":")
    module, *_ = [importlib.import_module(each) for each in (module_name, *OF_EVERY_WORKER)]
    return Loaded(getattr(module, name), getattr(module, PROTOCOL, "httptools"))


def listening(*, host: str, port: int) -> socket.socket:
    """A socket on this address; whoever serves it begins to listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.set_inheritable(True)
    return listener


def _work(loaded: Loaded, listener: socket.socket, config: Config) -> None:
    """Answer. Runs in each worker."""
    logging.config.dictConfig(logs.dictionary(config))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (most, most)
    )  # each client is a file; the usual limit is 1,024
    answer(loaded.application, listener, protocol=loaded.protocol)


def answer(
    application: Any, listener: socket.socket, *, protocol: Any = "httptools"
) -> None:  # whatever their types
    """Answer requests until a signal comes, in this process."""
    server(application, protocol=protocol).run(sockets=[listener])


def server(application: Any, *, protocol: Any = "httptools") -> "uvicorn.Server":  # as above
    """What answers in one process. It is given a socket, and ends where `should_exit` is set."""
    import uvicorn  # noqa: PLC0415  # only a server needs it

    settings = uvicorn.Config(
        application,
        http=protocol,
        loop="uvloop",
        ws="none",
        interface="asgi3",
        lifespan="on",
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_TIMEOUT_S,
    )
    return uvicorn.Server(settings)
