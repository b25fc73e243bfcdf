"""What holds for every page: everybody can use it, in both languages, and nothing foreign runs in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import LANGUAGES, Language
from tests.browser.conftest import Browse
from tests.browser.pages import PAGES, Shown
from tests.browser.scene import Scene
from tests.browser.visits import Visits
from tests.conftest import NewSeller
from tests.support.server import Server

ALL = pytest.mark.parametrize("shown", PAGES, ids=[shown.name for shown in PAGES])
BOTH = pytest.mark.parametrize("language", LANGUAGES)
DIRECTIONS = {"en": "ltr", "fa": "rtl"}


@pytest.fixture(scope="module")
def visits(browser: Browser, server_of_the_run: Server, scene: Scene) -> Iterator[Visits]:
    made = Visits(browser, server_of_the_run.url, scene)
    yield made
    made.close()


@ALL
@BOTH
def test_axe_finds_nothing_serious(visits: Visits, shown: Shown, language: Language) -> None:
    assert visits.seen(shown, language).grave == []


@ALL
@BOTH
def test_it_fits_a_desktop_and_a_phone(visits: Visits, shown: Shown, language: Language) -> None:
    assert visits.seen(shown, language).too_wide == {}


@ALL
@BOTH
def test_it_says_its_language_and_direction(visits: Visits, shown: Shown, language: Language) -> None:
    seen = visits.seen(shown, language)

    assert (seen.language, seen.direction) == (language, DIRECTIONS[language])


@ALL
def test_the_switch_of_the_language_leads_back_to_the_page(
    visits: Visits, scene: Scene, shown: Shown
) -> None:
    assert visits.seen(shown, "fa").url.endswith(scene.path(shown))


@ALL
def test_a_page_in_persian_has_no_english_words_and_no_latin_digits(visits: Visits, shown: Shown) -> None:
    assert visits.seen(shown, "fa").foreign == []


@ALL
@BOTH
def test_the_browser_complains_about_nothing(visits: Visits, shown: Shown, language: Language) -> None:
    assert visits.seen(shown, language).complaints == []


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
