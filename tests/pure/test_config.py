"""Settings come from the environment, then from `.env`, then from defaults; a wrong one is named."""

import stat
from pathlib import Path

import pytest

from topup import config
from topup.config import ConfigError


def test_nothing_set_is_a_working_development_installation() -> None:
    loaded = config.load({}, dotenv=None)

    assert (loaded.host, loaded.port, loaded.debug, loaded.embedded) == ("127.0.0.1", 8000, True, True)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=9001\nLANES=3\n", encoding="utf-8")

    loaded = config.load({"PORT": "9002"}, dotenv=dotenv)

    assert (loaded.port, loaded.lanes) == (9002, 3)


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert config.load({"PORT": ""}, dotenv=None).port == 8000


def test_variables_that_are_not_ours_are_passed_over() -> None:
    assert config.load({"PATH": "/bin", "PORTS": "x"}, dotenv=None) == config.load({}, dotenv=None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"), ("PORT", "65536"), ("PORT", "http"), ("LANES", "0"), ("API_WORKERS", "-1"),
        ("DEBUG", "perhaps"), ("DEFAULT_CURRENCY", "XXX"), ("RATE_LIMIT_PER_SECOND", "1.5"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: "):
        config.load({name: value}, dotenv=None)


@pytest.mark.parametrize(("written", "meant"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_a_switch_is_written_in_the_usual_ways(written: str, *, meant: bool) -> None:
    assert config.load({"DEBUG": written}, dotenv=None).debug is meant


def test_a_secret_key_is_made_once_and_kept_for_us_alone(tmp_path: Path) -> None:
    loaded = config.load({"TOPUP_HOME": str(tmp_path / "home")}, dotenv=None)

    made = config.secret_key(loaded)

    assert config.secret_key(loaded) == made
    assert len(made) >= 50
    assert stat.S_IMODE((tmp_path / "home" / "secret_key").stat().st_mode) == 0o600


def test_production_refuses_to_make_up_a_secret_key(tmp_path: Path) -> None:
    loaded = config.load({"TOPUP_HOME": str(tmp_path), "DEBUG": "false"}, dotenv=None)

    with pytest.raises(ConfigError, match="SECRET_KEY"):
        config.secret_key(loaded)


def test_a_home_too_deep_for_a_socket_gets_one_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    loaded = config.load({"TOPUP_HOME": str(deep)}, dotenv=None)

    assert len(str(loaded.socket_dir)) <= config.SOCKET_DIRECTORY_MAX_BYTES
    assert loaded.socket_dir != config.load({"TOPUP_HOME": str(deep / "er")}, dotenv=None).socket_dir


def test_an_outside_database_is_used_as_the_application() -> None:
    loaded = config.load({"DATABASE_URL": "postgresql://app@db/topup"}, dotenv=None)

    assert loaded.dsn() == "postgresql://app@db/topup"
    assert not loaded.embedded


def test_the_owner_of_an_outside_database_must_be_named() -> None:
    loaded = config.load({"DATABASE_URL": "postgresql://app@db/topup"}, dotenv=None)

    with pytest.raises(ConfigError, match="DATABASE_OWNER_URL"):
        loaded.dsn("owner")
