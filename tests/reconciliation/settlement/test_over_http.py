"""Staff send a file over the API or from the console, and see what came of it and its cases."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.calls import NOBODY, V1, created, ok, problem
from tests.conftest import Api, NewSeller
from tests.console.browser import AUDIT, Browser, fields, messages
from tests.reconciliation.settlement.conftest import MAPPING, Scene, row
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup.trips import Connection

UPLOAD = f"{V1}/operators/mci/settlements"
FILES = "/console/settlement/settlementfile/"
MAPPINGS = "/console/settlement/keptmapping/"
CASES = "/console/recharges/case/"
CSV = {"Content-Type": "text/csv"}
TOO_MANY_BYTES = 8 * 2**20 + 1


@pytest.fixture(autouse=True)
def _kept(app: Connection) -> Iterator[None]:
    """A mapping kept under the operator's name."""
    app.execute("INSERT INTO settlement_mapping VALUES ('mci', %s)", [json.dumps(MAPPING)])
    yield
    app.execute("DELETE FROM settlement_mapping")


@pytest.fixture
def deciding(api: Api, staff: StaffAtHand) -> httpx.Client:
    return api(staff)


@pytest.fixture
def browser(server: Server, staff: StaffAtHand) -> Iterator[Browser]:
    made = Browser(server.url)
    with made.client:
        made.log_in(staff.username, staff.password)
        yield made


def content(scene: Scene) -> bytes:
    """A file with one line that agrees and one of another amount."""
    one, other = scene.sell(2)
    return scene.write([row(one), row(other, amount=1)]).read_bytes()


def test_a_file_is_imported_once(deciding: httpx.Client, scene: Scene) -> None:
    sent = content(scene)

    told = created(deciding.post(UPLOAD, content=sent, headers=CSV, params={"name": "may.csv"}))
    again = deciding.post(UPLOAD, content=gzip.compress(sent), headers={"Content-Type": "application/gzip"})

    assert (told["matched"], told["amount_differs"], told["cases"], told["name"]) == (1, 1, 1, "may.csv")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == told == ok(deciding.get(f"{V1}/settlements/{told['id']}"))
    assert ok(deciding.get(f"{V1}/settlements", params={"operator": "mci", "limit": 1}))["data"] == [told]


def refused(client: httpx.Client, sent: bytes, path: str = UPLOAD, **query: Any) -> httpx.Response:
    return client.post(path, content=sent, headers=CSV, params=query)


def test_what_cannot_be_imported_is_told(deciding: httpx.Client, scene: Scene) -> None:
    sent = content(scene)

    assert "The file is empty" in problem(refused(deciding, b""), 422, "validation_error")["detail"]
    assert "not on 2024-01-01" in problem(
        refused(deciding, sent, day="2024-01-01"), 422, "validation_error"
    )["detail"]  # fmt: skip
    for name in ("nothing", "/etc/passwd", "../mapping.json"):
        said = problem(refused(deciding, sent, mapping=name), 422, "validation_error")["detail"]
        assert "No mapping is kept under" in said
    problem(refused(deciding, sent, f"{V1}/operators/nobody/settlements"), 404, "not_found")
    problem(refused(deciding, b"x" * TOO_MANY_BYTES), 413, "body_too_large")
    as_json = deciding.post(UPLOAD, json={})
    problem(as_json, 415, "unsupported_media_type")


def test_files_are_for_staff_alone(api: Api, new_seller: NewSeller, scene: Scene) -> None:
    client = api(new_seller())

    problem(refused(client, content(scene)), 403, "forbidden")
    problem(client.get(f"{V1}/settlements"), 403, "forbidden")
    problem(client.get(f"{V1}/settlements/{NOBODY}"), 403, "forbidden")


def test_the_console_imports_a_file_and_shows_its_cases(browser: Browser, scene: Scene) -> None:
    form = browser.form(f"{FILES}add/")
    form |= {"operator": "mci", "mapping": ""}
    form.pop("file", None)

    page = browser.client.post(
        f"{FILES}add/", data=form, files={"file": ("june.csv", content(scene), "text/csv")}
    )

    assert "2 lines, 0 unreadable; matched 1 · amount differs 1. Cases opened: 1." in messages(page)
    assert "settlement: amount differs" in page.text
    assert "june.csv" in browser.open(FILES).text
    assert "imported a settlement file" in browser.open(AUDIT, q=page.url.path.split("/")[-3]).text


def test_the_console_says_why_a_file_is_refused(browser: Browser, scene: Scene) -> None:
    form = browser.form(f"{FILES}add/") | {"operator": "mci", "mapping": ""}
    form.pop("file", None)

    page = browser.client.post(
        f"{FILES}add/", data=form, files={"file": ("x.csv", b"a,b\n1,2\n", "text/csv")}
    )

    assert "Its columns are: a, b" in page.text


def test_a_record_is_neither_changed_nor_deleted(
    browser: Browser, deciding: httpx.Client, scene: Scene
) -> None:
    told = created(refused(deciding, content(scene)))
    page = f"{FILES}{told['id']}/"

    assert browser.post(f"{page}change/", {"matched": "9", "_save": "Save"}).status_code == 403
    assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert ok(deciding.get(f"{V1}/settlements/{told['id']}")) == told


def test_staff_keep_mappings_and_a_wrong_one_is_refused(browser: Browser) -> None:
    wrong = browser.send(f"{MAPPINGS}add/", name="other", content='{"reference": "Ref"}')
    right = browser.send(f"{MAPPINGS}add/", name="other", content=json.dumps(MAPPING))

    assert "missing required field" in wrong.text
    assert "was added successfully" in messages(right)
    assert "changed a settlement mapping" in browser.open(AUDIT, q="other").text


def test_the_console_closes_a_case_with_a_reason(
    browser: Browser, deciding: httpx.Client, scene: Scene
) -> None:
    created(refused(deciding, content(scene)))
    (case,) = ok(deciding.get(f"{V1}/cases?kind=settlement_amount_differs&limit=1"))["data"]

    question = browser.act(CASES, "close", case["id"])
    empty = browser.post(CASES, fields(question.text) | {"resolution": " "})
    done = browser.post(CASES, fields(question.text) | {"resolution": "they paid"})
    again = browser.post(CASES, fields(question.text) | {"resolution": "they paid twice"})

    assert "errorlist" in empty.text
    assert "closed." in messages(done)
    assert "already decided" in messages(again)
    assert ok(deciding.get(f"{V1}/cases/{case['id']}"))["resolution"] == "they paid"
    page = browser.open(f"{CASES}{case['id']}/change/")
    assert (page.status_code, "they paid" in page.text) == (200, True)
    assert case["subject"] not in browser.open(CASES).text
    assert "closed a case" in browser.open(AUDIT, q=case["id"]).text


def test_a_list_of_cases_is_filtered_and_searched(
    browser: Browser, deciding: httpx.Client, scene: Scene
) -> None:
    created(refused(deciding, content(scene)))
    (case,) = ok(deciding.get(f"{V1}/cases", params={"limit": 1}))["data"]

    assert case["id"] in browser.open(CASES, kind="settlement_amount_differs", state="all").text
    assert case["id"] not in browser.open(CASES, kind="late_success", state="all").text
    assert case["id"] in browser.open(CASES, q=case["recharge_id"]).text
    assert case["id"] in browser.open(CASES, q="mci").text
