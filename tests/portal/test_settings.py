"""Settings: keys and invitations open exactly what they should, roles hold, and an owner always stays."""

import re
import uuid
from collections.abc import Callable

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.visitor import Visitor
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.trips import Connection

SECRET = re.compile(r'id="new-key"[^>]*value="(tk_[^"]+)"')
LINK = re.compile(r'id="invitation"[^>]*value="([^"]+)"')
OWNERS_ONLY = ("/settings/keys/", "/settings/members/", "/settings/addresses/")
PASSWORD = "a-password-of-their-own"
Balance = Callable[[str], httpx.Response]


@pytest.fixture
def owner_visits(visit: Visit, new_seller: NewSeller) -> tuple[SellerAtHand, Visitor]:
    seller = new_seller(available=100_000)
    return seller, visit(seller)


@pytest.fixture
def balance(api: Api) -> Balance:
    """Read the balance with a key."""

    def read(key: str) -> httpx.Response:
        return api().get("/api/v1/balance", headers={"Authorization": f"Token {key}"})

    return read


def send(visitor: Visitor, page: str, to: str, **values: str) -> httpx.Response:
    """A form of a page that is sent to another address."""
    return visitor.answer(visitor.open(page), to, **values)


def post(visitor: Visitor, path: str, **values: str) -> httpx.Response:
    """A form that no page shows."""
    return send(visitor, "/account/password/", path, **values)


def make_key(visitor: Visitor, **changes: str) -> httpx.Response:
    values = {"label": "till 4", "user": user_of(visitor), "days": "", **changes}
    return send(visitor, "/settings/keys/", "/settings/keys/make/", **values)


def revoking(key: str) -> str:
    """Where this key is revoked."""
    return f"/settings/keys/{uuid.UUID(key.split('_')[1])}/revoke/"


def user_of(visitor: Visitor) -> str:
    found = re.search(r'<option value="(\d+)"', visitor.open("/settings/keys/").text)
    assert found
    return found[1]


def secret_of(page: httpx.Response) -> str:
    found = SECRET.search(page.text)
    assert found, page.text
    return found[1]


def invite(visitor: Visitor, username: str, role: str = "cashier") -> tuple[str, str]:
    """The page of the new member, and the path of the link in it."""
    page = send(
        visitor, "/settings/members/", "/settings/members/invite/", username=username, name="", role=role
    )
    link = LINK.search(page.text)
    assert link, page.text
    return page.url.path, httpx.URL(link[1]).path


def join(visitor: Visitor, link: str, username: str) -> SellerAtHand:
    """Choose a password by this link."""
    answer = visitor.send(link, password=PASSWORD, again=PASSWORD)
    assert answer.url.path == "/account/login/", answer.text
    return SellerAtHand(0, 0, username, PASSWORD, "")


def test_a_new_key_opens_and_is_shown_this_once(
    owner_visits: tuple[SellerAtHand, Visitor], balance: Balance
) -> None:
    _, visitor = owner_visits

    secret = secret_of(make_key(visitor))

    assert balance(secret).json()["available"] == 100_000
    listed = visitor.open("/settings/keys/").text
    assert "till 4" in listed
    assert secret not in listed


def test_a_form_that_is_sent_twice_makes_one_key(owner_visits: tuple[SellerAtHand, Visitor]) -> None:
    _, visitor = owner_visits
    form = visitor.open("/settings/keys/")
    values = {"label": "twice", "user": user_of(visitor), "days": ""}

    first = visitor.answer(form, "/settings/keys/make/", **values)
    second = visitor.answer(form, "/settings/keys/make/", **values)

    assert secret_of(first)
    assert "sent before" in second.text
    assert not SECRET.search(second.text)
    assert second.text.count('<td class="first"><bdi>twice</bdi>') == 1


def test_a_revoked_key_is_refused_at_once(
    owner_visits: tuple[SellerAtHand, Visitor], balance: Balance
) -> None:
    _, visitor = owner_visits
    secret = secret_of(make_key(visitor))

    asked = visitor.open(revoking(secret))
    revoked = visitor.send(revoking(secret))

    assert "Revoke this key?" in asked.text
    assert "is revoked" in revoked.text
    assert balance(secret).status_code == httpx.codes.UNAUTHORIZED


def test_a_key_may_do_what_its_member_may(
    owner_visits: tuple[SellerAtHand, Visitor], visit: Visit, api: Api
) -> None:
    _, visitor = owner_visits
    page, link = invite(visitor, "counter-of-keys")
    join(visit(), link, "counter-of-keys")

    secret = secret_of(make_key(visitor, user=page.split("/")[3]))
    answer = api().post(
        "/api/v1/credit-requests", json={"amount": 1000}, headers={"Authorization": f"Token {secret}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_no_key_is_made_for_another_seller(
    owner_visits: tuple[SellerAtHand, Visitor], new_seller: NewSeller
) -> None:
    _, visitor = owner_visits

    page = make_key(visitor, user=str(new_seller().user_id))

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert not SECRET.search(page.text)


def test_another_sellers_key_is_not_there_to_revoke(
    owner_visits: tuple[SellerAtHand, Visitor], new_seller: NewSeller, balance: Balance
) -> None:
    _, visitor = owner_visits
    other = new_seller()

    answer = post(visitor, revoking(other.key))

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert balance(other.key).status_code == httpx.codes.OK


@pytest.mark.parametrize("role", ["cashier", "viewer"])
@pytest.mark.parametrize("path", OWNERS_ONLY)
def test_what_is_the_sellers_is_for_owners(
    visit: Visit, new_seller: NewSeller, give_role: GiveRole, role: str, path: str
) -> None:
    seller = new_seller()
    give_role(seller.user_id, role)
    visitor = visit(seller)

    assert visitor.open(path).status_code == httpx.codes.FORBIDDEN
    assert post(visitor, path).status_code == httpx.codes.FORBIDDEN
    assert path not in visitor.open("/settings/").text


def test_an_invited_member_chooses_a_password_and_gets_in(
    owner_visits: tuple[SellerAtHand, Visitor], visit: Visit
) -> None:
    _, visitor = owner_visits
    _, link = invite(visitor, "sara-at-the-till")
    stranger = visit()

    who = join(stranger, link, "sara-at-the-till")

    assert stranger.log_in(who).url.path == "/"
    assert stranger.open(link).status_code == httpx.codes.GONE


def test_a_link_that_was_touched_opens_nothing(
    owner_visits: tuple[SellerAtHand, Visitor], visit: Visit
) -> None:
    _, visitor = owner_visits
    _, link = invite(visitor, "touched-link")

    for bad in (link[:-3] + "xx/", link.replace("/invitation/", "/invitation/x"), "/invitation/nothing/"):
        assert visit().open(bad).status_code == httpx.codes.GONE, bad


def test_a_link_of_a_member_who_was_switched_off_is_void(
    owner_visits: tuple[SellerAtHand, Visitor], visit: Visit
) -> None:
    _, visitor = owner_visits
    page, link = invite(visitor, "off-before-joining")

    send(visitor, page, f"{page}switch/", active="false")

    assert visit().open(link).status_code == httpx.codes.GONE


def test_a_password_that_is_too_easy_is_refused(
    owner_visits: tuple[SellerAtHand, Visitor], visit: Visit
) -> None:
    _, visitor = owner_visits
    _, link = invite(visitor, "easy-password")

    answer = visit().send(link, password="12345678", again="12345678")

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert visit().open(link).status_code == httpx.codes.OK


def test_a_username_that_is_taken_is_told(owner_visits: tuple[SellerAtHand, Visitor]) -> None:
    seller, visitor = owner_visits

    page = send(
        visitor,
        "/settings/members/",
        "/settings/members/invite/",
        username=seller.username.upper(),
        name="",
        role="viewer",
    )

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "This username is taken" in page.text


def test_a_member_who_is_switched_off_is_out_at_once(
    owner_visits: tuple[SellerAtHand, Visitor], visit: Visit, balance: Balance
) -> None:
    _, visitor = owner_visits
    page, link = invite(visitor, "out-at-once")
    member = visit()
    member.log_in(join(member, link, "out-at-once"))
    secret = secret_of(make_key(visitor, user=page.split("/")[3]))

    send(visitor, page, f"{page}switch/", active="false")

    assert balance(secret).status_code == httpx.codes.UNAUTHORIZED
    assert member.open("/").url.path == "/account/login/"


def test_a_sale_with_a_remembered_key_of_who_was_switched_off_is_refused(
    owner_visits: tuple[SellerAtHand, Visitor], api: Api
) -> None:
    _, visitor = owner_visits
    page, _ = invite(visitor, "remembered-key")
    headers = {"Authorization": f"Token {secret_of(make_key(visitor, user=page.split('/')[3]))}"}

    def sell(key: str) -> int:
        sale = {"phone_number": "09121234567", "amount": 1_000}
        own = headers | {"Idempotency-Key": key}
        return api().post("/api/v1/recharges", json=sale, headers=own).status_code

    before = [sell("one"), sell("two")]
    send(visitor, page, f"{page}switch/", active="false")

    assert (before, sell("three")) == ([201, 201], 401)


def test_nobody_changes_their_own_role(owner_visits: tuple[SellerAtHand, Visitor]) -> None:
    seller, visitor = owner_visits

    page = post(visitor, f"/settings/members/{seller.user_id}/role/", role="viewer")

    assert "your own role" in page.text
    assert visitor.open("/settings/keys/").status_code == httpx.codes.OK


def test_a_member_of_another_seller_is_not_there(
    owner_visits: tuple[SellerAtHand, Visitor], new_seller: NewSeller
) -> None:
    _, visitor = owner_visits
    other = new_seller()

    for at in ("", "link/", "role/", "switch/"):
        path = f"/settings/members/{other.user_id}/{at}"
        answer = post(visitor, path, role="viewer", active="false") if at else visitor.open(path)
        assert answer.status_code == httpx.codes.NOT_FOUND, path


def test_a_new_role_holds_from_the_next_page_on(
    owner_visits: tuple[SellerAtHand, Visitor], visit: Visit, app: Connection
) -> None:
    _, visitor = owner_visits
    page, link = invite(visitor, "soon-an-owner")
    member = visit()
    member.log_in(join(member, link, "soon-an-owner"))
    assert member.open("/settings/keys/").status_code == httpx.codes.FORBIDDEN

    send(visitor, page, f"{page}role/", role="owner")

    assert member.open("/settings/keys/").status_code == httpx.codes.OK
    acts = app.execute(
        "SELECT act, after->>'role' FROM audit.entry WHERE subject_id = %s ORDER BY id", [page.split("/")[3]]
    ).fetchall()
    assert acts[0][0] == "user_added"
    assert acts[-1] == ("user_changed", "owner")


def test_keys_are_refused_from_elsewhere_once_addresses_are_set(
    owner_visits: tuple[SellerAtHand, Visitor], balance: Balance
) -> None:
    seller, visitor = owner_visits

    warned = visitor.send("/settings/addresses/", networks="203.0.113.0/24")
    before = balance(seller.key).status_code
    visitor.send("/settings/addresses/", networks="203.0.113.0/24", sure="on")

    assert warned.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "is not among them" in warned.text
    assert before == httpx.codes.OK
    assert balance(seller.key).json()["code"] == "ip_not_allowed"


def test_addresses_are_kept_as_networks_each_once(
    owner_visits: tuple[SellerAtHand, Visitor], app: Connection
) -> None:
    seller, visitor = owner_visits

    visitor.send("/settings/addresses/", networks="127.0.0.1, 10.1.2.3/8\n10.0.0.0/8 ::1")

    kept = app.execute("SELECT allowed_ips FROM sellers_seller WHERE id = %s", [seller.id]).fetchone()
    assert kept == (["127.0.0.1/32", "10.0.0.0/8", "::1/128"],)


def test_what_is_no_address_is_named(owner_visits: tuple[SellerAtHand, Visitor]) -> None:
    _, visitor = owner_visits

    page = visitor.send("/settings/addresses/", networks="127.0.0.1\n10.0.0.999")

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "10.0.0.999 is no address" in page.text


def test_a_session_that_is_ended_elsewhere_is_out(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    here, elsewhere = visit(seller), visit(seller)
    (path,) = re.findall(r'action="(/settings/sessions/\d+/end/)"', here.open("/settings/").text)

    send(here, "/settings/", path)

    assert elsewhere.open("/").url.path == "/account/login/"
    assert here.open("/").url.path == "/"


def test_all_other_sessions_end_and_this_one_stays(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    here, others = visit(seller), [visit(seller), visit(seller)]

    page = send(here, "/settings/", "/settings/sessions/end/")

    assert "2 sessions are ended" in page.text
    assert [each.open("/").url.path for each in others] == ["/account/login/"] * 2
    assert here.open("/").url.path == "/"


def test_a_member_of_a_suspended_seller_still_ends_sessions(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller(active=False)
    here, elsewhere, third = visit(seller), visit(seller), visit(seller)
    path = re.findall(r'action="(/settings/sessions/\d+/end/)"', here.open("/settings/").text)[0]

    one = send(here, "/settings/", path)
    others = send(here, "/settings/", "/settings/sessions/end/")

    assert (one.status_code, others.status_code) == (httpx.codes.OK, httpx.codes.OK)
    assert [each.open("/").url.path for each in (elsewhere, third)] == ["/account/login/"] * 2


def test_somebody_elses_session_is_not_there_to_end(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    here, other = visit(seller), visit(seller)
    (path,) = re.findall(r'action="(/settings/sessions/\d+/end/)"', here.open("/settings/").text)

    post(visit(new_seller()), path)

    assert other.open("/").url.path == "/"


def test_a_changed_password_ends_the_sessions_elsewhere(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller()
    here, elsewhere = visit(seller), visit(seller)

    here.send("/account/password/", oldpassword=seller.password, password1=PASSWORD, password2=PASSWORD)

    assert here.open("/").url.path == "/"
    assert elsewhere.open("/").url.path == "/account/login/"
    assert "this one" in here.open("/settings/").text


def test_staff_see_their_own_console_and_no_settings(visit: Visit, staff: StaffAtHand) -> None:
    assert visit(staff).open("/settings/").url.path == "/console/"
