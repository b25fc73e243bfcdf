"""What holds for every page: everybody can use it, in both languages, and nothing foreign runs in it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import LANGUAGES, THEMES, Language, Theme
from tests.browser.conftest import Browse
from tests.browser.pages import PAGES, Shown
from tests.browser.scene import Scene
from tests.conftest import NewSeller

ALL = pytest.mark.parametrize("shown", PAGES, ids=[shown.name for shown in PAGES])
DIRECTIONS = {"en": "ltr", "fa": "rtl"}
MISSING = ("404",)


@ALL
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(
    browse: Browse, axe: Callable[[Page], None], scene: Scene, shown: Shown, language: Language, theme: Theme
) -> None:
    page = browse(scene.eyes(shown.who), language=language, theme=theme, expected=MISSING)

    page.goto(scene.path(shown))

    axe(page)


@ALL
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_a_phone(browse: Browse, scene: Scene, shown: Shown, language: Language) -> None:
    page = browse(scene.eyes(shown.who), language=language, size="phone", expected=MISSING)

    page.goto(scene.path(shown))

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@ALL
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_its_language_and_direction(
    browse: Browse, scene: Scene, shown: Shown, language: Language
) -> None:
    page = browse(scene.eyes(shown.who), language=language, expected=MISSING)

    page.goto(scene.path(shown))

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", DIRECTIONS[language])


@ALL
def test_every_page_has_the_switch_of_the_language(browse: Browse, scene: Scene, shown: Shown) -> None:
    page = browse(scene.eyes(shown.who), expected=MISSING)
    page.goto(scene.path(shown))

    page.get_by_role("button", name="فارسی").first.click()

    expect(page.locator("html")).to_have_attribute("lang", "fa")
    assert page.url.endswith(scene.path(shown))


def test_the_keyboard_skips_to_the_content(browse: Browse, scene: Scene) -> None:
    page = browse(scene.member)
    page.goto("/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_a_theme_stays_and_is_there_from_the_first_byte(browse: Browse) -> None:
    page = browse(theme="light")
    page.goto("/account/login/")

    page.get_by_role("button", name="Dark").click()

    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert 'data-theme="dark"' in page.request.get("/account/login/").text()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 27)"


def test_no_inline_script_runs(browse: Browse) -> None:
    page = browse(expected=("Content Security Policy",))
    page.goto("/account/login/")

    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); }"
    )

    assert page.evaluate("window.ran") is None


def test_a_menu_opens_and_closes_by_the_keyboard(browse: Browse, scene: Scene) -> None:
    page = browse(scene.member)
    page.goto("/")
    menu = page.locator("summary", has_text="Your account")

    menu.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    expect(menu).to_be_focused()


def test_logging_in_leads_back_to_the_page_that_was_asked_for(browse: Browse, new_seller: NewSeller) -> None:
    seller = new_seller()
    page = browse()

    page.goto("/?by=day")
    page.get_by_label("Username").fill(seller.username)
    page.get_by_label("Password").fill(seller.password)
    page.keyboard.press("Enter")

    page.wait_for_url("**/?by=day")


def test_logging_out_shuts_the_portal(browse: Browse, new_seller: NewSeller) -> None:
    page = browse(new_seller())
    page.goto("/")

    page.locator("summary", has_text="Your account").click()
    page.get_by_role("button", name="Log out").click()
    page.goto("/")

    assert "/account/login/" in page.url
