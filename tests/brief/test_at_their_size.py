"""Whatever many sell at the same time, each balance is its credits less its sales, to the rial."""

import itertools

import httpx
import pytest

from tests.brief.accounts import assert_all_agree
from tests.brief.crowd import WAYS, Request, Users
from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server

RECHARGES, REQUESTS = "/api/v1/recharges", "/api/v1/credit-requests"
NUMBERS = ("09123456789", "09351234567", "09211234567")
_references = itertools.count(1)


def selling(seller: SellerAtHand, *, sales: int, amount: int, users: int = 1) -> Users:
    """The sales of a seller, shared out among users of it."""
    requests = [
        Request(
            RECHARGES,
            seller.key,
            {"phone_number": NUMBERS[nth % len(NUMBERS)], "amount": amount},
            f"brief-{next(_references)}",
        )
        for nth in range(sales)
    ]
    return [requests[nth::users] for nth in range(users)]


def approving(staff: StaffAtHand, request_ids: list[str]) -> list[Request]:
    return [
        Request(f"{REQUESTS}/{each}/approve", staff.key, {}, f"brief-{next(_references)}")
        for each in request_ids
    ]


def asked(client: httpx.Client, *, count: int, amount: int) -> list[str]:
    """The ids of new credit requests."""
    answers = [client.post(REQUESTS, json={"amount": amount}) for _ in range(count)]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["id"] for answer in answers]


def address_of(server: Server) -> str:
    return server.url.removeprefix("http://")


@pytest.mark.parametrize("way", WAYS)
def test_60_sales_of_5_000_from_1_000_000_leave_700_000(
    installation: Installation, server: Server, new_seller: NewSeller, way: str
) -> None:
    seller = new_seller(available=1_000_000)

    statuses = WAYS[way](address_of(server), selling(seller, sales=60, amount=5_000, users=12))

    assert statuses == [201] * 60
    assert_all_agree(installation, [seller], sales=60, left=700_000)


@pytest.mark.parametrize("way", WAYS)
def test_2_sellers_with_10_credits_and_1_000_sales_each(
    installation: Installation,
    server: Server,
    new_seller: NewSeller,
    staff: StaffAtHand,
    api: Api,
    way: str,
) -> None:
    sellers = [new_seller(available=1_000_000) for _ in range(2)]  # the first credit; nine come meanwhile
    wishes = [asked(api(seller), count=9, amount=1_000_000) for seller in sellers]
    sales = [user for seller in sellers for user in selling(seller, sales=1_000, amount=1_000, users=8)]

    statuses = WAYS[way](address_of(server), [*(approving(staff, each) for each in wishes), *sales])

    assert (statuses.count(200), statuses.count(201), len(statuses)) == (18, 2_000, 2_018)
    assert_all_agree(installation, sellers, sales=1_000, left=9_000_000)


@pytest.mark.parametrize("way", WAYS)
def test_10_sellers_with_1_000_sales(
    installation: Installation, server: Server, new_seller: NewSeller, way: str
) -> None:
    sellers = [new_seller(available=500_000) for _ in range(10)]
    sales = [user for seller in sellers for user in selling(seller, sales=100, amount=5_000, users=2)]

    statuses = WAYS[way](address_of(server), sales)

    assert statuses == [201] * 1_000
    assert_all_agree(installation, sellers, sales=100, left=0)


@pytest.mark.parametrize("way", WAYS)
def test_100_users_with_10_000_transactions_in_parallel(
    installation: Installation, server: Server, new_seller: NewSeller, way: str
) -> None:
    sellers = [new_seller(available=150_000) for _ in range(100)]
    sales = [user for seller in sellers for user in selling(seller, sales=100, amount=1_000)]

    statuses = WAYS[way](address_of(server), sales)

    assert statuses == [201] * 10_000
    assert_all_agree(installation, sellers, sales=100, left=50_000)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_more_than_the_credit_is_refused_and_takes_nothing(
    installation: Installation, server: Server, new_seller: NewSeller, way: str
) -> None:
    seller = new_seller(available=250 * 1_000 + 999)

    statuses = WAYS[way](address_of(server), selling(seller, sales=500, amount=1_000, users=20))

    assert (statuses.count(201), statuses.count(402)) == (250, 250)
    assert_all_agree(installation, [seller], sales=250, left=999)
