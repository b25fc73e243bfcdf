"""What only a browser shows of Credit: a file is judged as it is chosen, and a dialog asks before a deed."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.conftest import NewSeller
from tests.support import pictures
from topup.credit.receipts import MAX_BYTES


def ask(page: Page, receipt: Path) -> None:
    page.goto("/credit/ask/")
    page.get_by_label("Amount in toman").fill("12,500")
    page.get_by_label("Receipt").set_input_files(receipt)
    page.get_by_role("button", name="Ask for credit").click()
    page.wait_for_url("**/credit/*-*/")


def a_file(folder: Path, content: bytes) -> Path:
    file = folder / "photo.png"
    file.write_bytes(content)
    return file


def test_a_receipt_is_sent_and_shown(browse: Browse, new_seller: NewSeller, tmp_path: Path) -> None:
    page = browse(new_seller())

    ask(page, a_file(tmp_path, pictures.png()))

    picture = page.get_by_alt_text("The receipt of the transfer")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 320
    expect(page.locator("[aria-current=step]")).to_contain_text("Staff will look at it")


def test_a_receipt_opened_by_itself_is_drawn(browse: Browse, new_seller: NewSeller, tmp_path: Path) -> None:
    page = browse(new_seller())
    ask(page, a_file(tmp_path, pictures.png()))

    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Open in a new tab").click()

    opening.value.wait_for_load_state()
    assert opening.value.locator("img").evaluate("image => image.naturalWidth") == 320


def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    browse: Browse, new_seller: NewSeller, tmp_path: Path
) -> None:
    page = browse(new_seller())
    page.goto("/credit/ask/")
    chosen = page.get_by_label("Receipt")

    chosen.set_input_files(a_file(tmp_path, pictures.JPEG + bytes(MAX_BYTES)))

    expect(page.get_by_role("alert")).to_contain_text("too large: at most 5 MB")
    assert chosen.input_value() == ""
    chosen.set_input_files(a_file(tmp_path, pictures.png()))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_cancelling_asks_first(browse: Browse, new_seller: NewSeller, tmp_path: Path) -> None:
    page = browse(new_seller())
    ask(page, a_file(tmp_path, pictures.png()))

    page.get_by_role("button", name="Cancel the request").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".state").first).to_have_text("pending")
    page.get_by_role("button", name="Cancel the request").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the request").click()

    expect(page.locator(".state").first).to_have_text("cancelled")
