"""Who gets in: members to their seller's portal, staff to the console, nobody without logging in."""

import httpx
import pytest

from tests.conftest import NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.support.sellers_at_hand import StaffAtHand

HTMX = {"HX-Request": "true", "HX-Current-URL": "/?by=day"}


def test_a_stranger_is_led_to_the_login_and_back(visit: Visit) -> None:
    answer = visit().open("/", by="day")

    assert answer.url.path == "/account/login/"
    assert answer.url.params["next"] == "/?by=day"


def test_a_part_of_a_page_takes_the_whole_page_to_the_login(visit: Visit) -> None:
    answer = visit().client.get("/frame/balance/", headers=HTMX)

    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.headers["HX-Redirect"] == "/account/login/?next=/%3Fby%3Dday"


def test_a_member_lands_at_home_and_sees_its_seller(visit: Visit, new_seller: NewSeller) -> None:
    seller = new_seller(available=120_000)

    page = visit(seller).open("/")

    assert page.status_code == httpx.codes.OK
    assert "12,000" in page.text


def test_staff_land_in_the_console(visit: Visit, staff: StaffAtHand) -> None:
    visitor = visit()

    assert visitor.log_in(staff).url.path == "/console/"
    assert visitor.open("/").url.path == "/console/"


def test_a_member_does_not_get_into_the_console(visit: Visit, new_seller: NewSeller) -> None:
    answer = visit(new_seller()).open("/console/")

    assert answer.url.path == "/"


@pytest.mark.parametrize("path", ["/admin/login/", "/console/login/"])
def test_djangos_own_login_is_not_there(visit: Visit, path: str) -> None:
    answer = visit().open(path, next="/console/")

    assert (answer.url.path, answer.url.params["next"]) == ("/account/login/", "/console/")


def test_members_of_a_suspended_seller_may_read(visit: Visit, new_seller: NewSeller) -> None:
    page = visit(new_seller(active=False)).open("/")

    assert page.status_code == httpx.codes.OK
    assert "suspended" in page.text


@pytest.mark.parametrize("role", ["owner", "cashier", "viewer"])
def test_every_member_may_read(visit: Visit, new_seller: NewSeller, give_role: GiveRole, role: str) -> None:
    seller = new_seller()
    give_role(seller.user_id, role)

    assert visit(seller).open("/").status_code == httpx.codes.OK


def test_an_answer_is_kept_by_nobody(visit: Visit, new_seller: NewSeller) -> None:
    cached = visit(new_seller()).open("/").headers["Cache-Control"]

    assert {"no-store", "private"} <= set(cached.split(", "))


def test_an_address_that_leads_nowhere_says_so_in_our_own_words(visit: Visit) -> None:
    answer = visit().open("/no/such/page/")

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "There is no such page" in answer.text


def test_an_address_without_its_slash_leads_to_where_it_was_meant(visit: Visit) -> None:
    assert visit().open("/account/login").url.path == "/account/login/"


def test_a_form_without_its_token_says_so_in_our_own_words(visit: Visit, new_seller: NewSeller) -> None:
    answer = visit(new_seller()).client.post("/frame/theme/", data={"theme": "dark"})

    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "This form is too old" in answer.text


def test_the_theme_leads_back_to_this_site_only(visit: Visit) -> None:
    visitor = visit()
    token = visitor.open("/account/login/").text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]

    answer = visitor.client.post(
        "/frame/theme/",
        data={"theme": "dark", "next": "https://elsewhere.example/", "csrfmiddlewaretoken": token},
        follow_redirects=False,
    )

    assert answer.headers["Location"] == "/"
