"""Developers: the log shows a seller its own requests and finds them, and no page repeats a key."""

import time

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.visitor import Visitor
from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.ledger import literals
from topup.trips import Connection

LOG = "/developers/requests/"
WAIT_S = 20


def keep(
    app: Connection, seller: SellerAtHand, count: int, *, status: int = 200, request_id: str = ""
) -> None:
    """So many requests of a seller, written as the API's beat writes them."""
    from topup.api.key_use import SQL  # noqa: PLC0415  # Django is set up by the fixtures

    key_id = seller.key.split("_")[1]
    numbers = range(count)
    values = (
        literals.numbers([seller.id] * count),
        literals.numbers(clock.now_us() + each for each in numbers),
        literals.words(ids.new(seller.id) for _ in numbers),
        literals.words([key_id] * count),
        literals.numbers([1_234] * count),
        literals.numbers([status] * count),
        literals.texts(["GET"] * count),
        literals.texts(f"/api/v1/recharges/number-{each}-{status}" for each in numbers),
        literals.texts(["" if status < 400 else "not_found"] * count),
        literals.texts([request_id or "r"] * count),
    )
    trips.run(app, [(SQL["keep_requests"], (seller.id, *values))])


def opened_until(visitor: Visitor, text: str) -> httpx.Response:
    """The log as soon as it has this text."""
    until = time.monotonic() + WAIT_S
    while True:
        page = visitor.open(LOG)
        if text in page.text or time.monotonic() > until:
            return page
        time.sleep(0.2)


def test_a_request_is_in_the_log_soon_after_with_its_id(
    visit: Visit, new_seller: NewSeller, api: Api
) -> None:
    seller = new_seller()
    answer = api(seller).get("/api/v1/recharges/nothing")

    page = opened_until(visit(seller), answer.headers["Request-Id"])

    assert "GET /api/v1/recharges/nothing" in page.text
    assert answer.headers["Request-Id"] in page.text
    assert "not_found" in page.text


def test_the_log_is_of_ones_own_seller(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    other = new_seller()
    keep(app, other, 3)

    assert "No request yet" in visit(new_seller()).open(LOG).text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"status": "4xx"}, {404}),
        ({"status": "404"}, {404}),
        ({"status": "2xx"}, {200}),
        ({}, {200, 404, 500}),
    ],
)
def test_requests_are_found_by_their_status(
    visit: Visit, new_seller: NewSeller, app: Connection, query: dict[str, str], shown: set[int]
) -> None:
    seller = new_seller()
    for status in (200, 404, 500):
        keep(app, seller, 2, status=status)

    page = visit(seller).open(LOG, **query)

    assert {status for status in (200, 404, 500) if f"number-0-{status}" in page.text} == shown


def test_a_request_is_found_by_its_id(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()
    keep(app, seller, 3)
    keep(app, seller, 1, status=404, request_id="from-the-customer")

    page = visit(seller).open(LOG, request_id=" from-the-customer ")

    assert "number-0-404" in page.text
    assert "number-0-200" not in page.text


@pytest.mark.parametrize("query", [{"status": "9xx"}, {"status": "4"}, {"request_id": "not an id!"}])
def test_what_cannot_be_looked_for_is_said(
    visit: Visit, new_seller: NewSeller, query: dict[str, str]
) -> None:
    assert visit(new_seller()).open(LOG, **query).status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_a_long_log_is_read_page_by_page(visit: Visit, new_seller: NewSeller, app: Connection) -> None:
    seller = new_seller()
    keep(app, seller, 60)
    visitor = visit(seller)

    first = visitor.open(LOG).text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = visitor.open(f"{LOG}{older}").text

    assert ("number-59-" in first, "number-9-" in first) == (True, False)
    assert ("number-59-" in second, "number-9-" in second) == (False, True)


@pytest.mark.parametrize("role", ["cashier", "viewer"])
def test_every_member_may_read_the_log(
    visit: Visit, new_seller: NewSeller, give_role: GiveRole, role: str
) -> None:
    seller = new_seller()
    give_role(seller.user_id, role)

    assert visit(seller).open(LOG).status_code == httpx.codes.OK


def test_the_page_to_try_it_names_the_address_that_was_asked(visit: Visit, new_seller: NewSeller) -> None:
    visitor = visit(new_seller())

    page = visitor.open("/developers/")

    assert f"{str(visitor.client.base_url).rstrip('/')}/api/v1" in page.text
