"""Root is not allowed to run PostgreSQL, and must be able to run TopUpEngine all the same."""

import os
from pathlib import Path

import psycopg
import pytest

from topup.config import Config
from topup.embedded import identity, running
from topup.embedded.binaries import find

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about root")


def kind(settings: Config) -> str:
    with running(settings) as cluster, psycopg.connect(cluster.dsn("app")) as connection:
        connection.execute("SELECT 1")
        return identity.choose(binaries=find(), home=settings.home).kind


@pytest.mark.skipif(os.geteuid() == 0, reason="about everybody else")
def test_an_ordinary_user_runs_the_server_itself(settings: Config) -> None:
    assert kind(settings) == "plain"


@as_root
def test_below_a_private_directory_the_server_runs_in_a_user_namespace(settings: Config, home: Path) -> None:
    home.chmod(0o700)

    assert kind(settings) == "namespace"
    assert home.stat().st_mode & 0o777 == 0o700


@as_root
def test_data_follow_the_identity_when_the_place_changes(settings: Config, home: Path) -> None:
    nobody_can_enter = identity.choose(binaries=find(), home=Path("/tmp")).kind == "user"
    if not nobody_can_enter:
        pytest.skip("the programs themselves are where nobody may not enter")
    found = []
    for mode in (0o755, 0o700, 0o755):
        home.chmod(mode)
        found.append(kind(settings))

    assert found == ["user", "namespace", "user"]
