"""Long lists: every row is reached once, newest first, and an id finds its row."""

import re

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.console.browser import BOOKS, CONSOLE, MOVEMENTS, RECHARGES, REQUESTS, Browser
from tests.support.sellers_at_hand import SellerAtHand
from topup import ids

SALES = 120
PRICE = 100


@pytest.fixture
def busy(api: Api, new_seller: NewSeller) -> SellerAtHand:
    """A seller with more recharges than two pages hold."""
    seller = new_seller(available=SALES * PRICE)
    items = [
        {"phone_number": f"0912000{n:04}", "amount": PRICE, "reference": f"order-{n}"} for n in range(SALES)
    ]
    answer = api(seller).post("/api/v1/recharges/batch", json={"items": items})
    assert answer.status_code == httpx.codes.OK, answer.text
    return seller


def found(page: str, path: str) -> list[str]:
    return list(dict.fromkeys(re.findall(rf"{path}([0-9a-f-]{{36}})/change/", page)))


def walk(browser: Browser, path: str, **query: object) -> list[str]:
    rows: list[str] = []
    page = browser.open(path, **query)
    for _ in range(20):
        rows += found(page.text, path)
        older = re.search(r'<a class="older" href="([^"]+)"', page.text)
        if older is None:
            break
        page = browser.open(path + older[1].replace("&amp;", "&"))
    return rows


def test_a_walk_through_the_recharges_meets_each_once(browser: Browser, busy: SellerAtHand) -> None:
    rows = walk(browser, RECHARGES, seller=busy.id)

    assert len(rows) == len(set(rows)) == SALES
    assert rows == sorted(rows, reverse=True)


def test_a_walk_through_the_journal_meets_each_movement_once(browser: Browser, busy: SellerAtHand) -> None:
    rows = walk(browser, MOVEMENTS, seller=busy.id)

    assert [ids.tail_of(row) for row in rows] == list(range(SALES + 1, 0, -1))


def test_a_walk_goes_on_to_the_seller_before(
    browser: Browser, busy: SellerAtHand, new_seller: NewSeller
) -> None:
    after = new_seller(available=5)
    above = ids.compose(
        moment_us=0, tail=1, seller_id=after.id + 1
    )  # other tests' sellers have higher numbers

    rows = walk(browser, MOVEMENTS, before=above)

    sellers = list(dict.fromkeys(ids.seller_of(row) for row in rows))
    assert sellers == sorted(sellers, reverse=True)
    assert {busy.id, after.id} <= set(sellers)
    assert sum(ids.seller_of(row) == busy.id for row in rows) == SALES + 1


def test_a_recharge_is_found_by_id_reference_and_phone_number(browser: Browser, busy: SellerAtHand) -> None:
    (row,) = found(browser.open(RECHARGES, q="order-7", seller=busy.id).text, RECHARGES)

    for term in (row, row.upper(), "order-7", "09120000007", "+98 912 000 0007", "۰۹۱۲۰۰۰۰۰۰۷"):
        assert row in found(browser.open(RECHARGES, q=term).text, RECHARGES), term
    assert found(browser.open(RECHARGES, q="order-7777", seller=busy.id).text, RECHARGES) == []


def test_a_movement_is_found_by_its_id_alone(browser: Browser, busy: SellerAtHand) -> None:
    row = found(browser.open(MOVEMENTS, seller=busy.id).text, MOVEMENTS)[3]

    assert found(browser.open(MOVEMENTS, q=row).text, MOVEMENTS) == [row]
    assert browser.open(f"{MOVEMENTS}{row}/change/").status_code == httpx.codes.OK


def test_an_id_that_only_resembles_a_movements_finds_nothing(browser: Browser, busy: SellerAtHand) -> None:
    row = found(browser.open(MOVEMENTS, seller=busy.id).text, MOVEMENTS)[3]
    another = "00" + row[2:]

    page = browser.open(f"{MOVEMENTS}{another}/change/")

    assert page.url.path == CONSOLE
    assert found(browser.open(MOVEMENTS, q=another).text, MOVEMENTS) == []


@pytest.mark.parametrize("path", [REQUESTS, RECHARGES, MOVEMENTS, BOOKS])
@pytest.mark.parametrize(
    "query",
    [{"seller": "x"}, {"seller": "9" * 30}, {"before": "x"}, {"q": "\x01'; --"}, {"p": "9"}, {"o": "1"}],
)
def test_a_query_that_makes_no_sense_is_no_error(browser: Browser, path: str, query: dict[str, str]) -> None:
    assert browser.open(path, **query).status_code == httpx.codes.OK
