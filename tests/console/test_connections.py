"""The console: staff choose a gateway and set how it is reached; a secret is written and never shown."""

import json
from collections.abc import Iterator

import pytest

from tests.console.browser import OPERATORS, Browser
from tests.console.conftest import noted
from topup.trips import Connection

CONNECTIONS = "/console/gateways/connection/"
SECRET = "hush-hush-hush"
GATEWAY = "SELECT gateway FROM gateways_operator WHERE code = 'irancell'"
CONFIGURATION = {
    "submit": {
        "url": "https://operator.example/",
        "headers": {"X-Key": "{secret:key}"},
        "answer": {"result": "status", "results": {"OK": "delivered"}},
    }
}
FORM = {
    "operator": "irancell",
    "gateway": "http_json",
    "configuration": json.dumps(CONFIGURATION),
    "max_in_flight": "5",
    "allowed_hosts": "a.internal, b.internal",
    "secrets_to_set": f"key={SECRET}",
}


@pytest.fixture(autouse=True)
def as_it_was(app: Connection) -> Iterator[None]:
    yield
    app.execute("UPDATE gateways_operator SET gateway = 'instant' WHERE code = 'irancell'")
    app.execute("DELETE FROM gateways_connection WHERE operator_id = 'irancell'")


def kept(app: Connection) -> tuple[object, ...] | None:
    return app.execute(
        "SELECT configuration, max_in_flight, allowed_hosts, version FROM gateways_connection"
        " WHERE operator_id = 'irancell' AND gateway = 'http_json'"
    ).fetchone()


def page_of(app: Connection) -> str:
    row = app.execute("SELECT id FROM gateways_connection WHERE operator_id = 'irancell'").fetchone()
    assert row is not None
    return f"{CONNECTIONS}{row[0]}/change/"


def test_staff_set_a_connection_and_then_choose_its_gateway(browser: Browser, app: Connection) -> None:
    page = f"{OPERATORS}irancell/change/"
    assert "set its connection first" in browser.send(page, gateway="http_json").text
    assert app.execute(GATEWAY).fetchone() == ("instant",)

    assert browser.send(f"{CONNECTIONS}add/", **FORM).url.path == CONNECTIONS

    assert kept(app) == (CONFIGURATION, 5, ["a.internal", "b.internal"], 1)
    assert browser.send(page, gateway="http_json").url.path == OPERATORS
    assert app.execute(GATEWAY).fetchone() == ("http_json",)


def test_a_secret_is_never_shown_and_stays_where_it_is_not_written(browser: Browser, app: Connection) -> None:
    browser.send(f"{CONNECTIONS}add/", **FORM)
    page = page_of(app)

    shown = browser.open(page).text
    again = browser.send(page, max_in_flight="6")

    assert SECRET not in shown + again.text + browser.open(f"{page[:-7]}history/").text
    assert "key" in shown
    assert kept(app) == (CONFIGURATION, 6, ["a.internal", "b.internal"], 2)
    assert "names the secret key" in browser.send(page, secrets_to_set="key=").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"configuration": "{"}, "Enter a valid JSON"),
        ({"configuration": "[1]"}, "Write a JSON object"),
        ({"configuration": "{}"}, "submit: is required"),
        ({"max_in_flight": "0"}, "max_in_flight"),
        ({"allowed_hosts": "a b"}, "write names of hosts"),
        ({"secrets_to_set": "key"}, "NAME=VALUE"),
        ({"secrets_to_set": "key=abc"}, "a secret has 4 to"),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(
    browser: Browser, app: Connection, changes: dict[str, str], said: str
) -> None:
    answer = browser.send(f"{CONNECTIONS}add/", **FORM | changes)

    assert "errorlist" in answer.text
    assert said in answer.text
    assert kept(app) is None


def test_a_change_is_on_record_without_its_secrets(browser: Browser, app: Connection) -> None:
    browser.send(f"{CONNECTIONS}add/", **FORM)

    (row,) = app.execute("SELECT id FROM gateways_connection WHERE operator_id = 'irancell'").fetchall()
    (entry,) = [each for each in noted(app, row[0], "connection") if each.act == "connection_changed"]

    assert (entry.after or {})["secrets"] == ["key"]
    assert SECRET not in str(entry)


def test_a_connection_is_never_deleted(browser: Browser, app: Connection) -> None:
    browser.send(f"{CONNECTIONS}add/", **FORM)

    assert browser.post(page_of(app).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert kept(app) is not None
