"""Production does not start with what gives strangers more than they should have, and says how to mend it.

Each refusal is that of the real commands, with the settings of an installation that is well otherwise.
"""

import subprocess

import psycopg
import pytest

from tests.deploy.plain_postgres import PASSWORD, plain_postgres
from tests.deploy.test_image import SECRET_KEY
from tests.support.installation import Installation
from tests.support.server import free_port, serving
from topup import database
from topup.database import UnfitServer

TIMEOUT_S = 120
WELL = {"DEBUG": "false", "SECRET_KEY": SECRET_KEY, "ALLOWED_HOSTS": "topup.example"}
REFUSED = {
    "DEBUG, and a host that others reach": (
        {"DEBUG": "true"},
        "DEBUG is on, and ALLOWED_HOSTS has topup.example",
    ),
    "DEBUG behind a proxy": (
        {"DEBUG": "true", "ALLOWED_HOSTS": "", "TRUSTED_PROXIES": "10.0.0.7"},
        "DEBUG is on, and TRUSTED_PROXIES is set",
    ),
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY: not set"),
    "a placeholder of a key": (
        {"SECRET_KEY": "change-me-" + SECRET_KEY},
        "SECRET_KEY: looks like a placeholder",
    ),
    "a short key": ({"SECRET_KEY": "tooshort"}, "SECRET_KEY: has 8 characters"),
    "a password that everybody tries": ({"ADMIN_PASSWORD": "admin"}, "ADMIN_PASSWORD: easy to guess"),
}


def start(installation: Installation, command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """A start that ends by itself, because it is refused."""
    return subprocess.run(
        installation.command(command),
        env=installation.environment(PORT=str(free_port()), **{**WELL, **settings}),
        cwd=installation.home, capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
    )  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsafe_setting_is_refused_by_name(name: str, installation: Installation) -> None:
    settings, told = REFUSED[name]
    ran = start(installation, "serve", **settings)

    assert ran.returncode == 1
    assert told in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", ["up", "worker"])
def test_up_and_the_worker_refuse_the_same(command: str, installation: Installation) -> None:
    ran = start(installation, command, SECRET_KEY="short")

    assert (ran.returncode, "SECRET_KEY: has 5 characters" in ran.stderr) == (1, True)


@pytest.mark.parametrize("role", ["owner", "super"])
def test_a_role_that_could_write_the_books_is_refused(role: str, installation: Installation) -> None:
    url = installation.config.dsn(role)  # type: ignore[arg-type]  # one of its words
    ran = start(installation, "serve", DATABASE_URL=url)

    assert ran.returncode == 1
    assert f"the role topup_{role} could write the books around their door" in ran.stderr


def test_a_default_password_of_the_database_is_refused(installation: Installation) -> None:
    url = installation.config.dsn("app").replace("topup_app@", "topup_app:postgres@")
    ran = start(installation, "serve", DATABASE_URL=url)

    assert (ran.returncode, "its password is a default one" in ran.stderr) == (1, True)
    assert "postgres@" not in ran.stderr


def test_everything_that_is_wrong_is_told_at_once(installation: Installation) -> None:
    ran = start(installation, "serve", SECRET_KEY="short", ADMIN_PASSWORD="admin")

    assert [title in ran.stderr for title in ("SECRET_KEY", "ADMIN_PASSWORD")] == [True, True]


def test_what_is_well_starts(installation: Installation) -> None:
    with serving(installation, **WELL) as server:
        assert server.process.poll() is None


LOOSE = {"fsync": "fsync is off", "synchronous_commit": "synchronous_commit is off"}


@pytest.mark.parametrize("name", LOOSE)
def test_a_server_that_loses_what_it_confirmed_is_refused(name: str) -> None:
    with plain_postgres("--set", f"{name}=off") as postgres:
        url = postgres.url("postgres", PASSWORD, "postgres")
        with psycopg.connect(url) as connection, pytest.raises(UnfitServer, match=LOOSE[name]):
            database.refuse_unfit(connection)


def test_development_on_this_machine_is_not_asked_for_any_of_it(installation: Installation) -> None:
    with serving(installation, SECRET_KEY="", ALLOWED_HOSTS="localhost,127.0.0.1") as server:
        assert server.process.poll() is None
