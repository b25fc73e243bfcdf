"""The dashboard says what today is like and what waits; each tile leads to its list."""

import re

import httpx

from tests.conftest import Api, NewSeller
from tests.console.browser import BOOKS, CONSOLE, RECHARGES, REQUESTS, Browser
from tests.console.conftest import NewRequest

TODAY = f"{CONSOLE}today/"


def value(page: str, label: str) -> str:
    found = re.search(rf'tile-label">{label}</span><span class="tile-value[^"]*">([^<]*)<', page)
    assert found is not None, label
    return found[1]


def test_what_waits_is_counted_and_leads_to_its_list(
    browser: Browser, new_seller: NewSeller, new_request: NewRequest
) -> None:
    new_request(new_seller(), 5_000)

    page = browser.open(CONSOLE).text

    assert value(page, "Credit requests that wait") != "0"
    for path in (REQUESTS, BOOKS, RECHARGES):
        assert f'class="tile" href="{path}"' in page


def test_a_sale_of_today_is_in_the_sums_and_the_charts(
    browser: Browser, api: Api, new_seller: NewSeller
) -> None:
    client = api(new_seller(available=1_000_000))
    sold = client.post(
        "/api/v1/recharges",
        json={"phone_number": "09123456789", "amount": 70_000},
        headers={"Idempotency-Key": "1"},
    )
    assert sold.status_code == httpx.codes.CREATED

    page = browser.open(TODAY).text

    assert value(page, "Sold today").endswith("toman")
    assert value(page, "Success rate today") == "100%"
    assert "MCI: " in page
    assert page.count("<svg") >= 2


def test_nothing_inline_runs_on_it(browser: Browser) -> None:
    answer = browser.open(CONSOLE)

    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", answer.text)
