"""Staff take seals away: the page lists them, each is downloaded whole, and that is on record."""

import subprocess

import pytest

from tests.console.browser import Browser
from tests.console.conftest import NewBrowser, noted
from tests.support.installation import Installation
from topup.reconciliation.seals import document
from topup.trips import Connection

SEALS = "/console/seals/"


@pytest.fixture(scope="module")
def name(installation: Installation) -> str:
    """The file name of a seal of everything that other tests left behind."""
    made = subprocess.run(
        installation.command("seal"),
        env=installation.environment(),
        cwd=installation.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.strip().rsplit("/", 1)[1]


def test_a_seal_is_listed_and_downloaded_whole(
    browser: Browser, app: Connection, installation: Installation, name: str
) -> None:
    assert f"{SEALS}{name}" in browser.client.get(SEALS).text

    answer = browser.client.get(f"{SEALS}{name}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content == (installation.home / "seals" / name).read_bytes()
    assert document.read(answer.content).head.made_at
    assert noted(app, "seal")[-1].after == {"list": "seal", "filter": name}


@pytest.mark.parametrize("path", ["key", "..%2Fsecret_key", "2026-11-20T000000Z.seal", "%2e%2e/key"])
def test_nothing_else_is_downloaded(path: str, browser: Browser, name: str) -> None:
    assert browser.client.get(f"{SEALS}{path}").status_code == 404


def test_who_may_not_read_the_audit_log_gets_no_seal(
    new_browser: NewBrowser, people: object, name: str
) -> None:
    support = people.employ("support")  # type: ignore[attr-defined]  # a module
    browser = new_browser()
    browser.log_in(support.username, support.password)

    assert browser.client.get(SEALS).status_code == 403
    assert browser.client.get(f"{SEALS}{name}").status_code == 403
