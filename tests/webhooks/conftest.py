"""A server that takes endpoints on the loopback, a receiver there, and endpoints of new sellers."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.conftest import Api, HasKey
from tests.support.installation import Installation
from tests.support.server import Server, serving
from tests.webhooks import at_work
from tests.webhooks.hooks import Hooks
from tests.webhooks.receiver import Receiver, receiving
from topup.trips import Connection

Listening = Callable[..., Hooks]


@pytest.fixture(scope="session")
def server_of_the_run(installation: Installation) -> Iterator[Server]:
    """The shared server of these tests, which may be told addresses of the loopback."""
    with serving(installation, **at_work.ALLOWED) as started:
        yield started


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def listening(api: Api, receiver: Receiver, owner: Connection) -> Iterator[Listening]:
    """`listening(seller, path="/hook", types=[…])`: an endpoint at the receiver, gone at the end."""

    def listen(who: HasKey, *, path: str = "/hook", types: list[str] | None = None) -> Hooks:
        client: httpx.Client = api(who)
        return Hooks.add(client, receiver.url(path), types or [])

    yield listen
    # The next test's worker would go on with them; the one that the browser's tests look at may stay.
    owner.execute("DELETE FROM webhooks.endpoint WHERE url NOT LIKE 'https://shiraz-mobile.example/%'")
