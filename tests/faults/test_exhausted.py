"""Where there is not enough of something, some are told at once when to come back, and nothing is lost."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import NewSeller
from tests.faults import exhausted
from tests.faults.crowd import RICH, Shop
from tests.faults.trial import Trial, proved
from tests.support.installation import Installation
from tests.support.redis_at_hand import redis_running
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server

BUSY = {"503 with Retry-After"}


@pytest.fixture
def shops(new_seller: NewSeller) -> list[Shop]:
    made = [new_seller(available=available) for available in (RICH, RICH, 200_000)]
    return [Shop(seller.id, seller.key) for seller in made]


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def assert_held(installation: Installation, log: Path, trial: Trial) -> None:
    proved(installation.config.dsn("super"), log, [trial], everybody=False)
    assert trial.findings == []
    assert trial.acknowledged > 0
    assert set(trial.answers) <= BUSY


def test_many_clients_at_once_are_served_or_told_when_to_come_back(
    installation: Installation,
    serve: Callable[..., Server],
    shops: list[Shop],
    staff: StaffAtHand,
    tmp_path: Path,
) -> None:
    log, server = tmp_path / "clients.log", serve(LANES="1", DATABASE_POOL_SIZE="2")

    trial = asyncio.run(exhausted.by_clients(port_of(server), shops, log=log, staff_key=staff.key))

    assert_held(installation, log, trial)
    assert trial.opened, "the console, meanwhile"


def test_a_session_idle_in_its_transaction_stops_one_seller_only(
    installation: Installation, server: Server, shops: list[Shop], staff: StaffAtHand, tmp_path: Path
) -> None:
    log = tmp_path / "clients.log"

    trial = asyncio.run(
        exhausted.by_a_lock(installation, port_of(server), shops, log=log, staff_key=staff.key)
    )

    assert_held(installation, log, trial)
    assert trial.went_on > 0, "the others sell"
    assert trial.answers, "the one whose book is locked is told to come back"


def test_whatever_becomes_of_redis_no_balance_is_wrong(
    installation: Installation,
    serve: Callable[..., Server],
    shops: list[Shop],
    staff: StaffAtHand,
    tmp_path: Path,
) -> None:
    log = tmp_path / "clients.log"
    with redis_running() as redis:
        server = serve(REDIS_URL=redis.url, SELLER_LOCK="redis")
        mishaps = (redis.flush, redis.hang, redis.resume, redis.stop, redis.start, redis.flush)
        trial = asyncio.run(exhausted.by_redis(mishaps, port_of(server), shops, log=log, staff_key=staff.key))

    assert_held(installation, log, trial)
