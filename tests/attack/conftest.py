"""Who attacks, and what they are after: made once for the whole run, on its server.

`callers` are the people of the table (`callers.py`), `things` what its routes are about (`things.py`).
"""

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.installation import Installation
from tests.support.server import Server

if TYPE_CHECKING:
    from tests.attack.callers import Callers
    from tests.attack.things import Things


@pytest.fixture(scope="session")
def callers(people: ModuleType, server_of_the_run: Server) -> "Iterator[Callers]":
    from tests.attack import callers  # noqa: PLC0415  # its models exist once Django is set up

    made = callers.gathered(server_of_the_run.url)
    yield made
    made.transport.end()


@pytest.fixture(scope="session")
def things(callers: "Callers", installation: Installation) -> "Iterator[Things]":
    from tests.attack.things import Things  # noqa: PLC0415  # see above

    connection: Any = installation.connect("app")
    with connection:
        yield Things(callers, connection)
