"""A look at a seller's portal: what its viewers see, nothing sent, and every page on record once."""

import httpx
import pytest

from tests.conftest import NewSeller
from tests.console.browser import SELLERS, Browser
from tests.console.conftest import NewBrowser, noted
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.trips import Connection

ALLOWED = ("/", "/recharges/", "/credit/", "/statement/")
REFUSED = ("/sell/", "/settings/", "/bulk/", "/developers/", "/credit/ask/")


def look(browser: Browser, seller: SellerAtHand) -> httpx.Response:
    return browser.send(f"{SELLERS}{seller.id}/look/", reason="a call of its owner")


def test_staff_see_what_a_viewer_of_the_seller_sees(browser: Browser, new_seller: NewSeller) -> None:
    seller = new_seller(available=123_450)

    home = look(browser, seller)

    assert home.url.path == "/"
    assert "12,345" in home.text
    assert "You look at the portal of" in home.text
    assert {path: browser.open(path).status_code for path in ALLOWED} == dict.fromkeys(ALLOWED, 200)
    assert 'href="/sell/"' not in home.text


@pytest.mark.parametrize("path", REFUSED)
def test_pages_of_the_sellers_own_people_stay_shut(
    browser: Browser, new_seller: NewSeller, path: str
) -> None:
    look(browser, new_seller())

    assert browser.open(path).status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("path", [*ALLOWED, *REFUSED])
def test_nothing_is_sent(browser: Browser, new_seller: NewSeller, path: str) -> None:
    look(browser, new_seller())

    assert browser.post(path, {"amount": "100"}).status_code in (
        httpx.codes.FORBIDDEN,
        httpx.codes.METHOD_NOT_ALLOWED,
    )


def test_every_page_is_on_record_once_with_why(
    browser: Browser, app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()

    look(browser, seller)
    for path in ("/", "/recharges/", "/recharges/", "/frame/balance/", "/recharges/?state=failed"):
        browser.open(path)

    entries = [each for each in noted(app, seller.id) if each.act == "portal_looked_at"]
    assert [(each.actor_id, each.reason) for each in entries] == [
        (staff.user_id, "a call of its owner"),
        (staff.user_id, ""),
        (staff.user_id, ""),
    ]
    assert [(each.after or {}).get("page") for each in entries] == [None, "/", "/recharges/"]
    assert len({(each.after or {})["look"] for each in entries}) == 1


def test_a_look_needs_a_reason(browser: Browser, new_seller: NewSeller) -> None:
    answer = browser.send(f"{SELLERS}{new_seller().id}/look/", reason=" ")

    assert "errorlist" in answer.text
    assert browser.open("/").url.path == "/console/"


def test_ending_it_leads_back_to_the_seller(browser: Browser, new_seller: NewSeller) -> None:
    seller = new_seller()
    look(browser, seller)

    back = browser.post("/console/look/end/", {})

    assert back.url.path == f"{SELLERS}{seller.id}/change/"
    assert browser.open("/").url.path == "/console/"


def test_a_member_begins_no_look(new_browser: NewBrowser, new_seller: NewSeller) -> None:
    one, other = new_seller(available=10), new_seller(available=7_777_770)
    member = new_browser()
    member.log_in(one.username, one.password)

    answer = member.post(f"{SELLERS}{other.id}/look/", {"reason": "x"})

    assert "777,777" not in answer.text + member.open("/").text
