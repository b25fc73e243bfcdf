"""Registering in a browser: everybody can use the form, and it tells what is wrong beside the field."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.chromium import LANGUAGES, Language
from tests.browser.conftest import Browse
from tests.support.installation import Installation
from tests.support.server import Server, serving

REGISTER = "/account/register/"


@pytest.fixture(scope="module")
def open_to_all(installation: Installation) -> Iterator[Server]:
    """A server that lets anybody register."""
    with serving(installation, OPEN_REGISTRATION="true") as started:
        yield started


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious_in_the_form_and_its_errors(
    browse: Browse, axe: Callable[[Page], None], open_to_all: Server, language: Language
) -> None:
    page = browse(on=open_to_all, language=language, size="phone", expected=("422",))

    page.goto(REGISTER)
    axe(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".field.wrong")

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_next_step_is_shown_on_home(browse: Browse, open_to_all: Server) -> None:
    page = browse(on=open_to_all)

    steps.register_oneself(page, name="Zayandeh Charge", username="zayandeh")

    expect(page.locator("#home")).to_contain_text("The next step: ask for credit.")
    page.locator("#home").get_by_role("link", name="Ask for credit").click()
    page.wait_for_url("**/credit/ask/")


def test_two_passwords_that_differ_are_told_beside_the_second(browse: Browse, open_to_all: Server) -> None:
    page = browse(on=open_to_all, expected=("422",))
    page.goto(REGISTER)

    page.get_by_label("Name of the company").fill("Differs")
    page.get_by_label("Username").fill("differs")
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    page.get_by_label("Password again").fill("something else entirely")
    page.keyboard.press("Enter")

    expect(page.locator("#id_again_error")).to_have_text("The two passwords differ.")
