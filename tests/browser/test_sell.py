"""What only a browser shows of selling: the operator while one types, one sale whatever is pressed twice."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser import steps
from tests.browser.chromium import LANGUAGES, THEMES, Language, Theme
from tests.browser.conftest import Browse
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand

REFUSED = ("422",)
SaleCount = Callable[[], int]


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=1_000_000)


@pytest.fixture
def sales(api: Api, seller: SellerAtHand) -> SaleCount:
    return lambda: len(api(seller).get("/api/v1/recharges").json()["data"])


def fill(page: Page, *, number: str = "09121234567", amount: str = "5000") -> None:
    """The form as it is typed, up to the check."""
    page.goto("/sell/")
    page.locator("#id_number").press_sequentially(number)
    page.locator("#id_amount").fill(amount)
    page.locator("#id_amount").press("Enter")
    page.wait_for_selector("[name=confirmed]")


def test_the_operator_appears_while_the_number_is_typed(browse: Browse, seller: SellerAtHand) -> None:
    page = browse(seller)
    page.goto("/sell/")

    page.locator("#id_number").press_sequentially("0912")

    expect(page.locator("#recognised")).to_contain_text("MCI")
    page.locator("#id_number").fill("0935")
    expect(page.locator("#recognised")).to_contain_text("Irancell")


def test_an_amount_is_chosen_by_one_press(browse: Browse, seller: SellerAtHand) -> None:
    page = browse(seller)
    page.goto("/sell/")

    page.get_by_role("button", name="50,000").click()

    expect(page.locator("#id_amount")).to_have_value("50,000")
    expect(page.locator("#id_amount")).to_be_focused()


def test_a_double_click_sells_once(browse: Browse, seller: SellerAtHand, sales: SaleCount) -> None:
    page = browse(seller)
    fill(page)

    page.locator("[name=confirmed]").dblclick()

    expect(page.locator("#sold-state")).to_contain_text("The number is recharged.")
    assert sales() == 1


def test_the_back_button_sells_once(browse: Browse, seller: SellerAtHand, sales: SaleCount) -> None:
    """The browser asks for the check again, with what was sent to it then: it is the same form."""
    page = browse(seller, expected=("ERR_CACHE_MISS",))
    fill(page)
    page.locator("[name=confirmed]").click()
    page.wait_for_selector("#sold-state")
    sold = page.url

    with suppress(Error):  # Chromium keeps no answer to a form
        page.go_back()
    steps.send_again(page)
    page.locator("[name=confirmed]").click()

    page.wait_for_url(sold)
    expect(page.locator("#toasts")).to_contain_text("nothing was sold again")
    assert sales() == 1


def test_loading_the_result_again_sells_nothing(
    browse: Browse, seller: SellerAtHand, sales: SaleCount
) -> None:
    page = browse(seller)
    fill(page)
    page.locator("[name=confirmed]").click()
    page.wait_for_selector("#sold-state")

    page.reload()

    expect(page.locator("#sold-state")).to_be_visible()
    assert sales() == 1


def test_it_all_goes_by_the_keyboard(browse: Browse, seller: SellerAtHand, sales: SaleCount) -> None:
    page = browse(seller)
    page.goto("/sell/")
    expect(page.locator("#id_number")).to_be_focused()

    page.keyboard.type("09121234567")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("5000")
    page.keyboard.press("Enter")
    page.locator("[name=confirmed]").press("Enter")

    expect(page.locator("#sold-state")).to_be_visible()
    assert sales() == 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_can_use_the_check_and_its_warning(
    browse: Browse, seller: SellerAtHand, axe: Callable[[Page], None], language: Language, theme: Theme
) -> None:
    page = browse(seller, language=language, theme=theme, size="phone")
    fill(page)
    axe(page)
    page.locator("[name=confirmed]").click()

    fill(page)

    axe(page)
    expect(page.locator("#id_again")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_refusal_is_said_beside_what_was_typed(
    browse: Browse, seller: SellerAtHand, axe: Callable[[Page], None]
) -> None:
    page = browse(seller, expected=REFUSED)
    page.goto("/sell/")
    page.locator("#id_number").fill("12")
    page.locator("#id_amount").fill("5000")

    page.locator("#id_amount").press("Enter")

    expect(page.locator("#id_number_error")).to_contain_text("This is no mobile number.")
    expect(page.locator("#id_number")).to_have_value("12")
    axe(page)
