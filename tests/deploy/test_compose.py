"""The compose files name only files, services, secrets and settings that there are."""

from pathlib import PurePosixPath
from typing import Any

import msgspec
import pytest

from tests.deploy import compose
from tests.support.installation import ROOT
from topup.config import Config

SETTINGS = {field.name.upper() for field in msgspec.structs.fields(Config)}
OF_THE_IMAGES = {"postgres": {"POSTGRES_PASSWORD_FILE", "POSTGRES_INITDB_ARGS"}}
SECRETS = {"POSTGRES_PASSWORD", "TOPUP_OWNER_PASSWORD", "TOPUP_APP_PASSWORD"}
TLS = {"TLS_CERTIFICATE", "TLS_KEY"}


def services(name: str) -> dict[str, dict[str, Any]]:  # parts of a YAML document
    found: dict[str, dict[str, Any]] = compose.read(name)["services"]
    return found


@pytest.mark.parametrize("name", compose.FILES)
def test_every_variable_is_a_setting_of_its_program(name: str) -> None:
    for service, parts in services(name).items():
        program = str(parts.get("image", "topupengine")).partition(":")[0]
        known = SETTINGS if "build" in parts else OF_THE_IMAGES.get(program, set())

        assert set(parts.get("environment", {})) <= known, service


@pytest.mark.parametrize("name", compose.FILES)
def test_every_file_that_is_mounted_is_there(name: str) -> None:
    document = compose.read(name)
    for parts in document["services"].values():
        for mounted in parts.get("volumes", []):
            source = mounted.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith(".") else source in document["volumes"]
        assert (ROOT / parts.get("build", ".") / "Dockerfile").is_file()


@pytest.mark.parametrize("name", compose.FILES)
def test_every_name_that_is_referred_to_is_there(name: str) -> None:
    document = compose.read(name)
    for parts in document["services"].values():
        assert set(parts.get("depends_on", {})) <= set(document["services"])
        assert set(parts.get("networks", [])) <= set(document.get("networks", {}))
        assert set(parts.get("secrets", [])) <= set(document.get("secrets", {}))


def test_what_has_to_be_given_is_asked_for_and_documented() -> None:
    document = compose.read("compose.prod.yaml")
    asked = compose.asked(document)
    secrets = {each.get("environment") for each in document["secrets"].values()} - {None}
    guide = (ROOT / "docs/howto/deploy.md").read_text(encoding="utf-8")

    assert secrets == SECRETS
    assert set(asked) <= SETTINGS | SECRETS | TLS
    assert {name for name, mark in asked.items() if mark == "-"} == {"API_WORKERS"}
    assert [name for name in {*asked, *secrets} - {"API_WORKERS"} if f"\n   {name}=" not in guide] == []


def test_nothing_secret_stands_in_a_file() -> None:
    web = services("compose.prod.yaml")["web"]["environment"]

    assert compose.asked(web["SECRET_KEY"]) == {"SECRET_KEY": "?"}
    assert compose.asked(web["DATABASE_URL"]) == {"TOPUP_APP_PASSWORD": "?"}
    assert "DATABASE_OWNER_URL" not in web, "only the service that migrates has the owner's password"


def test_the_one_proxy_that_is_trusted_is_nginx() -> None:
    found = services("compose.prod.yaml")

    address = found["nginx"]["networks"]["inside"]["ipv4_address"]
    assert found["web"]["environment"]["TRUSTED_PROXIES"] == address


def test_nothing_but_nginx_can_be_reached_from_outside() -> None:
    assert [name for name, parts in services("compose.prod.yaml").items() if "ports" in parts] == ["nginx"]
    (port,) = services("compose.yaml")["web"]["ports"]
    assert port.startswith("127.0.0.1:")


def test_nginx_reads_the_secrets_that_it_is_given() -> None:
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")

    for name in services("compose.prod.yaml")["nginx"]["secrets"]:
        assert f" {PurePosixPath('/run/secrets') / name};" in text
