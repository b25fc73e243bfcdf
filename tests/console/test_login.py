"""Who gets in."""

import httpx
import pytest

from tests.conftest import NewSeller
from tests.console.browser import LOGIN, REQUESTS, SELLERS, Browser
from tests.console.conftest import NewBrowser
from tests.support.sellers_at_hand import StaffAtHand


def test_staff_log_in_by_the_form(browser: Browser) -> None:
    page = browser.open("/console/")

    assert page.status_code == httpx.codes.OK
    assert "TopUpEngine" in page.text
    assert "Staff console" in page.text


def test_the_root_leads_to_the_console(new_browser: NewBrowser) -> None:
    assert new_browser().open("/").url.path == LOGIN


def test_a_sellers_member_does_not_get_in(new_browser: NewBrowser, new_seller: NewSeller) -> None:
    member, browser = new_seller(), new_browser()

    browser.log_in(member.username, member.password)

    assert browser.open(SELLERS).url.path == "/"
    assert browser.open(f"{SELLERS}{member.id}/change/").url.path == "/"


def test_a_wrong_password_does_not_get_in(new_browser: NewBrowser, staff: StaffAtHand) -> None:
    answer = new_browser().log_in(staff.username, "not-it")

    assert answer.url.path == LOGIN
    assert "sessionid" not in answer.cookies


@pytest.mark.parametrize(
    ("twin", "page"),
    [
        ("/console/logout/", "/account/logout/"),
        ("/console/password_change/", "/account/password/"),
        ("/console/password_change/done/", "/account/password/"),
    ],
)
def test_staff_leave_and_change_their_password_where_members_do(
    browser: Browser, twin: str, page: str
) -> None:
    answer = browser.open(twin)

    assert (answer.url.path, answer.status_code) == (page, httpx.codes.OK)
    assert browser.post(twin, {"old_password": "x"}).url.path == page
    assert browser.open("/console/").url.path == "/console/", "a form of nobody's logs nobody out"


@pytest.mark.parametrize("path", [SELLERS, REQUESTS, "/console/sellers/seller/1/adjust/"])
def test_nobody_sees_a_page_without_logging_in(new_browser: NewBrowser, path: str) -> None:
    assert new_browser().open(path).url.path == LOGIN


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    answer = browser.client.post(REQUESTS, data={"action": "approve", "_selected_action": "x"})

    assert answer.status_code == httpx.codes.FORBIDDEN


def test_the_icon_that_browsers_ask_for_is_no_error(new_browser: NewBrowser) -> None:
    assert new_browser().open("/favicon.ico").status_code == httpx.codes.NO_CONTENT
