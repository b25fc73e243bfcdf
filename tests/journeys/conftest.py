"""Servers of one worker and of two, and clients of sellers and staff on them."""

from collections.abc import Iterator

import pytest

from tests.support.installation import Installation
from tests.support.server import Server, serving


@pytest.fixture(scope="session")
def server_of_two(installation: Installation) -> Iterator[Server]:
    with serving(installation, API_WORKERS="2") as started:
        yield started


@pytest.fixture(params=["one worker", "two workers"])
def on(request: pytest.FixtureRequest) -> Server:
    """The server of the run, which has one API worker, then one with two."""
    fixture = "server" if request.param == "one worker" else "server_of_two"
    started: Server = request.getfixturevalue(fixture)
    return started
