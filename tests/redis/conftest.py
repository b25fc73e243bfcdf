"""A real Redis for each test, and a circuit that no earlier test has opened."""

from collections.abc import Iterator

import pytest

from tests.support.redis_at_hand import RedisAtHand, redis_running
from topup import circuit


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisAtHand]:
    monkeypatch.setattr(circuit, "redis", circuit.Circuit("Redis"))
    with redis_running() as running:
        yield running
