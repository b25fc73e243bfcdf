"""Selling at the portal: in steps, once, and every refusal says what to do and keeps what was typed."""

import html
import re
from collections.abc import Callable, Iterator
from types import ModuleType

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit
from tests.portal.visitor import Visitor
from tests.recharges import driving
from tests.recharges.place import Place
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server
from topup.ledger.outcomes import DONE, Outcome
from topup.recharges.lifecycle import State
from topup.trips import Connection

SELL = "/sell/"
CREDIT = 1_000_000
ASKED = {"number": "۰۹۱۲ ۳۴۵ ۶۷۸۹", "amount": "۵,۰۰۰", "operator": ""}
OK, REFUSED = httpx.codes.OK, httpx.codes.UNPROCESSABLE_ENTITY
Sales = Callable[[SellerAtHand], list[dict[str, object]]]


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller(available=CREDIT)


@pytest.fixture
def visitor(visit: Visit, seller: SellerAtHand) -> Visitor:
    return visit(seller)


@pytest.fixture
def slow(people: ModuleType) -> Iterator[str]:
    """An operator that answers later."""
    from topup.gateways.models import Operator  # noqa: PLC0415  # its table exists from here on

    made = Operator.objects.create(
        code="later", name_en="Latertel", name_fa="دیرتل", prefixes=[], gateway="simulator"
    )
    yield made.code
    made.delete()


@pytest.fixture
def place(
    installation: Installation, server: Server, owner: Connection, api: Api, staff: StaffAtHand
) -> Place:
    """What `driving` needs, on the installation of the run."""
    return Place(installation, server, api(staff), [], owner)


@pytest.fixture
def sales(api: Api) -> Sales:
    def read(seller: SellerAtHand) -> list[dict[str, object]]:
        found: list[dict[str, object]] = api(seller).get("/api/v1/recharges").json()["data"]
        return found

    return read


def check(visitor: Visitor, **changes: str) -> httpx.Response:
    """The first step, as typed."""
    return visitor.send(SELL, **ASKED | changes)


def confirm(visitor: Visitor, page: httpx.Response, **more: str) -> httpx.Response:
    """The second step, from the page of the first."""
    return visitor.answer(page, SELL, confirmed="1", **more)


def words(page: httpx.Response) -> str:
    inside = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", inside)).split())


def value(page: httpx.Response, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return html.unescape(match[1]) if match else ""


def test_the_check_shows_number_operator_price_and_what_is_left(visitor: Visitor) -> None:
    page = check(visitor)

    assert page.status_code == OK
    for shown in ("0912 345 6789", "MCI by the number", "5,000 toman", "50,000 rial"):
        assert shown in words(page), shown
    assert "Available after it 95,000 toman" in words(page)


def test_the_check_sells_nothing(visitor: Visitor, seller: SellerAtHand, sales: Sales) -> None:
    check(visitor)

    assert sales(seller) == []


def test_a_confirmed_sale_leads_to_its_recharge(visitor: Visitor, seller: SellerAtHand, sales: Sales) -> None:
    page = confirm(visitor, check(visitor))

    (sale,) = sales(seller)
    assert page.url.path == f"/sell/{sale['id']}/"
    assert (sale["phone_number"], sale["amount"], sale["status"]) == ("+989123456789", 50_000, "succeeded")
    assert "The number is recharged." in words(page)


def test_a_double_click_sells_once(visitor: Visitor, seller: SellerAtHand, sales: Sales) -> None:
    page = check(visitor)

    first, second = confirm(visitor, page), confirm(visitor, page)

    assert first.url == second.url
    assert "nothing was sold again" in second.text
    assert len(sales(seller)) == 1


def test_the_form_before_the_check_sells_once_too(
    visitor: Visitor, seller: SellerAtHand, sales: Sales
) -> None:
    """The back button twice: the form is sent again, checked again and confirmed again."""
    form = visitor.open(SELL)
    first = confirm(visitor, visitor.answer(form, SELL, **ASKED))

    again = confirm(visitor, visitor.answer(form, SELL, **ASKED))

    assert again.url == first.url
    assert len(sales(seller)) == 1


def test_a_used_form_with_another_number_is_made_anew(
    visitor: Visitor, seller: SellerAtHand, sales: Sales
) -> None:
    form = visitor.open(SELL)
    confirm(visitor, visitor.answer(form, SELL, **ASKED))

    other = confirm(visitor, visitor.answer(form, SELL, **ASKED | {"number": "09351234567"}))

    assert other.status_code == REFUSED
    assert "has sold another recharge already" in words(other)
    assert value(other, "form") != value(form, "form")
    assert value(other, "number") == "989351234567"
    assert len(sales(seller)) == 1


def test_two_forms_sell_two(visitor: Visitor, seller: SellerAtHand, sales: Sales) -> None:
    confirm(visitor, check(visitor))
    confirm(visitor, check(visitor, amount="6000"))

    assert len(sales(seller)) == 2


def test_a_reference_that_somebody_made_up_is_refused(
    visitor: Visitor, seller: SellerAtHand, sales: Sales
) -> None:
    page = visitor.answer(check(visitor), SELL, confirmed="1", form="1:portal-mine:signed")

    assert page.status_code == REFUSED
    assert "This form was not made for you." in words(page)
    assert sales(seller) == []


def test_a_form_of_somebody_else_is_refused(
    visit: Visit, visitor: Visitor, new_seller: NewSeller, seller: SellerAtHand, sales: Sales
) -> None:
    theirs = value(visit(new_seller()).open(SELL), "form")

    page = visitor.answer(check(visitor), SELL, confirmed="1", form=theirs)

    assert page.status_code == REFUSED
    assert sales(seller) == []


def test_the_same_sale_a_moment_ago_needs_a_second_word(
    visitor: Visitor, seller: SellerAtHand, sales: Sales
) -> None:
    confirm(visitor, check(visitor))
    page = check(visitor)
    assert "The same number and amount was sold already" in words(page)

    refused = confirm(visitor, page)

    assert refused.status_code == REFUSED
    assert "Nothing was sold. Tick this if both are meant." in words(refused)
    assert len(sales(seller)) == 1
    confirm(visitor, refused, again="on")
    assert len(sales(seller)) == 2


def test_a_window_of_the_seller_is_passed_by_the_same_word(
    visit: Visit, new_seller: NewSeller, sales: Sales
) -> None:
    seller = new_seller(available=CREDIT, duplicate_window_s=3_600)
    visitor = visit(seller)
    confirm(visitor, check(visitor))

    confirm(visitor, check(visitor), again="on")

    assert len(sales(seller)) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "0912"}, "This is no mobile number."),
        ({"number": ""}, "This field is required."),
        ({"amount": "0"}, "Write an amount of more than 0."),
        ({"amount": "12.50"}, "Write whole tomans."),
        ({"operator": "nobody"}, "Select a valid choice."),
        ({"number": "09311234567"}, "No operator is known for this number."),
        ({"amount": "100001"}, "Ask for credit, or write a smaller amount."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    visitor: Visitor, changes: dict[str, str], said: str
) -> None:
    page = check(visitor, **changes)

    assert page.status_code == REFUSED
    assert said in words(page)
    for name in ("number", "amount"):
        assert value(page, name) == (ASKED | changes)[name]


def test_a_limit_is_told_with_its_amount(visit: Visit, new_seller: NewSeller) -> None:
    visitor = visit(new_seller(available=CREDIT, per_recharge_max=40_000))

    assert "One recharge may be 4,000 toman at most." in words(check(visitor))


def test_a_refusal_at_the_last_moment_keeps_the_form_and_its_reference(
    visitor: Visitor, seller: SellerAtHand, api: Api
) -> None:
    page = check(visitor, amount="100000")
    sale = {"phone_number": "09351234567", "amount": 10}
    api(seller).post("/api/v1/recharges", json=sale, headers={"Idempotency-Key": "meanwhile"})

    refused = confirm(visitor, page)

    assert refused.status_code == REFUSED
    assert "99,999 toman are available" in words(refused)
    assert value(refused, "form") == value(page, "form")


def test_the_operator_that_is_chosen_counts(visitor: Visitor, seller: SellerAtHand, sales: Sales) -> None:
    confirm(visitor, check(visitor, operator="irancell"))

    (sale,) = sales(seller)
    assert (sale["operator"], sale["operator_source"]) == ("irancell", "explicit")


@pytest.mark.parametrize("typed", ["0912", "۰۹۱۲۳", "+98912", "912345", "0912 345 6789"])
def test_the_operator_is_recognised_while_the_number_is_typed(visitor: Visitor, typed: str) -> None:
    form = visitor.open(SELL)
    part = visitor.answer(form, "/sell/recognise/", number=typed)

    assert "MCI" in part.text


@pytest.mark.parametrize("typed", ["", "09", "no number", "0931"])
def test_what_is_not_recognised_yet_says_nothing(visitor: Visitor, typed: str) -> None:
    part = visitor.answer(visitor.open(SELL), "/sell/recognise/", number=typed)

    assert part.status_code == OK
    assert "<p" not in part.text


def test_the_last_amounts_of_a_number_are_offered(visitor: Visitor) -> None:
    confirm(visitor, check(visitor, amount="7,000.5"))

    part = visitor.answer(visitor.open(SELL), "/sell/recognise/", number="09123456789")

    assert 'data-amount="7,000.5"' in part.text


def test_a_sale_on_its_way_is_asked_about_until_its_end(
    visitor: Visitor, seller: SellerAtHand, slow: str, place: Place, sales: Sales
) -> None:
    page = confirm(visitor, check(visitor, operator=slow))
    assert "The price is held; this page shows the end by itself." in words(page)
    live = re.search(r'hx-get="([^"]+)" hx-trigger="every', page.text)
    assert live is not None
    assert visitor.open(live[1]).status_code == httpx.codes.NO_CONTENT

    (sale,) = sales(seller)
    driving.settle(place, driving.unknown(place, str(sale["id"])), State.FAILED)

    part = visitor.open(live[1])
    assert "The operator refused it. The price is back in your balance." in part.text
    assert "hx-trigger" not in part.text


def test_another_sellers_sale_is_not_shown(visit: Visit, visitor: Visitor, new_seller: NewSeller) -> None:
    sold = confirm(visitor, check(visitor))

    answer = visit(new_seller()).open(sold.url.path)

    assert answer.status_code == httpx.codes.NOT_FOUND


def test_a_viewer_can_not_sell(visit: Visit, seller: SellerAtHand, give_role: GiveRole) -> None:
    give_role(seller.user_id, "viewer")

    assert visit(seller).open(SELL).status_code == httpx.codes.FORBIDDEN


def test_in_persian_it_speaks_persian_figures(visit: Visit, seller: SellerAtHand) -> None:
    page = check(visit(seller, language="fa"))

    assert "۵٬۰۰۰ تومان" in words(page)
    assert "۰۹۱۲ ۳۴۵ ۶۷۸۹" in words(page)


def test_every_refusal_has_a_sentence(installation: object) -> None:
    from topup.portal import refusals  # noqa: PLC0415  # its texts need Django

    assert set(refusals.SENTENCES) == set(Outcome) - DONE
