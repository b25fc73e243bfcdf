"""Whatever is killed or frozen, and whenever, nothing acknowledged is lost and nothing happens twice.

A few deaths of each kind; `make chaos` makes hundreds.
"""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import crowd, exhausted, frozen, house, kills
from tests.faults.crowd import Shop
from tests.faults.frozen import FREEZES
from tests.faults.house import House
from tests.faults.kills import OF_POSTGRESQL, OF_THE_APPLICATION, Death
from tests.faults.trial import Trial

SHOPS = 4
FROZEN_S, FROZEN_DATABASE_S = 3.0, 11.0


@pytest.fixture(scope="module")
def broken() -> Iterator[House]:
    """The house of these tests. Two processes answer, and one operator is asked outside the sale."""
    with house.standing(API_WORKERS="2") as made:
        simulator = {"gateway": "simulator"}
        house.ask(made.url, "PATCH", "/api/v1/operators/rightel", simulator, key=made.staff_key)
        yield made


@pytest.fixture(scope="module")
def shops(broken: House) -> list[Shop]:
    return crowd.open_shops(broken.url, SHOPS, staff_key=broken.staff_key)


@pytest.fixture
def log(broken: House) -> Path:
    """One for all of them, for they have the same sellers: each test is proved with those before it."""
    broken.wait_until_healthy()
    return broken.home / "clients.log"


def held(trials: list[Trial]) -> None:
    for trial in trials:
        assert trial.findings == []
        assert trial.acknowledged > 0, "the clients sold nothing, so that this proves nothing"


@pytest.mark.parametrize("deaths", [OF_THE_APPLICATION, OF_POSTGRESQL], ids=["application", "postgresql"])
def test_nothing_is_lost_or_doubled_when_a_process_is_killed(
    broken: House, shops: list[Shop], log: Path, deaths: tuple[Death, ...]
) -> None:
    trials = asyncio.run(kills.under_load(broken, shops, list(deaths), log=log, chance=random.Random(7)))

    held(trials)
    assert [trial.made for trial in trials] == [1] * len(deaths)


def test_nothing_is_lost_or_doubled_when_the_supervisor_is_killed(
    broken: House, shops: list[Shop], log: Path
) -> None:
    trials = asyncio.run(kills.of_the_supervisor(broken, shops, 1, log=log, chance=random.Random(7)))

    held(trials)


def test_a_process_that_was_frozen_does_nothing_twice_when_it_wakes(
    broken: House, shops: list[Shop], log: Path
) -> None:
    """PostgreSQL for longer than anybody waits for it, so that it wakes to what was given up."""
    seconds = {each: FROZEN_DATABASE_S if each.stops_all else FROZEN_S for each in FREEZES}

    trials = asyncio.run(frozen.under_load(broken, shops, seconds, log=log, chance=random.Random(7)))

    held(trials)
    assert [trial.went_on > 0 for trial in trials[:2]] == [True, True], "the others go on"


def test_nothing_is_lost_when_every_connection_is_taken(broken: House, shops: list[Shop], log: Path) -> None:
    trial = asyncio.run(exhausted.by_connections(broken, shops, log=log))

    held([trial])
    assert set(trial.answers) <= {"503 with Retry-After"}
    assert trial.opened, "the console, meanwhile"
    assert trial.went_on > 0, "who has a connection sells"
