"""What the first version wrote is kept: migrated to now its books are whole, and its clients are served.

`first_version.sql` is a database of the first state of the schema that later migrations go on from, made by
its own API (sales, a batch, a reversal, credit requests of each end, an adjustment, each under its key) and
dumped by `pg_dump --no-owner`. `first_version.json` is what its API answered. Neither is ever made anew.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.installation import ROOT, Installation, installed
from tests.support.server import serving
from topup.embedded import binaries

HERE = Path(__file__).parent
TOLD: dict[str, Any] = json.loads((HERE / "first_version.json").read_text(encoding="utf-8"))  # JSON
ANSWERS = TOLD["answers"]
SECRET = ("first-version-" * 4)[:43]
"""Of every key in the dump, which has its digest."""
FIRST_MOVEMENTS = 25
"""In the dump; a test here adds to them."""
V1 = "/api/v1"
TIMEOUT_S = 180


class Upgraded(NamedTuple):
    installation: Installation
    url: str

    def client(self, who: str) -> httpx.Client:
        headers = {"Authorization": f"Token tk_{TOLD['keys'][who]}_{SECRET}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)


def topup(installation: Installation, *words: str) -> str:
    done = subprocess.run(
        installation.command(*words), env=installation.environment(), cwd=installation.home,
        capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def upgraded() -> Iterator[Upgraded]:
    with installed(migrated=False) as installation:
        psql = [binaries.find().program("psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
        where = ["--dbname", installation.config.dsn("owner"), "--file", str(HERE / "first_version.sql")]
        done = subprocess.run(
            [*psql, *where], cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        assert done.returncode == 0, done.stderr
        topup(installation, "migrate", "--no-input")
        with serving(installation) as server:
            yield Upgraded(installation, server.url)


def then(answer: httpx.Response, told: dict[str, Any]) -> None:  # a JSON object
    """Every field that was answered then is answered now, and says the same."""
    assert answer.is_success, answer.text
    now = answer.json()
    assert {name: now.get(name, "it is not there") for name in told} == told


def test_every_book_is_whole_and_what_belongs_to_it(upgraded: Upgraded) -> None:
    with closing(upgraded.installation.connect("owner")) as owner:
        ((movements,),) = owner.execute("SELECT count(*) FROM ledger.journal").fetchall()

    assert movements >= FIRST_MOVEMENTS
    assert f"2 books, {movements} movements: all verified." in topup(upgraded.installation, "verify")


def test_what_was_migrated_can_be_sealed_and_held_to_its_seal(upgraded: Upgraded) -> None:
    seal = topup(upgraded.installation, "seal").strip()

    assert "all verified" in topup(upgraded.installation, "verify", "--seal", seal)


def test_a_key_that_was_used_then_is_used_now(upgraded: Upgraded) -> None:
    told = ANSWERS["first-0"]
    with upgraded.client("one") as client:
        before = client.get(f"{V1}/balance").json()
        body = {"phone_number": told["phone_number"], "amount": told["amount"]}
        then(client.post(f"{V1}/recharges", json=body, headers={"Idempotency-Key": "first-0"}), told)
        assert client.get(f"{V1}/balance").json()["version"] == before["version"]


@pytest.mark.parametrize(
    ("path", "body", "key", "told"),
    [
        ("/credit-requests/{approved}/approve", {}, "approve-1", "approved"),
        ("/adjustments", {"seller_id": 1, "amount": -500, "reason": "a slip"}, "adjust-1", "adjusted"),
        ("/recharges/{reversed}/reverse", {"reason": "sold twice"}, "reverse-1", "reversed"),
    ],
)
def test_what_staff_did_then_is_done_once(
    path: str, body: dict[str, Any], key: str, told: str, upgraded: Upgraded
) -> None:
    ids = {name: answer["id"] for name, answer in ANSWERS.items() if "id" in answer}
    with upgraded.client("staff") as client:
        headers = {"Idempotency-Key": key}
        then(client.post(V1 + path.format(**ids), json=body or None, headers=headers), ANSWERS[told])


def test_what_was_there_reads_as_it_did(upgraded: Upgraded) -> None:
    with upgraded.client("two") as client:
        then(client.get(f"{V1}/recharges/{ANSWERS['second-1']['id']}"), ANSWERS["second-1"])
    with upgraded.client("one") as client:
        then(client.get(f"{V1}/recharges/{ANSWERS['reversed']['id']}"), ANSWERS["reversed"])
        then(client.get(f"{V1}/credit-requests/{ANSWERS['pending']['id']}"), ANSWERS["pending"])


def test_the_movements_read_as_they_did(upgraded: Upgraded) -> None:
    told = ANSWERS["transactions"]["data"]
    with upgraded.client("one") as client:
        now = client.get(f"{V1}/transactions", params={"limit": 100}).json()["data"]

    by_version = {each["version"]: each for each in now}
    for each in told:
        assert {name: by_version[each["version"]][name] for name in each} == each


def test_an_old_client_goes_on_selling(upgraded: Upgraded) -> None:
    with upgraded.client("two") as client:
        body = {"phone_number": "+989353456700", "amount": 20_000}
        answer = client.post(f"{V1}/recharges", json=body, headers={"Idempotency-Key": "second-new"})
        told = ANSWERS["second-1"]

    assert answer.status_code == 201, answer.text
    assert set(told) <= set(answer.json())
    with closing(upgraded.installation.connect("owner")) as owner:
        rows = owner.execute("SELECT count(*) FROM recharges.recharge WHERE reference = 'second-new'")
        assert rows.fetchone() == (1,)
