"""A connection that breaks at any step of a sale leaves one outcome after the retry.

Between a client and the server all ways are tried. Between the server and its database silence is tried where
it matters most, after the commit: each costs the server's patience. `make chaos` tries all.
"""

import asyncio
from pathlib import Path

import pytest

from tests.conftest import NewSeller
from tests.faults import networks
from tests.faults.between import OF_THE_DATABASE, Manner
from tests.faults.crowd import RICH, Shop
from tests.faults.networks import OF_CLIENTS, OF_DATABASES
from tests.faults.trial import Trial, proved
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server


@pytest.fixture
def shops(new_seller: NewSeller) -> list[Shop]:
    made = [new_seller(available=available) for available in (RICH, RICH, 200_000)]
    return [Shop(seller.id, seller.key) for seller in made]


def assert_one_outcome(installation: Installation, log: Path, trial: Trial, *, breaks: int) -> None:
    proved(installation.config.dsn("super"), log, [trial], everybody=False)
    assert trial.findings == []
    assert (trial.made, trial.acknowledged > breaks) == (breaks, True)


def test_between_a_client_and_the_server(
    installation: Installation, server: Server, shops: list[Shop], staff: StaffAtHand, tmp_path: Path
) -> None:
    log, port = tmp_path / "clients.log", int(server.url.rpartition(":")[2])

    trial = asyncio.run(networks.before_the_server(port, shops, OF_CLIENTS, log=log, staff_key=staff.key))

    assert_one_outcome(installation, log, trial, breaks=len(OF_CLIENTS))


def test_between_the_server_and_its_database(
    installation: Installation, shops: list[Shop], staff: StaffAtHand, tmp_path: Path
) -> None:
    log = tmp_path / "clients.log"
    after_the_commit = OF_THE_DATABASE[-1]
    breaks = [each for each in OF_DATABASES if each[1] is not Manner.HALF_OPEN or each[0] is after_the_commit]

    trial = asyncio.run(
        networks.before_the_database(installation, shops, breaks, log=log, staff_key=staff.key)
    )

    assert_one_outcome(installation, log, trial, breaks=len(breaks))
