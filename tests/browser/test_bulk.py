"""What only a browser shows of a file of sales: it is chosen, started and followed to its end.

Closing the page stops nothing.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.worker import working

ROWS = 1_000
LONG_MS = 60_000
"""A thousand rows take a second or two; the machine may be busy."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text("number,amount\n" + "".join(f"0912{place:07},1000\n" for place in range(ROWS)))
    return path


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=100_000_000)


def upload(page: Page, file: Path) -> None:
    page.goto("/bulk/")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_selector("#begin")


def test_a_thousand_rows_are_uploaded_checked_sold_and_told(
    browse: Browse, seller: SellerAtHand, file: Path, installation: Installation
) -> None:
    page = browse(seller)
    upload(page, file)
    page.get_by_role("button", name="Sell 1,000 recharges for 1,000,000 toman").click()
    with working(installation):
        expect(page.locator("#progress")).to_contain_text("Every row has come to its end.", timeout=LONG_MS)

    expect(page.locator("progress")).to_have_attribute("value", str(ROWS))
    with page.expect_download() as download:
        page.get_by_role("link", name="Result as CSV").click()
    assert download.value.path().read_text("utf-8-sig").count(",sold,") == ROWS


def test_the_progress_is_there_again_after_the_page_was_closed(
    browse: Browse, seller: SellerAtHand, file: Path, installation: Installation
) -> None:
    page = browse(seller)
    upload(page, file)
    page.locator("#begin").scroll_into_view_if_needed()
    page.get_by_role("button", name="Sell 1,000").click()
    page.wait_for_selector("progress")
    path = page.url
    page.close()

    with working(installation):
        again = browse(seller)
        again.goto(path)
        expect(again.locator("#progress")).to_contain_text("Every row has come to its end.", timeout=LONG_MS)


def test_a_job_is_stopped_by_its_button(
    browse: Browse, seller: SellerAtHand, file: Path, installation: Installation
) -> None:
    page = browse(seller)
    upload(page, file)
    page.get_by_role("button", name="Sell 1,000").click()

    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#progress")).to_contain_text("stopping")
    with working(installation):
        expect(page.locator("#progress")).to_contain_text("You stopped it.", timeout=LONG_MS)

    expect(page.get_by_role("button", name="Go on")).to_be_visible()


def test_the_same_file_again_is_warned_of(browse: Browse, seller: SellerAtHand, file: Path) -> None:
    page = browse(seller)
    upload(page, file)
    page.get_by_role("button", name="Sell 1,000").click()

    upload(page, file)

    expect(page.locator("#start")).to_contain_text("The same rows were uploaded before")
    page.get_by_role("button", name="Sell 1,000").click()
    expect(page.locator("#id_again:invalid")).to_be_visible()
