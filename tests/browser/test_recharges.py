"""Recharges in a browser: filters on a phone, the file, what changes while one looks, and paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Language
from tests.browser.conftest import Browse
from tests.browser.scene import Scene
from tests.conftest import Api, NewSeller
from tests.portal.selling import sell
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand

NUMBER = "09121234567"
SOON_MS = 20_000
"""Live parts ask every five seconds; the machine may be busy."""
POINTS = {"a6": (298, 420), "a4": (595, 842)}
"""Of 1/72 inch, rounded: the sheets of ISO 216."""


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=1_000_000)


@pytest.fixture
def sold(seller: SellerAtHand, api: Api) -> str:
    return sell(api(seller), number=NUMBER, amount=50_000, reference="order-1")


def test_a_phone_folds_filters_away_and_the_keyboard_opens_them(browse: Browse, scene: Scene) -> None:
    page = browse(scene.member, size="phone")
    page.goto("/recharges/")
    expect(page.get_by_label("State")).to_be_hidden()

    page.get_by_text("More filters").press("Enter")
    page.get_by_label("State").select_option("succeeded")
    page.get_by_label("State").press("Enter")
    page.get_by_role("button", name="Find").press("Enter")

    page.wait_for_url(re.compile(r"state=succeeded"))
    expect(page.get_by_label("State")).to_be_visible()


def test_a_desktop_shows_all_filters(browse: Browse, scene: Scene) -> None:
    page = browse(scene.member)

    page.goto("/recharges/")

    expect(page.get_by_label("State")).to_be_visible()
    expect(page.get_by_text("More filters")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_wrong_filter_is_marked_for_everybody(
    browse: Browse, scene: Scene, axe: Callable[[Page], None], language: Language
) -> None:
    page = browse(scene.member, language=language, expected=("422",))

    page.goto("/recharges/?number=12")

    expect(page.locator("#id_number")).to_have_attribute("aria-invalid", "true")
    axe(page)


def test_the_file_of_what_is_filtered_is_downloaded(browse: Browse, scene: Scene) -> None:
    page = browse(scene.member)
    page.goto("/recharges/?number=09351234567")

    page.locator("summary", has_text="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()

    assert waiting.value.suggested_filename == "recharges.csv"
    rows = waiting.value.path().read_text("utf-8-sig").splitlines()[1:]
    assert rows
    assert all("0935 123 4567" in row for row in rows)


def test_a_reversal_shows_while_one_looks(
    browse: Browse, seller: SellerAtHand, sold: str, api: Api, staff: StaffAtHand
) -> None:
    page = browse(seller)
    page.goto(f"/recharges/{sold}/")
    page.get_by_role("link", name="It did not arrive").focus()

    answer = api(staff).post(f"/api/v1/recharges/{sold}/reverse", json={"reason": "wrong number"})

    assert answer.status_code == 200, answer.text
    expect(page.locator(".story")).to_contain_text("took it back", timeout=SOON_MS)
    expect(page.locator(".balance-available")).to_contain_text("100,000", timeout=SOON_MS)


def test_a_double_click_opens_one_dispute(
    browse: Browse, seller: SellerAtHand, sold: str, axe: Callable[[Page], None]
) -> None:
    page = browse(seller)
    page.goto(f"/recharges/{sold}/dispute/")
    page.get_by_label("What is wrong?").fill("the customer got nothing")

    page.get_by_role("button", name="Open the dispute").dblclick()

    page.wait_for_url(f"**/recharges/{sold}/")
    expect(page.get_by_text("waits for an answer")).to_have_count(1)
    axe(page)


@pytest.mark.parametrize("paper", ["a6", "a4"])
def test_a_receipt_is_one_sheet_of_the_paper_that_was_chosen(
    browse: Browse, seller: SellerAtHand, sold: str, paper: str
) -> None:
    page = browse(seller, language="fa")
    page.goto(f"/recharges/{sold}/receipt/?paper={paper}")

    printed = page.pdf(prefer_css_page_size=True).decode("latin-1")

    sheets = re.findall(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [tuple(round(float(side)) for side in sheet) for sheet in sheets] == [POINTS[paper]]


def test_paper_shows_the_slip_alone(browse: Browse, seller: SellerAtHand, sold: str) -> None:
    page = browse(seller, theme="dark")
    page.goto(f"/recharges/{sold}/receipt/")

    page.emulate_media(media="print")

    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_text("5,000")).to_be_visible()
    assert page.locator(".slip").evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
