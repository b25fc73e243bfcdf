"""`topup up`: everything with one command, in numbered steps, until Ctrl-C.

The steps: PostgreSQL, migrations, demonstration data, HTTP server and worker, and the proof that the books
are exact. Then it watches over its children.
"""

import time

import msgspec

from topup.config import Config, ConfigError
from topup.embedded import ClusterError, HomeLock
from topup.embedded.logs import BoundedLog
from topup.management import box, children, demo, ports, production, proof, screen
from topup.management.client import ApiError, Client
from topup.management.ports import NoFreePort
from topup.management.stopping import StopRequested, StopSignals
from topup.management.supervisor import SERVER_STOP_S, Supervisor

HELP = "Start PostgreSQL, migrate, serve, and prove the books; Ctrl-C stops everything."
STEPS = 5
EXIT_PROBLEM = 1
# A look at the books on a warm start is a courtesy; it must not keep anybody waiting.
LOOK_TIMEOUT_S = 5
POLL_S = 0.02
# Everything that can go wrong with a step and carries a message for the operator.
EXPECTED = (
    ClusterError,
    ConfigError,
    children.StepFailed,
    NoFreePort,
    ApiError,
    OSError,
    msgspec.DecodeError,
)


def run(config: Config) -> int:
    """Start, watch, stop. Returns the exit status; ConfigError passes through."""
    production.refuse_unsafe(config, database=False)
    shown = screen.for_stdout()
    with HomeLock(config.home) as lock, StopSignals(say=shown.say) as stop:
        supervisor = Supervisor(config=config, stop=stop, say=shown.say)
        status = EXIT_PROBLEM
        try:
            _Start(config=config, shown=shown, stop=stop, supervisor=supervisor, lock=lock).run()
            supervisor.watch()
        except StopRequested:
            status = 0
        except EXPECTED as error:
            shown.say(f"\ntopup: {error}\n")
        finally:
            supervisor.stop()
        shown.say("Stopped." if status == 0 else "Stopped after a problem.")
    return status


class _Start:
    """The steps of one start, in order, with what they hand on."""

    def __init__(
        self,
        *,
        config: Config,
        shown: screen.Screen,
        stop: StopSignals,
        supervisor: Supervisor,
        lock: HomeLock,
    ) -> None:
        self.config = config
        self.shown = shown
        self.stop = stop
        self.supervisor = supervisor
        self.lock = lock
        self.setup_log = BoundedLog(config.logs / "setup.log")
        self.demo = demo.load(config)
        self.fresh = False
        self.pending = True

    def run(self) -> None:
        # What a server is made of takes as long to load as everything else together: it begins first.
        self.supervisor.load_server(port=self.config.port)
        steps = (self._database, self._migrate, self._seed, self._serve, self._prove)
        titles = ("PostgreSQL", "Migrations", "Demonstration data", "HTTP server and worker", "Books")
        for number, (step, title) in enumerate(zip(steps, titles, strict=True), start=1):
            with self.shown.step(number, STEPS, title) as under_way:
                step(under_way)
        self.shown.box("TopUpEngine", box.sections(url=self.url, config=self.config, demo=self.demo))

    def _database(self, step: screen.Step) -> None:
        if self.config.embedded:
            cluster = self.supervisor.start_database()
            self.fresh = cluster.created
            age = "new" if self.fresh else "kept"
            step.result = f"{cluster.binaries.version()}, {age} data in {cluster.data_dir}"
        else:
            step.result = "the server of DATABASE_URL"
        self.pending = bool(self._topup_module("topup.management.durability").strip())

    def _migrate(self, step: screen.Step) -> None:
        if not self.pending:
            step.result = "none pending"
        elif not self.config.embedded and not self.config.database_owner_url:
            self._refuse_pending()
            step.result = "none pending"
        else:
            applied = self._topup("migrate", "--no-input").count(b"  Applying ")
            step.result = f"{applied} applied" if applied else "none pending"

    def _refuse_pending(self) -> None:
        try:
            self._topup("migrate", "--check")
        except children.StepFailed as error:
            raise children.StepFailed(
                f"{error}\nIf migrations are pending, run `topup migrate` with DATABASE_OWNER_URL set: "
                "docs/howto/external-database.md."
            ) from error

    def _seed(self, step: screen.Step) -> None:
        if self.demo is not None and not self.fresh:
            step.result = "kept"
            return
        made = demo.from_seed(self.config, self._topup("seed_demo"))
        if made is None:
            step.result = "nothing to make"
            return
        demo.keep(self.config, made)
        self.demo = made
        step.result = f"one staff user, {len(made.sellers)} sellers"

    def _serve(self, step: screen.Step) -> None:
        wanted = self.config.port
        self._wait_for_those_before()
        listener = ports.take_first_free(host=self.config.host, port=wanted)
        port: int = listener.getsockname()[1]
        if port != wanted:
            self.shown.say(f"Port {wanted} is taken; using {port}.")
        self.config = msgspec.structs.replace(self.config, port=port)
        self.url = box.url(self.config)
        self.supervisor.start_server(listener)
        self.supervisor.start_worker()
        self.lock.say(url=self.url)
        step.result = f"healthy at {self.url}"

    def _wait_for_those_before(self) -> None:
        """A supervisor that was killed leaves a server, which ends by itself and has our port until then."""
        until = time.monotonic() + SERVER_STOP_S
        if self.lock.died.url != box.url(self.config):
            return
        while time.monotonic() < until and not ports.is_free(host=self.config.host, port=self.config.port):
            self.stop.wait(POLL_S)

    def _prove(self, step: screen.Step) -> None:
        if self.demo is None:
            step.result = "no demonstration seller to look at"
        elif self.demo.proved:
            step.result = self._look(self.demo)
        else:
            step.result = self._sell(self.demo, step)

    def _sell(self, made: demo.Demo, step: screen.Step) -> str:
        with Client(host=box.reachable(self.config.host), port=self.config.port) as client:
            found = proof.sell(client, demo=made, progress=step.progress, pause=self.stop.wait)
        if not found.holds:
            raise children.StepFailed(
                f"The books do not agree: expected {found.expected_minor:,}, "
                f"balance {found.balance_minor:,}, journal {found.journal_minor:,}."
            )
        self.demo = msgspec.structs.replace(made, proved=True)
        demo.keep(self.config, self.demo)
        return (
            f"credit {proof.CREDIT_MINOR:,} - {proof.SALES} sales of {proof.PRICE_MINOR:,} IRR; "
            f"balance {found.balance_minor:,} = journal {found.journal_minor:,}"
        )

    def _look(self, made: demo.Demo) -> str:
        host = box.reachable(self.config.host)
        try:
            with Client(host=host, port=self.config.port, timeout_s=LOOK_TIMEOUT_S) as client:
                found = proof.look(client, demo=made)
        except ApiError as error:
            return f"not looked at: {error}"
        relation = "=" if found.balance_minor == found.journal_minor else "IS NOT"
        return f"balance {found.balance_minor:,} {relation} journal {found.journal_minor:,}"

    def _topup(self, *arguments: str) -> bytes:
        return self._child(children.command(*arguments))

    def _topup_module(self, module: str) -> bytes:
        return self._child([*children.command()[:2], module])

    def _child(self, argv: list[str]) -> bytes:
        return children.run_to_end(argv, extra=self.supervisor.extra, log=self.setup_log, wait=self.stop.wait)
