"""A real Redis for each test, and a circuit that no earlier test has opened."""

from collections.abc import Iterator

import pytest

from tests.support.redis_at_hand import RedisAtHand, redis_running
from topup import circuit, redis_link


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisAtHand]:
    monkeypatch.setattr(circuit, "redis", circuit.Circuit("Redis"))
    # On a machine that is busy with other tests, an answer that takes a while is no trouble.
    monkeypatch.setattr(redis_link, "CONNECT_TIMEOUT_S", 0.5)
    monkeypatch.setattr(redis_link, "READ_TIMEOUT_S", 1.0)
    with redis_running() as running:
        yield running
