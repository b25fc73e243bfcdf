"""Staff choose an operator's gateway and set how it is reached; a secret goes in and never comes out."""

from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.api.calls import V1, fields, ok, problem
from tests.conftest import Api, NewSeller
from tests.gateways.conftest import a_configuration
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup import trips
from topup.gateways import settings
from topup.trips import Connection
from topup.vault import Vault

PATH = f"{V1}/operators/rightel"
WAY = f"{PATH}/connections/http_json"
SECRET = "hush-hush-hush"
URL = "https://operator.example"


@pytest.fixture
def deciding(api: Api, staff: StaffAtHand, app: Connection) -> Iterator[httpx.Client]:
    """Staff, who leave the operator as they found it."""
    yield api(staff)
    app.execute("UPDATE gateways_operator SET gateway = 'instant' WHERE code = 'rightel'")
    app.execute("DELETE FROM gateways_connection WHERE operator_id = 'rightel'")


def put(client: httpx.Client, **changes: Any) -> httpx.Response:  # JSON
    given = {"configuration": a_configuration(URL), "secrets": {"callback": SECRET}}
    return client.put(WAY, json={**given, **changes})


def test_an_operator_is_switched_and_everybody_sees_it(
    deciding: httpx.Client, api: Api, new_seller: NewSeller
) -> None:
    assert ok(deciding.patch(PATH, json={"gateway": "simulator"}))["gateway"] == "simulator"

    rows = ok(api(new_seller()).get(f"{V1}/operators"))["data"]
    assert {row["code"]: row["gateway"] for row in rows}["rightel"] == "simulator"


def test_a_gateway_that_there_is_not_is_refused_with_the_choices(deciding: httpx.Client) -> None:
    refused = problem(deciding.patch(PATH, json={"gateway": "pigeon"}), 422, "validation_error")

    assert fields(refused) == ["gateway"]
    assert "http_json, instant, simulator" in refused["detail"]


def test_an_operator_goes_to_http_json_only_once_that_is_set(deciding: httpx.Client) -> None:
    refused = problem(deciding.patch(PATH, json={"gateway": "http_json"}), 422, "validation_error")

    assert "set its connection first (submit: is required)" in refused["detail"]
    ok(put(deciding))
    assert ok(deciding.patch(PATH, json={"gateway": "http_json"}))["gateway"] == "http_json"


def test_a_refused_choice_changes_nothing_else(deciding: httpx.Client, app: Connection) -> None:
    problem(deciding.patch(PATH, json={"gateway": "http_json", "min": 7}), 422, "validation_error")

    row = app.execute("SELECT gateway, min_minor FROM gateways_operator WHERE code = 'rightel'").fetchone()
    assert row == ("instant", 1)


def test_a_connection_is_kept_and_told_without_its_secrets(deciding: httpx.Client) -> None:
    answer = put(deciding, max_in_flight=7, allowed_hosts=["gateway.internal"])

    kept = ok(answer)
    assert SECRET not in answer.text
    assert kept["configuration"] == a_configuration(URL)
    assert (kept["operator"], kept["gateway"], kept["version"]) == ("rightel", "http_json", 1)
    assert (kept["max_in_flight"], kept["allowed_hosts"]) == (7, ["gateway.internal"])
    assert kept["secrets"] == ["callback"]
    assert ok(deciding.get(WAY)) == kept


def test_what_was_never_set_is_told_as_what_holds(deciding: httpx.Client) -> None:
    told = ok(deciding.get(f"{PATH}/connections/simulator"))

    assert (told["configuration"], told["max_in_flight"], told["version"]) == ({}, 64, 0)
    assert told["updated_at"] is None


def test_secrets_that_are_not_named_stay_and_null_removes_one(deciding: httpx.Client) -> None:
    ok(put(deciding, secrets={"callback": SECRET, "token": SECRET}))

    assert ok(put(deciding, secrets={}))["secrets"] == ["callback", "token"]
    assert ok(put(deciding, secrets={"token": None}))["secrets"] == ["callback"]
    refused = problem(put(deciding, secrets={"callback": None}), 422, "validation_error")
    assert fields(refused) == ["callback.signing.secret"]
    assert ok(deciding.get(WAY))["version"] == 3


def test_a_secret_stands_nowhere_in_clear_and_the_worker_reads_it(
    deciding: httpx.Client, app: Connection, installation: Installation, server: Server
) -> None:
    ok(put(deciding))
    problem(put(deciding, configuration={}, secrets={"callback": SECRET}), 422, "validation_error")

    stored = app.execute("SELECT c::text FROM gateways_connection c").fetchall()
    logs = "".join(path.read_text("utf-8") for path in (installation.home / "logs").glob("*.log*"))
    assert SECRET not in str(stored) + logs + server.log.read_text("utf-8")
    ((code, name), read) = next(iter(_loaded(app, installation).settings.items()))
    assert (code, name, read.secrets, read.version) == ("rightel", "http_json", {"callback": SECRET}, 1)


def test_a_secret_that_cannot_be_opened_breaks_only_its_own_gateway(
    deciding: httpx.Client, app: Connection, installation: Installation
) -> None:
    ok(put(deciding))
    ok(deciding.put(f"{PATH}/connections/simulator", json={}))
    app.execute("UPDATE gateways_connection SET secrets = '{\"a\": \"b\"}' WHERE gateway = 'http_json'")

    loaded = _loaded(app, installation)

    assert loaded.settings.keys() == {("rightel", "simulator")}
    assert "SECRET_KEY_FALLBACKS" in loaded.broken["rightel", "http_json"]


def _loaded(app: Connection, installation: Installation) -> settings.Loaded:
    (rows,) = trips.run(app, [settings.read_of("rightel")])
    assert rows == trips.run(app, [settings.read_all()])[0]
    return settings.loaded(rows, Vault(installation.config))


WRONG = [
    ({"configuration": {}}, "submit"),
    ({"configuration": {"colour": "red"}}, "colour"),
    ({"configuration": []}, "configuration"),
    ({"max_in_flight": 0}, "max_in_flight"),
    ({"max_in_flight": 1_001}, "max_in_flight"),
    ({"allowed_hosts": ["a b"]}, "allowed_hosts"),
    ({"allowed_hosts": ["a"] * 21}, "allowed_hosts"),
    ({"secrets": {"callback": "abc"}}, "secrets.callback"),
    ({"secrets": {"a b": "x" * 9}}, "secrets"),
    ({"secrets": {str(place): "x" * 9 for place in range(21)}}, "secrets"),
    ({"secrets": {}}, "callback.signing.secret"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field"), WRONG)
def test_a_connection_that_cannot_work_is_not_kept(
    deciding: httpx.Client, app: Connection, changes: dict[str, Any], field: str
) -> None:
    assert fields(problem(put(deciding, **changes), 422, "validation_error")) == [field]
    assert app.execute("SELECT 1 FROM gateways_connection WHERE operator_id = 'rightel'").fetchall() == []


@pytest.mark.parametrize(
    "path",
    [f"{PATH}/connections/instant", f"{PATH}/connections/pigeon", f"{V1}/operators/no/connections/simulator"],
)
def test_there_is_no_connection_of_what_sends_nothing(deciding: httpx.Client, path: str) -> None:
    problem(deciding.get(path), 404, "not_found")
    problem(deciding.put(path, json={}), 404, "not_found")


def test_a_seller_neither_reads_nor_sets_a_connection(api: Api, new_seller: NewSeller) -> None:
    seller = api(new_seller())

    problem(seller.get(WAY), 403, "forbidden")
    problem(put(seller), 403, "forbidden")
    problem(seller.patch(PATH, json={"gateway": "simulator"}), 403, "forbidden")


def test_the_database_refuses_a_second_connection_and_a_bound_that_is_none(
    deciding: httpx.Client, app: Connection
) -> None:
    ok(put(deciding))
    again = (
        "INSERT INTO gateways_connection (operator_id, gateway, configuration, secrets, max_in_flight,"
        " allowed_hosts, version, updated_at) VALUES ('rightel', %s, '{}', '{}', %s, '{}', 1, now())"
    )

    with pytest.raises(psycopg.errors.UniqueViolation):
        app.execute(again, ("http_json", 5))
    with pytest.raises(psycopg.errors.CheckViolation):
        app.execute(again, ("simulator", 0))
