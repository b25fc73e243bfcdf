"""What only the door writes is shown and nothing else, to superusers too."""

import re

import httpx
import pytest

from tests.conftest import NewSeller
from tests.console.browser import BOOKS, KEYS, MOVEMENTS, RECHARGES, REQUESTS, Browser
from tests.console.conftest import NewRequest, book, state_of
from topup.trips import Connection

LISTS = (REQUESTS, RECHARGES, MOVEMENTS, BOOKS, KEYS)
REFUSED = {httpx.codes.FORBIDDEN, httpx.codes.METHOD_NOT_ALLOWED}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_offers_neither_adding_nor_deleting(browser: Browser, path: str) -> None:
    page = browser.open(path)

    assert page.status_code == httpx.codes.OK
    assert "addlink" not in page.text.split('id="content"')[1]
    assert "delete_selected" not in page.text
    assert browser.open(f"{path}add/").status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("path", LISTS)
def test_deleting_by_a_forged_action_does_nothing(browser: Browser, path: str) -> None:
    answer = browser.act(path, "delete_selected", "1", post="yes", index="0")

    assert answer.status_code == httpx.codes.OK
    assert "deleted" not in answer.text


def pages(browser: Browser, seller_id: int, request_id: str) -> list[str]:
    movements = browser.open(MOVEMENTS, seller=seller_id).text
    (movement,) = set(re.findall(rf"{MOVEMENTS}[0-9a-f-]+/change/", movements))
    return [movement, f"{REQUESTS}{request_id}/change/", f"{BOOKS}{seller_id}/change/"]


def test_a_page_has_nothing_to_save(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller(available=1_000)
    asked = new_request(seller, 5_000)

    for path in pages(browser, seller.id, asked):
        page = browser.open(path)
        assert page.status_code == httpx.codes.OK
        assert 'name="_save"' not in page.text
        assert "deletelink" not in page.text


def test_a_forged_form_is_refused(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller(available=1_000)
    asked = new_request(seller, 5_000)

    for path in pages(browser, seller.id, asked):
        forged = {"state": "approved", "amount": "9", "available": "999999", "_save": "Save"}
        assert browser.post(path, forged).status_code in REFUSED
        assert browser.post(path.replace("/change/", "/delete/"), {"post": "yes"}).status_code in REFUSED

    assert book(app, seller) == (1_000, 1)
    assert state_of(app, asked) == "pending"


def test_the_hash_of_a_keys_secret_is_never_shown(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()
    row = app.execute(
        "SELECT id::text, encode(secret_sha256, 'hex') FROM sellers_apikey WHERE user_id = %s",
        (seller.user_id,),
    ).fetchone()
    assert row is not None

    page = browser.open(f"{KEYS}{row[0]}/change/")

    assert page.status_code == httpx.codes.OK
    assert row[1] not in page.text
    assert "secret" not in page.text
