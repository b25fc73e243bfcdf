"""The ledger explorer: both sides of the trial balance agree, now and as of a day, on page and in file."""

import csv
import io

import pytest

from tests.conftest import NewSeller
from tests.console.browser import EXPLORER, Browser
from tests.support.sellers_at_hand import SellerAtHand

EXPORT = "/console/ledger/explorer.csv"


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=70_000)


@pytest.mark.parametrize("at", ["", "2100-01-01"])
def test_the_sides_are_equal_for_one_and_for_all(browser: Browser, seller: SellerAtHand, at: str) -> None:
    of_all = browser.open(EXPLORER, at=at).text
    of_one = browser.open(EXPLORER, at=at, seller=seller.id).text

    assert "Both sides are equal." in of_all
    assert "Both sides are equal." in of_one
    assert "7,000\xa0toman" in of_one


def test_before_its_first_movement_a_book_held_nothing(browser: Browser, seller: SellerAtHand) -> None:
    page = browser.open(EXPLORER, at="2020-01-01", seller=seller.id).text

    assert "of 0 books" in page


def test_a_movement_stands_in_two_legs(browser: Browser, seller: SellerAtHand) -> None:
    page = browser.open(EXPLORER, seller=seller.id).text
    legs = page.split("Movements in two legs")[1]

    assert legs.count("7,000\xa0toman") == 2


def test_the_file_has_each_book_and_the_total(browser: Browser, seller: SellerAtHand) -> None:
    answer = browser.open(EXPORT, seller=seller.id)
    rows = list(csv.reader(io.StringIO(answer.text)))

    assert rows[1] == [str(seller.id), "IRR", "1", "70000", "0", "0", "70000", "0"]
    assert rows[-1][0] == "total"


@pytest.mark.parametrize(
    "query", [{"at": "yesterday"}, {"seller": "x"}, {"before": "x"}, {"at": "9999-12-31"}]
)
def test_what_makes_no_sense_is_no_error(browser: Browser, query: dict[str, str]) -> None:
    assert browser.open(EXPLORER, **query).status_code == 200
