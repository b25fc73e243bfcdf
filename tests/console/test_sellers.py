"""Registering a seller, suspending it, and changing its terms."""

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.console.browser import SELLERS, Browser, messages
from tests.console.conftest import epoch
from tests.support.sellers_at_hand import SellerAtHand
from topup.trips import Connection


def standing(app: Connection, seller: SellerAtHand) -> tuple[bool, int | None, int | None]:
    row = app.execute(
        "SELECT active, daily_limit, per_recharge_max FROM ledger.book WHERE seller_id = %s", (seller.id,)
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def change(seller: SellerAtHand) -> str:
    return f"{SELLERS}{seller.id}/change/"


def test_a_suspended_seller_sells_nothing_from_the_next_request_on(
    browser: Browser, api: Api, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000, daily_limit=900, per_recharge_max=800)
    sale = {"phone_number": "09123456789", "amount": 100}
    client = api(seller)
    assert client.post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": "1"}).is_success

    answer = browser.act(SELLERS, "suspend", seller.id)

    assert "suspended" in messages(answer)
    refused = client.post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": "2"})
    assert refused.json()["code"] == "seller_suspended"
    assert standing(app, seller) == (False, 900, 800)
    browser.act(SELLERS, "activate", seller.id)
    assert standing(app, seller) == (True, 900, 800)
    assert client.post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": "2"}).is_success


def test_suspending_twice_says_that_it_was_suspended(browser: Browser, new_seller: NewSeller) -> None:
    seller = new_seller(active=False)

    assert "was suspended before" in messages(browser.act(SELLERS, "suspend", seller.id))


def test_limits_are_set_and_taken_away(browser: Browser, app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller(active=False)

    browser.send(change(seller), daily_limit="500", per_recharge_max="0")
    assert standing(app, seller) == (False, 5_000, 0)
    browser.send(change(seller), daily_limit="")

    assert standing(app, seller) == (False, None, 0)


def test_a_form_opened_long_ago_undoes_no_newer_change(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(daily_limit=1_000)
    old = browser.form(change(seller))
    browser.act(SELLERS, "suspend", seller.id)
    browser.send(change(seller), daily_limit="5")

    browser.post(change(seller), old | {"name": "Another name"})

    assert standing(app, seller) == (False, 50, None)
    assert "Another name" in browser.open(change(seller)).text


def window(app: Connection, seller: SellerAtHand) -> int | None:
    found = app.execute("SELECT duplicate_window_s FROM ledger.book WHERE seller_id = %s", (seller.id,))
    row = found.fetchone()
    assert row is not None
    value: int | None = row[0]
    return value


def test_a_duplicate_window_is_set_and_given_back_to_the_installation(
    browser: Browser, api: Api, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000, daily_limit=900)
    sale = {"phone_number": "09123456789", "amount": 100}
    keys = ({"Idempotency-Key": f"window-{number}"} for number in range(9))
    sell = (api(seller).post("/api/v1/recharges", json=sale, headers=key).status_code for key in keys)

    browser.send(change(seller), duplicate_window_s="604800")

    assert (window(app, seller), standing(app, seller)) == (604_800, (True, 900, None))
    assert [next(sell), next(sell)] == [201, 409]
    browser.send(change(seller), duplicate_window_s="0")
    assert (window(app, seller), next(sell)) == (0, 201)
    browser.send(change(seller), duplicate_window_s="")
    assert window(app, seller) is None


@pytest.mark.parametrize("seconds", ["-1", "604801", "1.5", "x"])
def test_a_window_that_will_not_do_is_named(
    browser: Browser, app: Connection, new_seller: NewSeller, seconds: str
) -> None:
    seller = new_seller(duplicate_window_s=5)

    answer = browser.send(change(seller), duplicate_window_s=seconds)

    assert "errorlist" in answer.text
    assert window(app, seller) == 5


@pytest.mark.parametrize("limit", ["-1", "1.55", "x", str(2**63)])
def test_a_limit_that_will_not_do_is_named(
    browser: Browser, app: Connection, new_seller: NewSeller, limit: str
) -> None:
    seller = new_seller()

    answer = browser.send(change(seller), daily_limit=limit)

    assert "errorlist" in answer.text
    assert standing(app, seller) == (True, None, None)


def test_addresses_hold_from_the_next_sale_on(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()
    before = epoch(app, seller)

    browser.send(change(seller), allowed_ips="10.0.0.1, 192.168.0.0/16\n2001:db8::/32")

    row = app.execute("SELECT allowed_ips FROM sellers_seller WHERE id = %s", (seller.id,)).fetchone()
    assert row == (["10.0.0.1/32", "192.168.0.0/16", "2001:db8::/32"],)
    assert epoch(app, seller) == before + 1


def test_what_is_no_address_is_named(browser: Browser, new_seller: NewSeller) -> None:
    answer = browser.send(change(new_seller()), allowed_ips="10.0.0.1, nowhere")

    assert "nowhere is no address" in answer.text


def test_saving_a_page_unchanged_changes_nothing(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=70, daily_limit=5)
    before = standing(app, seller), epoch(app, seller)

    for _ in range(2):
        browser.send(change(seller))

    assert (standing(app, seller), epoch(app, seller)) == before


def test_a_seller_is_registered_with_its_member_and_book(browser: Browser, app: Connection) -> None:
    answer = browser.send(
        f"{SELLERS}add/", name="Isfahan Sim", username="isfahan", email="", password="a-long-password-77"
    )

    assert "Isfahan Sim is seller" in messages(answer)
    row = app.execute(
        "SELECT b.available FROM sellers_user u JOIN ledger.book b ON b.seller_id = u.seller_id "
        "WHERE u.username = 'isfahan'"
    ).fetchone()
    assert row == (0,)


@pytest.mark.parametrize(
    ("field", "value"), [("username", ""), ("username", "no spaces!"), ("password", "123"), ("name", "")]
)
def test_what_will_not_do_registers_nobody(browser: Browser, app: Connection, field: str, value: str) -> None:
    form = {"name": "Nobody", "username": "nobody", "email": "", "password": "a-long-password-77"}
    count = "SELECT count(*) FROM sellers_seller WHERE name = 'Nobody'"

    answer = browser.send(f"{SELLERS}add/", **form | {field: value})

    assert answer.status_code == httpx.codes.OK
    assert "errorlist" in answer.text
    assert app.execute(count).fetchone() == (0,)


def test_a_username_that_somebody_has_is_named(browser: Browser, new_seller: NewSeller) -> None:
    taken = new_seller().username.upper()

    answer = browser.send(
        f"{SELLERS}add/", name="Again", username=taken, email="", password="a-long-password-77"
    )

    assert "Somebody has this username" in answer.text


def test_a_seller_is_never_deleted(browser: Browser, new_seller: NewSeller) -> None:
    seller = new_seller()

    answer = browser.post(f"{SELLERS}{seller.id}/delete/", {"post": "yes"})

    assert answer.status_code == httpx.codes.FORBIDDEN
