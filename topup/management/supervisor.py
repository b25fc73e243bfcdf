"""The processes of one installation: started in order, restarted when they die, stopped in order.

PostgreSQL first and last; the HTTP server and the worker between. Nothing here decides what to start when:
`up` does.
"""

import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping

from topup.config import Config
from topup.embedded import Cluster, ClusterError
from topup.embedded.logs import BoundedLog
from topup.management import children, handover
from topup.management.client import Client
from topup.management.handover import Handover
from topup.management.serve import DRAIN_TIMEOUT_S, LINGER_S
from topup.management.stopping import StopSignals

# Loading Django and opening connections takes seconds, on a small machine under load tens of them.
HEALTHY_TIMEOUT_S = 90
HEALTH_POLL_S = 0.05
HEALTH_REQUEST_TIMEOUT_S = 5
# The worker's own limit for draining comes first; this one is for a main process that hangs.
SERVER_STOP_S = DRAIN_TIMEOUT_S + 15
# An operator's answer is waited for as long as its gateway allows, webhooks as long as their receivers.
WORKER_STOP_S = 45
# A child that ends wakes us; this often we look at the logs, and at what is due.
WATCH_INTERVAL_S = 0.5
# A fault that passes (memory, a bug met once) is restarted, the first time at once; one that stays stops
# everything.
RESTARTS_MAX = 5
RESTARTS_WINDOW_S = 60
RESTART_DELAY_S = 0.5
# How long a database that does not start is left alone. The usual reason is a full disk, whose space
# returns at any time; until then every client is told to come back.
DATABASE_RETRY_S = 5

_TRIED_AGAIN = f"It is tried again in {DATABASE_RETRY_S} s. Nothing is sold until it starts."


class Restarts:
    """Counts the restarts of one child in a sliding window."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def allow(self, *, now_s: float) -> bool:
        """Count one more; False if that is too many."""
        while self._times and now_s - self._times[0] > RESTARTS_WINDOW_S:
            self._times.popleft()
        self._times.append(now_s)
        return len(self._times) <= RESTARTS_MAX

    @property
    def delay_s(self) -> float:
        """How long to wait before the restart that was counted last."""
        return RESTART_DELAY_S if len(self._times) > 1 else 0.0

    def __len__(self) -> int:
        return len(self._times)


class Supervisor:
    """Holds the children. `stop` may be called at any time and more than once."""

    def __init__(self, *, config: Config, stop: StopSignals, say: Callable[[str], None]) -> None:
        self.log = BoundedLog(config.logs / "server.log")
        self.worker_log = BoundedLog(config.logs / "worker.log")
        self.cluster: Cluster | None = None
        self._config = config
        self._stop = stop
        self._say = say
        self._server: subprocess.Popen[bytes] | None = None
        self._handover: Handover | None = None
        self._listener: socket.socket | None = None
        self._lingering: dict[int, float] = {}  # killed servers whose workers go on, and until when
        self._worker: subprocess.Popen[bytes] | None = None
        self._worker_due_s: float | None = None
        self._database_due_s: float | None = None
        self._port = config.port
        self._database_restarts = Restarts()
        self._server_restarts = Restarts()
        self._worker_restarts = Restarts()

    @property
    def extra(self) -> Mapping[str, str]:
        """What every child is told beside our own environment."""
        return {"TOPUP_HOME": str(self._config.home)}

    def start_database(self) -> Cluster:
        """Start the embedded server. Raises ClusterError."""
        self.cluster = Cluster(self._config, say=self._say, wait=self._stop.wait)
        self.cluster.start()
        return self.cluster

    def load_server(self, *, port: int) -> None:
        """Start the HTTP server, which loads what it is made of and then waits for its socket."""
        self._port = port
        self._handover = Handover()
        own = {"PORT": str(port), handover.VARIABLE: str(self._handover.descriptor)}
        self._server = children.spawn(
            children.command("serve"),
            extra={**self.extra, **own},
            log=self.log,
            inherits=[self._handover.descriptor],
        )
        self._handover.begun()

    def start_server(self, listener: socket.socket) -> None:
        """Let it answer on this socket, which is ours to close, and wait until it says that it is healthy.
        Raises StepFailed."""
        self._listener = listener
        port: int = listener.getsockname()[1]
        if port != self._port and self._server:  # it was told another one
            if self._handover:
                self._handover.give_up()
            children.end(self._server, limit_s=SERVER_STOP_S)
            self.load_server(port=port)
        self._refuse_dead_server(late=False)
        self._hand_over()
        until = time.monotonic() + HEALTHY_TIMEOUT_S
        with Client(host=self._config.host, port=port, timeout_s=HEALTH_REQUEST_TIMEOUT_S) as client:
            while client.status("/api/health/") != 200:  # noqa: PLR2004  # OK
                self._refuse_dead_server(late=time.monotonic() > until)
                self._stop.wait(HEALTH_POLL_S)

    def start_worker(self) -> None:
        """Start the worker. What it can't do yet it does later, so nobody waits for it."""
        extra = {**self.extra, "PORT": str(self._port)}
        self._worker = children.spawn(children.command("worker"), extra=extra, log=self.worker_log)

    def watch(self) -> None:
        """Restart what dies, for ever. Raises StepFailed when the server stays dead, or StopRequested."""
        while True:
            self._stop.wait_for_child(self._until_due_s())
            if self.cluster:
                self._look_at_database(self.cluster)
            self._look_at_server()
            self._look_at_worker()
            self.log.turn_over_if_large()
            self.worker_log.turn_over_if_large()
            if self.cluster:
                self.cluster.log.turn_over_if_large()

    def _until_due_s(self) -> float:
        """Seconds until something is to be done though no child ends."""
        due = [at_s for at_s in (self._database_due_s, self._worker_due_s) if at_s is not None]
        return max(0.0, min([WATCH_INTERVAL_S, *(at_s - time.monotonic() for at_s in due)]))

    def _look_at_database(self, cluster: Cluster) -> None:
        if self._database_due_s is None and cluster.poll() is not None:
            self._plan_database(cluster)
        if self._database_due_s is not None and time.monotonic() >= self._database_due_s:
            self._restart_database(cluster)

    def _look_at_server(self) -> None:
        if self._server and self._server.poll() is not None:
            self._restart_server(self._server.returncode)
        if self._database_due_s is None:  # without its database a server would end again
            self._hand_over()

    def _look_at_worker(self) -> None:
        if self._worker and self._worker.poll() is not None:
            self._restart_worker(self._worker.returncode)
        elif self._worker_due_s is not None and time.monotonic() >= self._worker_due_s:
            self._worker_due_s = None
            self.start_worker()

    def stop(self) -> None:
        """Stop the worker, which hears what it has asked, and the server, which answers what it has
        begun; then PostgreSQL."""
        self._stop.stopping()
        if self._worker:
            self._say("Stopping the worker: it hears what it has asked.")
            self._end(self._worker, limit_s=WORKER_STOP_S)
            self._worker = None
        if self._handover:
            self._handover.give_up()
            self._handover = None
        if self._listener:
            self._listener.close()  # or who connects would wait for nobody
            self._listener = None
        if self._server:
            self._say("Stopping the HTTP server: it answers what it has begun.")
            self._end(self._server, limit_s=SERVER_STOP_S)
            self._remember_lingering(self._server)
            self._server = None
        for leader, until_s in self._lingering.items():
            if time.monotonic() < until_s:
                children.end_group(leader, limit_s=SERVER_STOP_S)
        if self.cluster and self.cluster.pid:
            self._say("Stopping PostgreSQL.")
            self.cluster.stop()

    def _end(self, process: subprocess.Popen[bytes], *, limit_s: float) -> None:
        if not children.end(process, limit_s=limit_s):
            self._say(f"It did not stop within {limit_s} s and was killed.")

    def _remember_lingering(self, server: subprocess.Popen[bytes]) -> None:
        """A server that was killed leaves workers, which nobody else could end before their time."""
        self._lingering[server.pid] = time.monotonic() + LINGER_S + SERVER_STOP_S

    def _hand_over(self) -> None:
        if self._handover and self._listener:
            self._handover.give(self._listener)
            self._handover = None

    def _refuse_dead_server(self, *, late: bool) -> None:
        if self._server and self._server.poll() is not None:
            reason = f"The HTTP server ended with status {self._server.returncode}."
        elif late:
            reason = f"The HTTP server was not healthy within {HEALTHY_TIMEOUT_S} s."
        else:
            return
        raise children.StepFailed(f"{reason} {self.log.path} ends:\n{self.log.tail()}")

    def _restart_server(self, status: int) -> None:
        if not self._server_restarts.allow(now_s=time.monotonic()):
            raise children.StepFailed(_hopeless("The HTTP server", self.log))
        count = f"{len(self._server_restarts)} of {RESTARTS_MAX}"
        self._say(f"The HTTP server ended with status {status}; restart {count}.")
        if self._server:
            self._remember_lingering(self._server)
        self._stop.wait(self._server_restarts.delay_s)
        self.load_server(port=self._port)

    def _restart_worker(self, status: int) -> None:
        """Without a worker sales go on, and are held: one that keeps dying stops nothing else."""
        delay_s: float = RESTARTS_WINDOW_S
        if self._worker_restarts.allow(now_s=time.monotonic()):
            delay_s = self._worker_restarts.delay_s
            count = f"{len(self._worker_restarts)} of {RESTARTS_MAX}"
            self._say(f"The worker ended with status {status}; restart {count}.")
        else:
            self._say(
                f"{_hopeless('The worker', self.worker_log)}\nIt is tried again in {delay_s} s. Sales go on."
            )
        self._worker = None
        self._worker_due_s = time.monotonic() + delay_s

    def _plan_database(self, cluster: Cluster) -> None:
        """Begin it anew in a moment, or in a while where that did not help: never give it up."""
        delay_s: float = DATABASE_RETRY_S
        if self._database_restarts.allow(now_s=time.monotonic()):
            delay_s = self._database_restarts.delay_s
            count = f"{len(self._database_restarts)} of {RESTARTS_MAX}"
            self._say(f"PostgreSQL ended by itself; restart {count}.")
        else:
            self._say(f"{_hopeless('PostgreSQL', cluster.log)}\n{_TRIED_AGAIN}")
        self._database_due_s = time.monotonic() + delay_s

    def _restart_database(self, cluster: Cluster) -> None:
        try:
            cluster.start()
        except (ClusterError, OSError) as error:
            self._say(f"{error}\n{_TRIED_AGAIN}")
            self._database_due_s = time.monotonic() + DATABASE_RETRY_S
        else:
            self._database_due_s = None


def _hopeless(name: str, log: BoundedLog) -> str:
    return (
        f"{name} died more than {RESTARTS_MAX} times in {RESTARTS_WINDOW_S} s. {log.path} ends:\n{log.tail()}"
    )
