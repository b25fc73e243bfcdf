"""Home: the balance is always in view and right, and the page keeps up without being loaded again."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.conftest import Api, NewSeller

NUMBER = "09121234567"
SOON_MS = 20_000
"""Live parts ask every five seconds; the machine may be busy."""


def sell(client: httpx.Client, amount: int, key: str) -> None:
    sale = {"phone_number": NUMBER, "amount": amount}
    answer = client.post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text


def available(page: Page) -> str:
    return page.locator(".balance-available").inner_text().replace("\u00a0", " ")


@pytest.mark.parametrize(("language", "shown"), [("en", "100,000.5 toman"), ("fa", "۱۰۰٬۰۰۰٫۵ تومان")])
def test_the_balance_is_shown_to_the_last_rial(
    browse: Browse, new_seller: NewSeller, language: str, shown: str
) -> None:
    page = browse(new_seller(available=1_000_005), language=language)  # type: ignore[arg-type]  # one of both

    page.goto("/")

    assert available(page) == shown


def test_a_sale_elsewhere_appears_without_loading_the_page(
    browse: Browse, new_seller: NewSeller, api: Api
) -> None:
    seller = new_seller(available=1_000_000)
    page = browse(seller)
    page.goto("/")
    page.evaluate("window.notLoadedAgain = true")

    sell(api(seller), 50_000, "one")

    expect(page.locator(".balance-available")).to_contain_text("95,000", timeout=SOON_MS)
    expect(page.get_by_role("row").filter(has_text="0912 123 4567")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("#home")).to_contain_text("5,000", timeout=SOON_MS)
    assert page.evaluate("window.notLoadedAgain") is True


def test_what_did_not_change_is_not_sent_again(browse: Browse, new_seller: NewSeller) -> None:
    page = browse(new_seller(available=1_000))
    page.goto("/")

    with page.expect_response(lambda answer: "/frame/balance/" in answer.url, timeout=SOON_MS) as waiting:
        pass

    assert waiting.value.status == 204


def test_the_balance_stays_in_view_while_one_scrolls(browse: Browse, new_seller: NewSeller, api: Api) -> None:
    seller = new_seller(available=1_000_000)
    client = api(seller)
    for turn in range(10):
        sell(client, 1_000, f"order-{turn}")
    page = browse(seller, size="phone")
    page.goto("/")

    page.mouse.wheel(0, 2_000)

    expect(page.locator(".balance-available")).to_be_in_viewport()


def test_the_chart_is_drawn_and_told_in_a_table(browse: Browse, new_seller: NewSeller, api: Api) -> None:
    seller = new_seller(available=1_000_000)
    sell(api(seller), 70_000, "one")
    page = browse(seller)

    page.goto("/")

    expect(page.locator(".chart canvas")).to_be_visible()
    expect(page.locator("#home table.hidden")).to_contain_text("7,000")


def test_time_runs_left_to_right_in_persian_too(browse: Browse, new_seller: NewSeller, api: Api) -> None:
    seller = new_seller(available=1_000_000)
    sell(api(seller), 70_000, "one")
    page = browse(seller, language="fa")

    page.goto("/")

    assert page.locator(".chart").evaluate("box => getComputedStyle(box).direction") == "ltr"


def test_a_session_that_ended_leads_to_the_login_by_itself(browse: Browse, new_seller: NewSeller) -> None:
    page = browse(new_seller(), expected=("401",))
    page.goto("/")

    page.context.clear_cookies(name="sessionid")

    page.wait_for_url("**/account/login/**", timeout=SOON_MS)
