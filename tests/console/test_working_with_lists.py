"""Lists as work needs them: saved filters of one's own, files of what is filtered, one search."""

import csv
import io
from typing import Any

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.console.browser import (
    CONSOLE,
    KEYS,
    MOVEMENTS,
    OPERATORS,
    RECHARGES,
    REQUESTS,
    SELLERS,
    USERS,
    Browser,
)
from tests.console.conftest import NewBrowser, NewRequest, noted
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.trips import Connection

FILTERS = f"{CONSOLE}filters/"
SEARCH = f"{CONSOLE}search/"


@pytest.fixture
def busy(api: Api, new_seller: NewSeller) -> SellerAtHand:
    seller = new_seller(available=10_000)
    items = [{"phone_number": f"0912777{n:04}", "amount": 100, "reference": f"list-{n}"} for n in range(3)]
    assert api(seller).post("/api/v1/recharges/batch", json={"items": items}).is_success
    return seller


def test_a_file_has_the_rows_that_the_filter_leaves(
    browser: Browser, app: Connection, busy: SellerAtHand
) -> None:
    rows = list(csv.DictReader(io.StringIO(browser.open(f"{RECHARGES}export.csv", seller=busy.id).text)))

    assert sorted(row["reference"] for row in rows) == ["list-0", "list-1", "list-2"]
    assert {row["seller_id"] for row in rows} == {str(busy.id)}
    assert noted(app, "recharge")[-1].act == "exported"


@pytest.mark.parametrize(
    ("path", "found_by", "column"),
    [(SELLERS, "id", "id"), (USERS, "username", "seller_id"), (KEYS, "username", "user_id")],
)
def test_people_and_keys_come_as_a_file_without_any_hash(
    browser: Browser, busy: SellerAtHand, path: str, found_by: str, column: str
) -> None:
    asked = str(getattr(busy, found_by))

    page = browser.open(path, q=asked).text
    rows = list(csv.DictReader(io.StringIO(browser.open(f"{path}export.csv", q=asked).text)))

    assert f"{path}export.csv?q={asked}" in page
    expected = {"id": busy.id, "seller_id": busy.id, "user_id": busy.user_id}[column]
    assert str(expected) in [row[column] for row in rows]
    assert not any("password" in name or "secret" in name for name in rows[0])


def test_every_row_of_a_list_is_in_its_file_and_those_of_no_page_too(
    browser: Browser, busy: SellerAtHand, app: Connection
) -> None:
    (most,) = app.execute("SELECT max(id) FROM sellers_seller").fetchone() or (0,)

    rows = list(csv.DictReader(io.StringIO(browser.open(f"{SELLERS}export.csv", p=2, o=2).text)))

    numbers = [int(row["id"]) for row in rows]
    assert numbers == sorted(set(numbers))
    assert {busy.id, most} <= set(numbers)
    (own,) = [row for row in rows if int(row["id"]) == busy.id]
    assert (own["available"], own["currency"]) == ("9700", "IRR")


def test_operators_come_as_a_file_with_their_prefixes(browser: Browser) -> None:
    rows = list(csv.DictReader(io.StringIO(browser.open(f"{OPERATORS}export.csv").text)))

    (mci,) = [row for row in rows if row["code"] == "mci"]
    assert "91" in mci["prefixes"].split()


def test_a_filter_that_makes_no_sense_gives_no_file(browser: Browser) -> None:
    answer = browser.open(f"{USERS}export.csv", is_staff__exact="perhaps")

    assert answer.url.path == USERS


@pytest.mark.parametrize("path", [SELLERS, USERS, KEYS, OPERATORS])
def test_a_filter_of_any_list_is_kept(browser: Browser, path: str, staff: StaffAtHand) -> None:
    name = f"Kept {path.split('/')[-2]}"

    browser.post(FILTERS, {"path": path, "query": "q=anybody", "name": name})

    assert f'href="{path}?q=anybody"' in browser.open(path).text


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(
    browser: Browser, api: Api, new_seller: NewSeller
) -> None:
    seller = new_seller()
    api(seller).post("/api/v1/credit-requests/", json={"amount": 5, "note": "=1+1"})

    text = browser.open(f"{REQUESTS}export.csv", seller=seller.id).text

    assert "'=1+1" in text


def test_a_filter_is_kept_under_a_name_and_forgotten(browser: Browser, busy: SellerAtHand) -> None:
    kept = {"path": MOVEMENTS, "query": f"seller={busy.id}", "name": f"Watch {busy.id}"}

    browser.post(FILTERS, kept)
    page = browser.open(MOVEMENTS).text
    assert f"{MOVEMENTS}?seller={busy.id}" in page
    number = page.split(f"Watch {busy.id}")[1].split('name="forget" value="')[1].split('"')[0]
    browser.post(FILTERS, {"path": MOVEMENTS, "forget": number})

    assert f"Watch {busy.id}" not in browser.open(MOVEMENTS).text


def test_a_saved_filter_is_ones_own(
    browser: Browser, new_browser: NewBrowser, people: Any
) -> None:  # a module
    browser.post(FILTERS, {"path": REQUESTS, "query": "state=all", "name": "Mine alone"})
    other, another = people.hire(), new_browser()
    another.log_in(other.username, other.password)

    assert "Mine alone" not in another.open(REQUESTS).text
    assert "Mine alone" in browser.open(REQUESTS).text


def test_a_saved_filter_leads_nowhere_else(browser: Browser) -> None:
    answer = browser.post(FILTERS, {"path": "//elsewhere.example/", "query": "a=b", "name": "Trap"})

    assert answer.url.host == "127.0.0.1"


def test_one_search_finds_sellers_requests_and_recharges(
    browser: Browser, busy: SellerAtHand, new_request: NewRequest
) -> None:
    asked = new_request(busy, 5_000)

    found = {term: browser.open(SEARCH, s=term, extended=1).text for term in
             (str(busy.id), asked, "list-1", "09127770002", busy.username)}  # fmt: skip

    assert f"{SELLERS}{busy.id}/change/" in found[str(busy.id)]
    assert f"{REQUESTS}{asked}/change/" in found[asked]
    assert RECHARGES in found["list-1"]
    assert RECHARGES in found["09127770002"]
    assert "/sellers/user/" in found[busy.username]


@pytest.mark.parametrize("term", ["", "x", "\x01", "9" * 40, "' OR 1=1"])
def test_a_search_that_names_nothing_is_no_error(browser: Browser, term: str, staff: StaffAtHand) -> None:
    assert browser.open(SEARCH, s=term, extended=1).status_code == httpx.codes.OK


def test_a_request_is_found_by_its_sellers_name(
    browser: Browser, people: Any, new_request: NewRequest
) -> None:  # a module
    named = people.register(name="Zagros Airtime 77")
    asked = new_request(named, 5_000)

    assert asked in browser.open(REQUESTS, q="zagros airtime 77").text
    assert asked not in browser.open(REQUESTS, q="no such name").text
