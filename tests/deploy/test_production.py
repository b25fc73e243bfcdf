"""An empty PostgreSQL becomes a production installation by the steps of `compose.prod.yaml`, and by no more.

Then `topup doctor --deploy` finds nothing to mend, and of each thing that is set wrong it says what to do.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psycopg
import pytest
from psycopg import errors

from tests.deploy import compose
from tests.deploy.plain_postgres import Plain, plain_postgres
from tests.deploy.test_image import SECRET_KEY
from tests.support.installation import ROOT
from topup.config import Config
from topup.management import deploy_checks, deployed_data

TIMEOUT_S = 120
OWNER, APP = "the owner's ' password", "an-app-password"
URL_OF_OWNER = "the%20owner%27s%20%27%20password"


class Deployed(NamedTuple):
    """A migrated database, and the environment that production has."""

    postgres: Plain
    environment: dict[str, str]
    home: Path

    def topup(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "topup.management.cli", *words],
            env={**self.environment, **settings},
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )


@pytest.fixture(scope="module")
def postgres() -> Iterator[Plain]:
    """A server as the service `db` makes it, with our init script run."""
    words = compose.read("compose.prod.yaml")["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"]
    with plain_postgres(*words.split()) as made:
        for name, secret in {"topup_owner_password": OWNER, "topup_app_password": APP}.items():
            (made.directory / name).write_text(f"{secret}\n", encoding="utf-8")
        environment = {**made.environment(), "SECRETS": str(made.directory)}
        subprocess.run(["sh", str(ROOT / "deploy/database.sh")], env=environment, check=True)
        yield made


@pytest.fixture(scope="module")
def deployed(postgres: Plain, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    home = tmp_path_factory.mktemp("production")
    environment = {
        "PATH": postgres.environment()["PATH"],
        "PYTHONPATH": str(ROOT),
        "TOPUP_HOME": str(home),
        "DEBUG": "false",
        "SECRET_KEY": SECRET_KEY,
        "ALLOWED_HOSTS": "topup.example",
        "DATABASE_URL": postgres.url("topup_app", APP),
        "TRUSTED_PROXIES": "172.30.57.2",
        "PORT": "18731",
    }
    made = Deployed(postgres, environment, home)
    migrated = made.topup(
        "migrate", "--no-input", DATABASE_OWNER_URL=postgres.url("topup_owner", URL_OF_OWNER)
    )
    assert migrated.returncode == 0, migrated.stderr
    words = ("createsuperuser", "--no-input", "--username=root", "--email=root@topup.example")
    created = made.topup(*words, DJANGO_SUPERUSER_PASSWORD="a long password of the tests")
    assert created.returncode == 0, created.stderr
    return made


def test_the_whole_list_is_well_in_production(deployed: Deployed) -> None:
    ran = deployed.topup("doctor", "--deploy")

    assert "PROBLEM" not in ran.stdout
    assert ran.returncode == 0, ran.stdout
    assert "Django: `check --deploy` finds nothing" in ran.stdout
    assert all(
        f"  {title}: " in ran.stdout
        for title in ("DEBUG", "SECRET_KEY", "Role", "Durability", "Demonstration keys", "Staff", "Time")
    )


def test_what_a_fresh_clone_is_set_to_is_not_production(deployed: Deployed) -> None:
    fresh = {"DEBUG": "", "SECRET_KEY": "", "ALLOWED_HOSTS": "", "TRUSTED_PROXIES": ""}
    ran = deployed.topup("doctor", "--deploy", **fresh)

    wrong = [line.split()[1].rstrip(":") for line in ran.stdout.splitlines() if line.startswith("PROBLEM")]
    assert ran.returncode == 1
    assert wrong == ["DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "Django"]


def test_without_the_option_the_list_is_not_gone_through(deployed: Deployed) -> None:
    ran = deployed.topup("doctor", OPEN_REGISTRATION="true")

    assert ran.returncode == 0, ran.stdout
    assert "OPEN_REGISTRATION" not in ran.stdout


def test_demonstration_keys_are_found(deployed: Deployed) -> None:
    config = Config(database_url=deployed.environment["DATABASE_URL"])
    seeded = deployed.topup("seed_demo")
    assert '"seeded":false' in seeded.stdout, "there is somebody already"
    with psycopg.connect(config.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO sellers_apikey (id, user_id, label, secret_sha256, created_at)"
            " SELECT gen_random_uuid(), id, 'demo', '', now() FROM sellers_user"
        )
        found = {each.title: each for each in deployed_data.all_checks(config)}
        connection.execute("DELETE FROM sellers_apikey")

    assert not found["Demonstration keys"].well


@pytest.mark.parametrize("statement", ["CREATE TABLE mine (n integer)", "CREATE TEMP TABLE mine (n integer)"])
def test_the_application_may_make_nothing(statement: str, deployed: Deployed) -> None:
    with (
        psycopg.connect(deployed.environment["DATABASE_URL"]) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


GOOD = Config(
    debug=False,
    secret_key=SECRET_KEY,
    allowed_hosts="topup.example",
    database_url="postgresql://topup_app@db/topup?sslmode=verify-full",
    trusted_proxies="172.30.57.2",
)
WRONG: dict[str, dict[str, Any]] = {  # fields of Config
    "debug": {"debug": True},
    "secret_key": {"secret_key": "short"},
    "allowed_hosts": {"allowed_hosts": "topup.example,*"},
    "database_url": {"database_url": ""},
    "owner_url": {"database_owner_url": "postgresql://topup_owner@db/topup"},
    "proxies": {"trusted_proxies": "0.0.0.0/0"},
    "admin_password": {"admin_password": "admin"},
    "rate_limits": {"login_limit_per_minute": 0},
    "log_directory": {"log_dir": "/proc/nowhere"},
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_setting_is_a_problem_with_a_remedy(name: str) -> None:
    check = getattr(deploy_checks, name)

    wrong = check(msgspec.structs.replace(GOOD, **WRONG[name]))
    assert not wrong.well
    assert wrong.remedy
    if name != "log_directory":
        assert check(GOOD).remedy == ""


@pytest.mark.parametrize(
    "key", ["x" * 60, "django-insecure-" + SECRET_KEY, "change-me-" + SECRET_KEY, "ab" * 30]
)
def test_a_key_that_is_no_secret_is_a_problem(key: str) -> None:
    assert not deploy_checks.secret_key(msgspec.structs.replace(GOOD, secret_key=key)).well


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("registration", {"open_registration": True}),
        ("workers", {"api_workers": 64}),
        ("admin_password", {"admin_password": "a long enough one"}),
        ("database_url", {"database_url": "postgresql://topup_app@db/topup"}),
    ],
)
def test_what_may_be_meant_is_only_to_be_looked_at(name: str, changes: dict[str, Any]) -> None:
    found = getattr(deploy_checks, name)(msgspec.structs.replace(GOOD, **changes))

    assert found.well
    assert found.remedy


def test_passwords_left_by_a_demonstration_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "demo.json").touch()

    assert not deploy_checks.demonstration(Config(topup_home=str(tmp_path))).well


def test_settings_that_others_may_read_are_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").touch(mode=0o600)
    kept = deploy_checks.environment_file(GOOD)
    (tmp_path / ".env").chmod(0o644)

    assert (kept.well, deploy_checks.environment_file(GOOD).well) == (True, False)
