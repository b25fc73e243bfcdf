"""A program that is missing skips a test at home and fails it on CI."""

import pytest

from tests.support.needs import PACKAGES, needs

NOWHERE = "/nowhere"


@pytest.fixture(autouse=True)
def _missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", NOWHERE)
    monkeypatch.setattr("tests.support.needs.ELSEWHERE", NOWHERE)


@pytest.mark.parametrize("said", ["", "false"])
def test_at_home_it_is_a_skip_that_names_the_package(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", said)

    with pytest.raises(pytest.skip.Exception, match="apt-get install nginx-light"):
        needs("nginx")


@pytest.mark.parametrize("program", PACKAGES)
def test_on_ci_it_is_a_failure(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match=PACKAGES[program]):
        needs(program)
