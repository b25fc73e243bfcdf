"""The connections of the explorer, and how far it goes.

Every order of two actors is always run; of three, and of two who do very much, those with at most `SWITCHES`
switches, because they are too many. `pytest tests/interleavings --switches 2` goes further, and `--switches
all` (`make orders`) leaves none out: a quarter of an hour on two busy cores, most of it for the three actors.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Protocol

import pytest

from tests.interleavings import stepwise
from tests.interleavings.exploring import Explored, explored
from tests.interleavings.stepwise import Stepwise
from tests.interleavings.worlds import World
from tests.support.installation import Installation
from topup.trips import Connection

SWITCHES = 1
"""Of three actors: how often one is left that could have gone on."""
MOST = 1_000
"""Orders of one world: some ten seconds. Whoever asks for more switches has no limit."""


class Explore(Protocol):
    def __call__(
        self, world: Callable[[Connection], World], *, actors: int = 2, bounded: bool = False
    ) -> Explored: ...


class OpenActors(Protocol):
    def __call__(self, count: int) -> list[Stepwise]: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--switches", default=str(SWITCHES), help="of the orders of three: a number of switches, or all"
    )


@pytest.fixture
def connection(installation: Installation) -> Iterator[Connection]:
    """Of who prepares each world and looks at it afterwards."""
    with closing(stepwise.connected(installation.config.dsn("app"))) as made:
        yield made


@pytest.fixture
def open_actors(installation: Installation) -> Iterator[OpenActors]:
    with ExitStack() as stack:

        def open_many(count: int) -> list[Stepwise]:
            dsn = installation.config.dsn("app")
            return [stack.enter_context(closing(stepwise.connected(dsn))) for _ in range(count)]

        yield open_many


@pytest.fixture
def explore(request: pytest.FixtureRequest, open_actors: OpenActors, connection: Connection) -> Explore:
    asked = str(request.config.getoption("switches", default=SWITCHES))
    bound = None if asked == "all" else int(asked)
    most = MOST if bound == SWITCHES else None

    def run(world: Callable[[Connection], World], *, actors: int = 2, bounded: bool = False) -> Explored:
        switches = bound if bounded or actors > 2 else None
        return explored(open_actors(actors), connection, world, switches=switches, most=most)

    return run
