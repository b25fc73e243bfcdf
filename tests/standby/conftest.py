"""An installation on a primary and its synchronous standby, with a server, and one seller of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx
import pytest

from tests.recharges import place as places
from tests.standby import pair as pairs
from tests.standby.pair import Pair
from tests.support.installation import Installation
from tests.support.server import serving

NUMBER = "+989353456789"
PRICE = 1_000
ANSWER_TIMEOUT_S = 90
"""Longer than any test leaves a standby away."""
COUNT = "SELECT count(*) FROM recharges.recharge WHERE reference = %s"


class Scene(NamedTuple):
    pair: Pair
    installation: Installation
    client: httpx.Client

    def sell(self, reference: str) -> httpx.Response:
        body = {"phone_number": NUMBER, "amount": PRICE}
        return self.client.post("/api/v1/recharges", json=body, headers={"Idempotency-Key": reference})

    def times(self, reference: str, *, on: int) -> int:
        """How often a server has this recharge."""
        return int(self.pair.ask(on, COUNT, reference)[0][0])


@contextmanager
def played(installation: Installation) -> Iterator[Scene]:
    with pairs.running() as pair:
        own = pairs.installation_on(pair, installation.settings)
        key, _ = places.people(own, 1)
        pair.copy()
        with serving(own) as server:
            headers = {"Authorization": f"Token {key}"}
            with httpx.Client(base_url=server.url, headers=headers, timeout=ANSWER_TIMEOUT_S) as client:
                yield Scene(pair, own, client)


@pytest.fixture(scope="module")
def scene(installation: Installation) -> Iterator[Scene]:
    with played(installation) as made:
        yield made
