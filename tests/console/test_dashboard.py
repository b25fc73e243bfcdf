"""The dashboard says what today is like and what waits; each tile leads to its list."""

import re
from pathlib import Path

import httpx
import psycopg

from tests.conftest import Api, NewSeller
from tests.console.browser import BOOKS, CONSOLE, RECHARGES, REQUESTS, Browser
from tests.console.conftest import NewRequest
from tests.portal.selling import grow
from tests.support.installation import ROOT
from topup import sqlfiles
from topup.ledger import literals
from topup.portal.paging import FIRST_ID, LAST_ID
from topup.trips import Connection

TODAY = f"{CONSOLE}today/"
SQL = sqlfiles.load(Path(ROOT, "topup", "console", "queries.sql"))
HOUR_US = 3_600_000_000
LOOKS = 50
"""A look counts for a tenth of a second, and the next one goes on: all is counted after so many."""


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

    page = ""
    for _ in range(LOOKS):
        page = browser.open(TODAY).text
        if "MCI: " in page:
            break

    assert value(page, "Sold today").endswith("toman")
    assert re.fullmatch(r"\d+(\.\d)?%", value(page, "Success rate today"))
    assert "MCI: " in page
    assert page.count("<svg") >= 2


def test_nothing_inline_runs_on_it(browser: Browser) -> None:
    answer = browser.open(CONSOLE)

    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", answer.text)


def test_what_many_sellers_sold_may_be_more_than_a_bigint(owner: Connection, new_seller: NewSeller) -> None:
    largest = 2**63 - 1
    sellers = [new_seller(), new_seller()]
    owner.execute("BEGIN")
    for seller in sellers:
        grow(owner, seller, count=1, amount=largest)

    values = (literals.numbers(seller.id for seller in sellers), FIRST_ID, LAST_ID, HOUR_US, 0)
    rows = psycopg.RawCursor(owner).execute(SQL["recharges_between"], values).fetchall()
    owner.execute("ROLLBACK")

    assert sum(row[4] for row in rows) == 2 * largest
