"""Users, keys and operators: what changes holds from the next request on."""

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.console.browser import KEYS, OPERATORS, USERS, Browser, messages
from tests.console.conftest import NewColleague, epoch
from tests.support.sellers_at_hand import SellerAtHand
from topup.trips import Connection

SALE = {"phone_number": "09123456789", "amount": 100}


def key_of(app: Connection, seller: SellerAtHand) -> str:
    row = app.execute("SELECT id::text FROM sellers_apikey WHERE user_id = %s", (seller.user_id,)).fetchone()
    assert row is not None
    return str(row[0])


def test_a_revoked_key_stops_at_the_next_request(
    browser: Browser, api: Api, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000)
    client = api(seller)
    assert client.post("/api/v1/recharges", json=SALE, headers={"Idempotency-Key": "1"}).is_success

    answer = browser.act(KEYS, "revoke", key_of(app, seller))

    assert "is revoked" in messages(answer)
    refused = client.post("/api/v1/recharges", json=SALE, headers={"Idempotency-Key": "2"})
    assert refused.status_code == httpx.codes.UNAUTHORIZED
    assert "was revoked before" in messages(browser.act(KEYS, "revoke", key_of(app, seller)))


def test_a_deactivated_member_sells_nothing_more(
    browser: Browser, api: Api, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000)
    client = api(seller)
    assert client.post("/api/v1/recharges", json=SALE, headers={"Idempotency-Key": "1"}).is_success
    page = f"{USERS}{seller.user_id}/change/"
    form = browser.form(page)
    del form["is_active"]

    browser.post(page, form)

    refused = client.post("/api/v1/recharges", json=SALE, headers={"Idempotency-Key": "2"})
    assert refused.status_code == httpx.codes.UNAUTHORIZED


def test_a_member_who_moves_makes_both_sellers_prove_their_keys_again(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    former, later = new_seller(), new_seller()
    before = epoch(app, former), epoch(app, later)

    browser.send(f"{USERS}{former.user_id}/change/", seller=str(later.id))

    assert (epoch(app, former), epoch(app, later)) == (before[0] + 1, before[1] + 1)


def test_nobody_is_staff_and_a_member_too(browser: Browser, app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller()

    answer = browser.send(f"{USERS}{seller.user_id}/change/", is_staff="on")

    assert "not both" in answer.text
    row = app.execute("SELECT is_staff FROM sellers_user WHERE id = %s", (seller.user_id,)).fetchone()
    assert row == (False,)


@pytest.mark.parametrize(
    "guess",
    [
        "sellers/user/?password__startswith=pbkdf2",
        "sellers/apikey/?secret_sha256__gt=0",
        "sellers/apikey/?user__password__startswith=pbkdf2",
        "gateways/connection/?secrets__token__startswith=a",
    ],
)
def test_no_list_is_filtered_by_what_nobody_is_shown(new_colleague: NewColleague, guess: str) -> None:
    """A filter answers a question: a secret would be guessed letter by letter."""
    _, browser = new_colleague("support")

    assert browser.open(f"/console/{guess}").status_code == httpx.codes.BAD_REQUEST


def test_a_user_is_never_deleted(browser: Browser, new_seller: NewSeller) -> None:
    answer = browser.post(f"{USERS}{new_seller().user_id}/delete/", {"post": "yes"})

    assert answer.status_code == httpx.codes.FORBIDDEN


def test_an_operators_prefixes_are_digits_and_no_others(browser: Browser, app: Connection) -> None:
    page = f"{OPERATORS}rightel/change/"
    stored = "SELECT prefixes, min_minor, max_minor FROM gateways_operator WHERE code = 'rightel'"
    before = app.execute(stored).fetchone()

    for wrong in (
        {"prefixes": "9x"},
        {"prefixes": ""},
        {"prefixes": "92,91"},
        {"min_minor": "1", "max_minor": "0.9"},
    ):
        assert "errornote" in browser.send(page, **wrong).text, wrong

    assert app.execute(stored).fetchone() == before
    assert browser.send(page).url.path == OPERATORS
    assert app.execute(stored).fetchone() == before
