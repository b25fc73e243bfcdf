"""One recharge: its story in words, its money, its receipt, and a dispute that one form opens once."""

import html
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.selling import sell
from tests.portal.visitor import Visitor
from tests.recharges import driving
from tests.recharges.place import Place
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from topup.recharges.lifecycle import State
from topup.trips import Connection

NUMBER = "09121234567"
SLOW = "slow"
"""An operator of these tests, who is asked outside the sale."""
REASON = "the customer got nothing"
NOBODYS = "01920000-0000-7000-8000-00000000000a"


def page_of(recharge_id: str, part: str = "") -> str:
    return f"/recharges/{recharge_id}/{part}"


def text_of(page: httpx.Response) -> str:
    """What a page says, in one line."""
    assert page.status_code == httpx.codes.OK, page.status_code
    said = page.text.split('id="content"', 1)[1].split("</main>", 1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", said)).replace("\u00a0", " ").split())


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=1_000_000)


@pytest.fixture
def visitor(visit: Visit, seller: SellerAtHand) -> Visitor:
    return visit(seller)


@pytest.fixture
def sold(api: Api, seller: SellerAtHand) -> str:
    """A recharge that was delivered at once."""
    return sell(api(seller), number=NUMBER, amount=50_000, reference="order-1")


@pytest.fixture
def slow(people: ModuleType) -> Iterator[str]:
    from topup.gateways.models import Operator  # noqa: PLC0415  # its table exists from here on

    made = Operator.objects.create(
        code=SLOW, name_en="Slowtel", name_fa="کندتل", prefixes=[], gateway="simulator"
    )
    yield SLOW
    made.delete()


@pytest.fixture
def place(
    installation: Installation, server: Server, owner: Connection, api: Api, staff: StaffAtHand
) -> Place:
    """What `driving` needs, on the installation of the run."""
    return Place(installation, server, api(staff), [], owner)


@pytest.fixture
def on_the_way(api: Api, seller: SellerAtHand, slow: str) -> str:
    """A recharge whose operator has not answered yet."""
    return sell(api(seller), number=NUMBER, amount=50_000, reference="order-1", operator=slow)


def test_an_instant_recharge_is_told_in_one_step(visitor: Visitor, sold: str) -> None:
    said = text_of(visitor.open(page_of(sold)))

    assert "Sold and delivered at once." in said
    assert "5,000 toman" in said
    assert "order-1" in said
    assert sold in said


@pytest.mark.parametrize("part", ["", "live/", "receipt/", "dispute/"])
def test_anothers_recharge_is_not_there(visit: Visit, new_seller: NewSeller, sold: str, part: str) -> None:
    stranger = visit(new_seller())

    answers = [stranger.open(page_of(each, part)) for each in (sold, NOBODYS)]

    assert [each.status_code for each in answers] == [httpx.codes.NOT_FOUND] * 2


def test_a_recharge_on_its_way_holds_its_price(visitor: Visitor, on_the_way: str) -> None:
    said = text_of(visitor.open(page_of(on_the_way)))

    assert "The price is held until the operator answers." in said
    assert "Next look at it" in said
    assert "price held 2 " in said  # the movement and its version


def test_an_unknown_one_is_not_to_be_sold_again(visitor: Visitor, place: Place, on_the_way: str) -> None:
    driving.unknown(place, on_the_way)

    said = text_of(visitor.open(page_of(on_the_way)))

    assert "Do not sell it a second time" in said
    assert "The operator's answer was lost or unclear." in said


def test_what_staff_must_decide_is_said(visitor: Visitor, place: Place, on_the_way: str) -> None:
    driving.unknown(place, on_the_way, review=True)

    said = text_of(visitor.open(page_of(on_the_way)))

    assert "Our staff find out and decide" in said
    assert "Next look at it" not in said


def test_a_failure_says_why_and_gives_the_price_back(visitor: Visitor, place: Place, on_the_way: str) -> None:
    driving.settle(place, driving.unknown(place, on_the_way), State.FAILED)

    said = text_of(visitor.open(page_of(on_the_way)))

    assert "The operator refused it and gave no reason." in said
    assert "given back, from what was held" in said


def test_what_an_operator_said_is_for_staff(visitor: Visitor, place: Place, on_the_way: str) -> None:
    driving.settle(place, driving.unknown(place, on_the_way), State.SUCCEEDED)

    said = text_of(visitor.open(page_of(on_the_way)))

    assert "We asked again, and the operator says that it was delivered." in said
    assert "the operator's words" not in said


def test_the_page_follows_what_happens(visitor: Visitor, place: Place, on_the_way: str) -> None:
    page = visitor.open(page_of(on_the_way))
    again = re.findall(r'hx-get="([^"]*/live/[^"]*)"', page.text.split("<main", 1)[1])[0]
    quiet = visitor.open(again)

    driving.unknown(place, on_the_way)

    assert quiet.status_code == httpx.codes.NO_CONTENT
    assert "lost or unclear" in visitor.open(again).text


def test_every_open_recharge_is_found_by_its_state(visitor: Visitor, place: Place, on_the_way: str) -> None:
    driving.unknown(place, on_the_way)

    assert on_the_way in visitor.open("/recharges/", state="unknown").text
    assert on_the_way not in visitor.open("/recharges/", state="processing").text


def test_a_receipt_has_what_the_customer_asks_for(visitor: Visitor, sold: str) -> None:
    said = text_of(visitor.open(page_of(sold, "receipt/")))

    for shown in ("5,000 toman", "0912 123 4567", "MCI", "order-1", sold, "succeeded"):
        assert shown in said
    assert "Not a proof of delivery" not in said


def test_a_receipt_of_what_is_not_delivered_proves_nothing(visitor: Visitor, on_the_way: str) -> None:
    assert "Not a proof of delivery: accepted" in text_of(visitor.open(page_of(on_the_way, "receipt/")))


def disputes_of(place: Place, recharge_id: str) -> list[tuple[Any, ...]]:  # state, reason
    return place.owner.execute(
        "SELECT state::text, reason FROM recharges.dispute WHERE recharge_id = %s ORDER BY id", [recharge_id]
    ).fetchall()


def form_of(visitor: Visitor, recharge_id: str) -> dict[str, str]:
    """What the page's form hides."""
    page = visitor.open(page_of(recharge_id, "dispute/"))
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))


def answer_dispute(place: Place, recharge_id: str, verdict: str, **words: str) -> None:
    """As staff do over the API."""
    (row,) = place.owner.execute("SELECT id FROM recharges.dispute WHERE recharge_id = %s", [recharge_id])
    answer = place.staff.post(f"/api/v1/disputes/{row[0]}/{verdict}", json=words)
    assert answer.status_code == httpx.codes.OK, answer.text


def test_a_dispute_is_opened_and_waits_for_its_answer(visitor: Visitor, place: Place, sold: str) -> None:
    answer = visitor.send(page_of(sold, "dispute/"), reason=REASON)

    assert answer.url.path == page_of(sold)
    assert "waits for an answer" in text_of(answer)
    assert "It did not arrive" not in text_of(answer)
    assert disputes_of(place, sold) == [("open", REASON)]


def test_one_form_opens_one_dispute_also_after_its_answer(visitor: Visitor, place: Place, sold: str) -> None:
    form = form_of(visitor, sold) | {"reason": REASON}
    visitor.client.post(page_of(sold, "dispute/"), data=form)
    answer_dispute(place, sold, "refuse", reason="it arrived", evidence="operator's log, line 7")

    again = visitor.client.post(page_of(sold, "dispute/"), data=form)

    assert again.url.path == page_of(sold)
    assert disputes_of(place, sold) == [("refused", REASON)]


def test_a_second_dispute_waits_for_the_first(visitor: Visitor, place: Place, sold: str) -> None:
    form = form_of(visitor, sold) | {"reason": "another"}
    visitor.send(page_of(sold, "dispute/"), reason=REASON)

    late = visitor.client.post(page_of(sold, "dispute/"), data=form)

    assert "A dispute of it is open already" in late.text
    assert disputes_of(place, sold) == [("open", REASON)]


def test_a_dispute_needs_a_reason(visitor: Visitor, place: Place, sold: str) -> None:
    answer = visitor.send(page_of(sold, "dispute/"), reason=" ")

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert disputes_of(place, sold) == []


def test_what_did_not_succeed_is_not_disputed(visitor: Visitor, on_the_way: str) -> None:
    assert "It did not arrive" not in text_of(visitor.open(page_of(on_the_way)))
    assert (
        "Only a recharge that succeeded can be disputed."
        in visitor.open(page_of(on_the_way, "dispute/")).text
    )


def test_a_viewer_disputes_nothing(
    visit: Visit, seller: SellerAtHand, sold: str, give_role: GiveRole
) -> None:
    give_role(seller.user_id, "viewer")
    visitor = visit(seller)

    assert "It did not arrive" not in text_of(visitor.open(page_of(sold)))
    assert visitor.open(page_of(sold, "dispute/")).status_code == httpx.codes.FORBIDDEN


def test_an_accepted_dispute_shows_the_money_back(visitor: Visitor, place: Place, sold: str) -> None:
    visitor.send(page_of(sold, "dispute/"), reason=REASON)
    answer_dispute(place, sold, "reverse", reason="they are right")

    said = text_of(visitor.open(page_of(sold)))

    assert "accepted, money given back" in said
    assert "they are right" in said
    assert "given back after a sale" in said
    assert "Not a proof of delivery: reversed" in text_of(visitor.open(page_of(sold, "receipt/")))


def test_a_refused_dispute_shows_the_evidence_and_may_be_opened_again(
    visitor: Visitor, place: Place, sold: str
) -> None:
    visitor.send(page_of(sold, "dispute/"), reason=REASON)
    answer_dispute(place, sold, "refuse", reason="it arrived", evidence="operator's log, line 7")

    said = text_of(visitor.open(page_of(sold)))

    assert "it arrived" in said
    assert "operator's log, line 7" in said
    assert "It did not arrive" in said
