"""Lists as work needs them: saved filters of one's own, files of what is filtered, one search."""

import csv
import io
from typing import Any

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.console.browser import CONSOLE, MOVEMENTS, RECHARGES, REQUESTS, SELLERS, Browser
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
    number = page.split(f"Watch {busy.id}</a>")[1].split('name="forget" value="')[1].split('"')[0]
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
