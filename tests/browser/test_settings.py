"""What only a browser shows of Settings and Developers: copying a secret, questions first, a call tried."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.conftest import NewSeller
from tests.support.sellers_at_hand import SellerAtHand

REFUSED = ("402", "401")
Axe = Callable[[Page], None]


def make_key(page: Page, label: str = "till 4") -> str:
    """A key made by the form; its secret."""
    page.goto("/settings/keys/")
    page.get_by_label("Name of the key").fill(label)
    page.get_by_role("button", name="Make a key").click()
    return page.locator("#new-key").input_value()


def try_call(page: Page, seller: SellerAtHand, call: str) -> None:
    page.goto("/developers/")
    page.locator("#try-key").fill(seller.key)
    page.locator("#try-call").select_option(call)


def test_a_new_key_is_copied_by_one_press(browse: Browse, axe: Axe, new_seller: NewSeller) -> None:
    page = browse(new_seller())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    secret = make_key(page)

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    axe(page)


def test_the_secret_is_gone_from_the_page_behind(browse: Browse, new_seller: NewSeller) -> None:
    page = browse(new_seller())
    secret = make_key(page)

    page.get_by_role("link", name="I have kept it").click()

    expect(page.get_by_role("cell", name="till 4", exact=True)).to_be_visible()
    assert secret not in page.content()


def test_ending_other_sessions_is_asked_first(browse: Browse, axe: Axe, new_seller: NewSeller) -> None:
    seller = new_seller()
    page = browse(seller)
    _log_in_elsewhere(browse, seller)
    page.goto("/settings/")

    page.get_by_role("button", name="End all others").click()

    dialog = page.get_by_role("dialog", name="End all other sessions?")
    expect(dialog).to_be_visible()
    axe(page)
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="End all others")).to_be_visible()


def _log_in_elsewhere(browse: Browse, seller: SellerAtHand) -> None:
    other = browse()
    other.goto("/account/login/")
    other.get_by_label("Username").fill(seller.username)
    other.get_by_label("Password").fill(seller.password)
    other.keyboard.press("Enter")
    other.wait_for_url(lambda there: "/account/login/" not in there)


def test_a_call_is_tried_with_the_key_that_was_pasted(browse: Browse, new_seller: NewSeller) -> None:
    seller = new_seller(available=123_450)
    page = browse(seller)
    try_call(page, seller, "balance")

    page.get_by_role("button", name="Send").click()

    expect(page.locator("#try-status")).to_have_text("200")
    expect(page.locator("#try-text")).to_contain_text('"available": 123450')
    expect(page.locator("#try-request")).to_have_text(re.compile(r"[0-9a-f]{24}"))


def test_the_session_alone_tries_nothing(browse: Browse, new_seller: NewSeller) -> None:
    seller = new_seller()
    page = browse(seller, expected=REFUSED)
    try_call(page, seller._replace(key="tk_nothing"), "balance")

    page.get_by_role("button", name="Send").click()

    expect(page.locator("#try-status")).to_have_text("401")


def test_selling_for_real_needs_a_tick_and_happens_once(browse: Browse, new_seller: NewSeller) -> None:
    seller = new_seller(available=200_000)
    page = browse(seller)
    try_call(page, seller, "sell")

    page.get_by_role("button", name="Send").click()
    expect(page.locator("#try-answer")).to_be_hidden()
    page.get_by_label("Yes, sell it").check()
    for _ in range(2):
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#try-status")).to_have_text("201")

    page.reload()
    expect(page.locator(".balance-available")).to_contain_text("15,000")


def test_a_call_leads_nowhere_but_to_the_api(browse: Browse, new_seller: NewSeller) -> None:
    seller = new_seller()
    page = browse(seller)
    try_call(page, seller, "balance")

    page.locator("#try-path").fill("//elsewhere.example/api/v1/")
    page.get_by_role("button", name="Send").click()

    expect(page.locator("#try-text")).to_contain_text("must begin with /api/v1/")


def test_members_are_invited_by_the_keyboard_alone(browse: Browse, new_seller: NewSeller) -> None:
    seller = new_seller()
    page = browse(seller)
    page.goto("/settings/members/")

    page.get_by_label("Username").focus()
    page.keyboard.type(f"by-keyboard-{seller.id}")
    page.keyboard.press("Enter")

    link = page.get_by_label("The link").input_value()
    stranger = browse()
    stranger.goto(link)
    expect(stranger.get_by_role("heading", name="Choose a password")).to_be_visible()
