"""What the tests stand on: one real installation for the whole run, and things to make in it.

Nothing here is a double of the product: the database is the embedded PostgreSQL, the server the
process that `topup serve` starts, the keys are keys. All tests share the one database and the journal
is append-only, so a test makes its own sellers and looks only at them.

Fixtures, and what they cost when first asked for (a test in `tests/pure` asks for none):

- `installation`: a fresh home with PostgreSQL running and migrated (some seconds). It has `config`,
  `connect("app" | "owner" | "super")` and `environment()`/`command()` for processes of the product.
- `app`, `owner`, `superuser`: a connection as that role, in autocommit mode, for one test.
- `new_seller(available=0)`: a registered seller with `id`, `key`, `username`, `password`, `user_id`;
  `active=`, `daily_limit=`, `per_recharge_max=`, `duplicate_window_s=` set its standing. Works in
  coroutines too.
- `new_staff()`: a new superuser of the console, with a key. `staff`: one such for the whole run.
- `server`: the server process of the run (`url`, `tail()`); do not stop it or change its settings.
- `serve(API_WORKERS="2", ...)`: another server on the same database, for one test, with settings of its
  own; `server.process` is the test's to signal.
- `api(who)`: an `httpx.Client` on the shared server with the key of a seller or of staff;
  `api()` without one has no key; `api(who, on=other_server)` talks to another server.

When a test fails, the end of the logs of the servers that it used is in its report. Coroutines are
tests under `@in_a_loop` (`tests/support/loop.py`). Random steps are repeatable; `HYPOTHESIS_PROFILE=
random` looks elsewhere. No test reaches another machine (`tests/support/network.py`).
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import django
import httpx
import pytest
from django.db import connections
from django.test.utils import override_settings
from hypothesis import settings as hypothesis_settings

from tests.support import network
from tests.support.installation import Installation, installed
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server, serving
from tests.support.sharing_out import ByFile
from topup import clock
from topup.trips import Connection

hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
hypothesis_settings.register_profile("random", deadline=None, print_blob=True, database=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

SERVERS_USED = pytest.StashKey[list[Server]]()
REQUEST_TIMEOUT_S = 30
BROWSER = Path(__file__).parent / "browser"
network.block()


class HasKey(Protocol):
    """A seller or staff."""

    @property
    def key(self) -> str: ...


class NewSeller(Protocol):
    def __call__(
        self,
        *,
        available: int = 0,
        active: bool = True,
        daily_limit: int | None = None,
        per_recharge_max: int | None = None,
        duplicate_window_s: int | None = None,
    ) -> SellerAtHand: ...


class Api(Protocol):
    def __call__(self, who: HasKey | None = None, *, on: Server | None = None) -> httpx.Client: ...


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    with installed() as made, pytest.MonkeyPatch.context() as environment:
        for name, value in made.environment().items():
            environment.setenv(name, value)
        with _django(environment):
            yield made
        _assert_nothing_is_of_tomorrow(made)


def _assert_nothing_is_of_tomorrow(installation: Installation) -> None:
    """Lists begin with the newest: what is dated in the future would stand before everybody else's."""
    with closing(installation.connect("super")) as connection:
        found = connection.execute(
            "SELECT DISTINCT seller_id FROM recharges.recharge WHERE created_at_us > %s", [clock.now_us()]
        ).fetchall()
    assert found == [], f"sold in the future, which a test does in an installation of its own: {found}"


@contextmanager
def _django(environment: pytest.MonkeyPatch) -> Iterator[None]:
    """Django in this process, as the application's role, on the installation's database."""
    environment.setenv("DJANGO_SETTINGS_MODULE", "topup.site.settings")
    environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # sellers are made inside coroutines too
    django.setup()
    with override_settings(PASSWORD_HASHERS=["tests.support.sellers.QuickHasher"]):
        yield
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it


@pytest.fixture
def app(installation: Installation) -> Iterator[Connection]:
    with closing(installation.connect("app")) as connection:
        yield connection


@pytest.fixture
def owner(installation: Installation) -> Iterator[Connection]:
    with closing(installation.connect("owner")) as connection:
        yield connection


@pytest.fixture
def superuser(installation: Installation) -> Iterator[Connection]:
    with closing(installation.connect("super")) as connection:
        yield connection


@pytest.fixture(scope="session")
def people(installation: Installation) -> ModuleType:
    """`tests.support.sellers`, whose models exist once Django is set up on the installation."""
    from tests.support import sellers  # noqa: PLC0415  # see above

    return sellers


@pytest.fixture(scope="session")
def staff(people: Any) -> StaffAtHand:  # a module, whose names mypy cannot see
    made: StaffAtHand = people.hire()
    return made


@pytest.fixture
def new_staff(people: Any) -> Callable[[], StaffAtHand]:  # a module
    def make() -> StaffAtHand:
        made: StaffAtHand = people.hire()
        connections.close_all()  # a coroutine's own would stay open
        return made

    return make


@pytest.fixture
def new_seller(people: Any, app: Connection, staff: StaffAtHand) -> NewSeller:  # a module
    def make(
        *,
        available: int = 0,
        active: bool = True,
        daily_limit: int | None = None,
        per_recharge_max: int | None = None,
        duplicate_window_s: int | None = None,
    ) -> SellerAtHand:
        seller: SellerAtHand = people.register()
        if available:
            people.fund(app, seller, available, by=staff.user_id)
        terms = {
            "daily_limit": daily_limit,
            "per_recharge_max": per_recharge_max,
            "duplicate_window_s": duplicate_window_s,
        }
        if not active or any(value is not None for value in terms.values()):
            people.configure(seller, active=active, **terms)
        connections.close_all()  # a coroutine's own would stay open
        return seller

    return make


@pytest.fixture(scope="session")
def server_of_the_run(installation: Installation) -> Iterator[Server]:
    with serving(installation) as started:
        yield started


@pytest.fixture
def server(server_of_the_run: Server, request: pytest.FixtureRequest) -> Server:
    _note(request, server_of_the_run)
    return server_of_the_run


@pytest.fixture
def serve(installation: Installation, request: pytest.FixtureRequest) -> Iterator[Callable[..., Server]]:
    with ExitStack() as stack:

        def start(**settings: str) -> Server:
            started = stack.enter_context(serving(installation, **settings))
            _note(request, started)
            return started

        yield start


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    with ExitStack() as stack:

        def client(who: HasKey | None = None, *, on: Server | None = None) -> httpx.Client:
            server: Server = on or request.getfixturevalue("server")
            headers = {} if who is None else {"Authorization": f"Token {who.key}"}
            made = httpx.Client(base_url=server.url, headers=headers, timeout=REQUEST_TIMEOUT_S)
            return stack.enter_context(made)

        yield client


def _note(request: pytest.FixtureRequest, server: Server) -> None:
    request.node.stash.setdefault(SERVERS_USED, []).append(server)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:  # xdist's own Producer
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """What a browser looks at comes first, because it takes longest."""
    yield
    items.sort(key=lambda item: not item.path.is_relative_to(BROWSER))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for server in item.stash.get(SERVERS_USED, []):
            report.sections.append((f"log of the server at {server.url}", server.tail()))
    return report
