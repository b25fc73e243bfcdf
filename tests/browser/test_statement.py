"""What only a browser shows of a statement: its files are saved, and the time is chosen by the keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.conftest import NewSeller

BEGINNINGS = {"PDF": b"%PDF-", "XLSX": b"PK\x03\x04", "CSV": b"\xef\xbb\xbf"}


@pytest.mark.parametrize("form", BEGINNINGS)
def test_a_file_is_saved_under_its_name(browse: Browse, new_seller: NewSeller, form: str) -> None:
    page = browse(new_seller(available=1_000))
    page.goto("/statement/")

    with page.expect_download() as waiting:
        page.get_by_role("link", name=form).click()

    assert waiting.value.suggested_filename.endswith(f".{form.lower()}")
    assert Path(waiting.value.path()).read_bytes().startswith(BEGINNINGS[form])


def test_a_time_is_chosen_by_the_keyboard(browse: Browse, new_seller: NewSeller) -> None:
    page = browse(new_seller(available=1_000))
    page.goto("/statement/")

    page.get_by_label("First day").fill("2020-01-01")
    page.get_by_label("Last day").fill("2020-01-31")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="January 2020")).to_be_visible()
    expect(page.get_by_text("Nothing moved in this time")).to_be_visible()
    expect(page.get_by_label("First day")).to_have_value("2020-01-01")
