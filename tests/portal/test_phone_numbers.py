"""Phone numbers: kept under a name, forgotten while their recharges stay, known by what they got."""

import re

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.selling import sell
from tests.portal.visitor import Visitor
from tests.support.sellers_at_hand import SellerAtHand
from topup.portal.paging import ROWS
from topup.recharges.phone_numbers import MAX_SUMMED_IN_A_LIST
from topup.trips import Connection

PAGE, KEEP, FORGET = "/numbers/", "/numbers/keep/", "/numbers/forget/"
NUMBER = "09121234567"


def kept(page: httpx.Response) -> list[str]:
    """The numbers of the list, as they stand."""
    return re.findall(r'<td class="first"><a href="[^"]*number=(\d+)"', page.text)


def send(visitor: Visitor, path: str, **values: str) -> httpx.Response:
    token = visitor.client.cookies["csrftoken"]
    return visitor.client.post(path, data={"csrfmiddlewaretoken": token} | values)


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=1_000_000)


@pytest.fixture
def visitor(visit: Visit, seller: SellerAtHand) -> Visitor:
    return visit(seller)


def test_a_number_is_kept_under_its_name(visitor: Visitor) -> None:
    page = send(visitor, KEEP, number="۰۹۱۲ ۱۲۳ ۴۵۶۷", label="خانم رضایی")

    assert kept(page) == ["989121234567"]
    assert "خانم رضایی" in page.text


def test_keeping_it_again_renames_it(visitor: Visitor) -> None:
    send(visitor, KEEP, number=NUMBER, label="one")

    page = send(visitor, KEEP, number=NUMBER, label="two")

    assert kept(page) == ["989121234567"]
    assert "two" in page.text
    assert "one</bdi>" not in page.text


def test_a_forgotten_number_keeps_its_recharges(visitor: Visitor, seller: SellerAtHand, api: Api) -> None:
    sell(api(seller), number=NUMBER, amount=50_000, reference="order-1")
    send(visitor, KEEP, number=NUMBER, label="one")

    page = send(visitor, FORGET, number="989121234567")

    assert kept(page) == []
    assert "5,000" in visitor.open(PAGE, number=NUMBER).text


def test_it_is_asked_before_a_number_is_forgotten(visitor: Visitor) -> None:
    send(visitor, KEEP, number=NUMBER, label="Taxi")
    (link,) = re.findall(rf'href="({FORGET}[^"]+)"', visitor.open(PAGE).text)

    asked = visitor.open(link)

    assert "Forget this number?" in asked.text
    assert "Taxi" in asked.text
    assert kept(visitor.open(PAGE)) == ["989121234567"]
    assert kept(visitor.answer(asked, FORGET)) == []


def test_what_is_no_number_is_not_asked_about(visitor: Visitor) -> None:
    assert visitor.open(FORGET, number="12").url.path == PAGE


def test_any_number_is_known_by_what_it_got(visitor: Visitor, seller: SellerAtHand, api: Api) -> None:
    for place in range(2):
        sell(api(seller), number=NUMBER, amount=50_005, reference=f"order-{place}")

    page = visitor.open(PAGE, number=NUMBER)

    assert "10,001" in page.text
    assert kept(page) == []


def test_nobody_sees_what_another_sold_or_keeps(
    visitor: Visitor, visit: Visit, new_seller: NewSeller, seller: SellerAtHand, api: Api
) -> None:
    sell(api(seller), number=NUMBER, amount=50_000, reference="order-1")
    send(visitor, KEEP, number=NUMBER, label="one")

    page = visit(new_seller()).open(PAGE, number=NUMBER)

    assert kept(page) == []
    assert "5,000" not in page.text


@pytest.mark.parametrize("values", [{"number": "12"}, {"number": NUMBER, "label": "a\x07b"}, {}])
def test_what_cannot_be_kept_is_said(visitor: Visitor, values: dict[str, str]) -> None:
    page = send(visitor, KEEP, **values)

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert kept(page) == []


def test_a_viewer_only_looks(visit: Visit, seller: SellerAtHand, give_role: GiveRole) -> None:
    give_role(seller.user_id, "viewer")
    visitor = visit(seller)

    assert "Keep a number" not in visitor.open(PAGE).text
    assert send(visitor, KEEP, number=NUMBER).status_code == httpx.codes.FORBIDDEN


def test_the_pages_lead_through_all_and_back(visitor: Visitor, seller: SellerAtHand, app: Connection) -> None:
    for place in range(ROWS + 3):
        app.execute(
            "SELECT recharges.keep_number_v1(%s, %s, NULL, false, %s)",
            (seller.id, 989120000000 + place, 1_000 + place // 2),
        )

    first = visitor.open(PAGE)
    second = visitor.open(PAGE + re.findall(r'rel="next" href="([^"]+)"', first.text)[0])
    back = visitor.open(PAGE + re.findall(r'rel="prev" href="([^"]+)"', second.text)[0])

    assert (len(kept(first)), len(kept(second))) == (ROWS, 3)
    assert len({*kept(first), *kept(second)}) == ROWS + 3
    assert kept(back) == kept(first)


def test_a_number_of_very_many_recharges_was_credited_more_than_the_list_says(
    visit: Visit, new_seller: NewSeller, api: Api
) -> None:
    sales = MAX_SUMMED_IN_A_LIST + 5
    seller = new_seller(available=sales * 1_000)
    items = [{"phone_number": NUMBER, "amount": 1_000, "reference": f"often-{n}"} for n in range(sales)]
    for first in range(0, sales, 500):
        batch = {"items": items[first : first + 500]}
        api(seller).post("/api/v1/recharges/batch", json=batch).raise_for_status()
    visitor = visit(seller)

    assert "more than" in send(visitor, KEEP, number=NUMBER, label="one").text
    assert f"{sales:,}" in visitor.open(PAGE, number=NUMBER).text
