"""One scene for all that is tampered with: each test puts back what it changed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from tests.tampering import scene as scenes
from tests.tampering.expected import EXPECTED
from tests.tampering.scene import Scene
from topup import clock, database
from topup.reconciliation import checking
from topup.reconciliation.checking import Checked
from topup.reconciliation.seals import keeping, making
from topup.reconciliation.seals.document import Seal
from topup.trips import Connection

Check = Callable[..., list[Checked]]


@pytest.fixture(scope="package")
def scene() -> Iterator[Scene]:
    with scenes.played() as made:
        yield made


@pytest.fixture(scope="package")
def seal(scene: Scene) -> Seal:
    """A seal that was made before anything was tampered with."""
    return keeping.read(making.make(scene.config, now_us=clock.now_us()))


@pytest.fixture(scope="package")
def reader(scene: Scene) -> Iterator[Connection]:
    with closing(database.connect(scene.config)) as connection:
        yield connection


@pytest.fixture
def check(reader: Connection, seal: Seal) -> Check:
    """What a check finds wrong, beside the seal or without it."""

    def found(*, sealed: bool) -> list[Checked]:
        books = {(book.seller_id, book.currency): [book] for book in seal.books()} if sealed else None
        return [each for each in checking.check(reader, seals=books) if each.found]

    return found


@pytest.fixture(scope="package")
def superuser(scene: Scene) -> Iterator[Connection]:
    with closing(scene.place.installation.connect("super")) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger fires for a replica
        for number, table in enumerate(EXPECTED):
            connection.execute(f"CREATE TEMP TABLE kept_{number} AS SELECT * FROM {table}")
        yield connection


@pytest.fixture
def tampered(superuser: Connection) -> Callable[..., AbstractContextManager[None]]:
    """Changes that a superuser makes past every guard, undone at the end."""

    @contextmanager
    def change(*statements: str) -> Iterator[None]:
        try:
            for statement in statements:
                assert superuser.execute(statement).rowcount, statement
            yield
        finally:
            for number, table in enumerate(EXPECTED):
                superuser.execute(f"DELETE FROM {table}")
                superuser.execute(f"INSERT INTO {table} SELECT * FROM kept_{number}")

    return change
