"""Registering in the portal: what `POST /sellers` makes, while OPEN_REGISTRATION is on; else whom to ask."""

import itertools
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import Visit
from tests.portal.visitor import LOGIN, Visitor
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server, serving
from topup.trips import Connection

REGISTER = "/account/register/"
PASSWORD = "correct-horse-battery"
_names = itertools.count(1)


@pytest.fixture(scope="module")
def open_to_all(installation: Installation) -> Iterator[Server]:
    with serving(installation, OPEN_REGISTRATION="true") as started:
        yield started


@pytest.fixture
def stranger(visit: Visit, open_to_all: Server) -> Visitor:
    return visit(on=open_to_all)


def form(**changes: str) -> dict[str, str]:
    username = f"by-form-{next(_names)}"
    filled = {"name": "Shop", "username": username, "email": "", "password": PASSWORD, "again": PASSWORD}
    return filled | changes


def seller_of(app: Connection, username: str) -> int | None:
    row = app.execute("SELECT seller_id FROM sellers_user WHERE username = %s", (username,)).fetchone()
    return None if row is None else int(row[0])


def test_who_registers_is_inside_and_told_the_next_step(stranger: Visitor) -> None:
    home = stranger.send(REGISTER, **form(name="Karun"))

    assert home.url.path == "/"
    assert "The next step: ask for credit." in home.text
    assert "Karun" in home.text
    assert stranger.open("/credit/ask/").status_code == httpx.codes.OK


def test_a_request_that_waits_is_the_next_step_then(stranger: Visitor) -> None:
    stranger.send(REGISTER, **form())
    page = stranger.open("/credit/ask/")

    stranger.answer(page, "/credit/ask/", amount="5000", note="", bank_reference="")

    assert "waits for the staff" in stranger.open("/").text


def test_it_makes_what_the_api_makes(stranger: Visitor, app: Connection, api: Api) -> None:
    sent = form(name="فروشگاه", email="a@example.com")
    stranger.send(REGISTER, **sent)

    seller_id = seller_of(app, sent["username"])
    assert seller_id is not None
    query = "SELECT available, held, funded, seq, active FROM ledger.book WHERE seller_id = %s"
    assert app.execute(query, (seller_id,)).fetchone() == (0, 0, 0, 0, True)
    noted = "SELECT act FROM audit.entry WHERE seller_id = %s"
    assert app.execute(noted, (seller_id,)).fetchall() == [("seller_registered",)]
    login = {"username": sent["username"], "password": PASSWORD}
    assert api().post("/api/v1/tokens", json=login).status_code == httpx.codes.CREATED


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "12345678", "again": "12345678"}, "entirely numeric"),
        ({"password": "short1!", "again": "short1!"}, "at least 8 characters"),
        ({"again": "another-password"}, "The two passwords differ."),
        ({"username": "with space"}, "Enter a valid username"),
        ({"name": " "}, "This field is required"),
        ({"email": "nobody"}, "valid email"),
    ],
)
def test_what_will_not_do_is_said_and_makes_nothing(
    stranger: Visitor, app: Connection, wrong: dict[str, str], said: str
) -> None:
    sent = form(**wrong)

    answer = stranger.send(REGISTER, **sent)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert said in answer.text
    assert seller_of(app, sent["username"]) is None
    assert PASSWORD not in answer.text


def test_a_username_that_is_taken_stays_whose_it_is(
    stranger: Visitor, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller()

    answer = stranger.send(REGISTER, **form(username=seller.username.upper()))

    assert "Somebody has this username." in answer.text
    assert seller_of(app, seller.username) == seller.id


def test_the_log_in_leads_there_only_while_it_is_open(stranger: Visitor, visit: Visit) -> None:
    assert f'href="{REGISTER}"' in stranger.open(LOGIN).text
    closed = visit().open(LOGIN).text
    assert REGISTER not in closed
    assert "Ask the staff to register you." in closed


def test_while_it_is_closed_the_page_says_whom_to_ask(visit: Visit, app: Connection) -> None:
    sent, visitor = form(), visit()

    shown = visitor.open(REGISTER)
    refused = visitor.answer(visitor.open(LOGIN), REGISTER, **sent)

    assert (shown.status_code, refused.status_code) == (404, 404)
    assert "registered by the staff" in shown.text
    assert seller_of(app, sent["username"]) is None


def test_who_is_inside_is_led_home(visit: Visit, new_seller: NewSeller, open_to_all: Server) -> None:
    inside: SellerAtHand = new_seller()

    assert visit(inside, on=open_to_all).open(REGISTER).url.path == "/"


def test_one_address_registers_no_faster_than_it_may_log_in(
    visit: Visit, serve: Callable[..., Server], app: Connection
) -> None:
    visitor = visit(on=serve(OPEN_REGISTRATION="true", LOGIN_LIMIT_PER_MINUTE="2"))
    sent = [form(again="different") for _ in range(2)] + [form()]

    answers = [visitor.send(REGISTER, **each) for each in sent]

    assert [each.status_code for each in answers] == [422, 422, 429]
    assert "Wait a minute" in answers[-1].text
    assert seller_of(app, sent[-1]["username"]) is None
