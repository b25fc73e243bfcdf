"""TopUpEngine: a top-up is asked for, approved once by staff, and sold from; amounts have decimals."""

import pytest

from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.systems.curl import Answer, Call

SALE = '{"phone_number": "09123456789", "amount": 50000.00}'


def asked(call: Call, seller: SellerAtHand, amount: str = "50000.00") -> str:
    """The id of a new request."""
    answer = call("POST /api/topup/", f'{{"amount": {amount}}}', by=seller)
    assert answer.status == 201, answer
    return str(answer.body["id"])


def problem(answer: Answer) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status, answer.body["code"]


def test_a_top_up_is_asked_for(call: Call, seller: SellerAtHand) -> None:
    answer = call("POST /api/topup/", '{"amount": 50000.00}', by=seller)

    assert answer.status == 201
    assert answer.body["id"].count("-") == 4
    assert (answer.body["status"], answer.body["amount"]) == ("pending", 50_000)
    assert (answer.body["seller_id"], answer.body["currency"]) == (seller.id, "IRR")


def test_staff_approve_it_and_see_the_balance(call: Call, seller: SellerAtHand, staff: StaffAtHand) -> None:
    request_id = asked(call, seller)

    answer = call(f"POST /api/topup/{request_id}/approve/", by=staff)

    assert answer.status == 200
    assert answer.body.items() >= {"id": request_id, "status": "approved", "balance": 1_050_000}.items()


def test_a_second_approval_is_refused_and_adds_nothing(
    call: Call, seller: SellerAtHand, staff: StaffAtHand
) -> None:
    approve = f"POST /api/topup/{asked(call, seller)}/approve/"
    call(approve, by=staff)

    assert problem(call(approve, by=staff)) == (409, "already_decided")
    assert call("POST /api/recharge/", SALE, by=seller).body["balance"] == 1_000_000


def test_a_repeated_approval_under_its_key_is_answered_again(
    call: Call, seller: SellerAtHand, staff: StaffAtHand
) -> None:
    approve = f"POST /api/topup/{asked(call, seller)}/approve/"
    first = call(approve, by=staff, key="approval-1")

    again = call(approve, by=staff, key="approval-1")

    assert (again.status, again.body) == (200, first.body)
    assert again.replayed


def test_a_recharge_is_sold(call: Call, seller: SellerAtHand) -> None:
    answer = call("POST /api/recharge/", SALE, by=seller)

    assert answer.status == 201
    assert answer.body["id"].count("-") == 4
    expected = {"status": "succeeded", "amount": 50_000, "balance": 950_000, "phone_number": "+989123456789"}
    assert answer.body.items() >= expected.items()


def test_a_seller_cannot_approve_its_own_request(call: Call, seller: SellerAtHand, colleague: str) -> None:
    approve = f"POST /api/topup/{asked(call, seller)}/approve/"

    assert problem(call(approve, by=seller)) == (403, "forbidden")
    assert problem(call(approve, by=colleague)) == (403, "forbidden")


@pytest.mark.parametrize("request_id", ["01920000-0000-7000-8000-00007fffffff", "17", "no-uuid"])
def test_a_request_of_an_unknown_seller_is_not_found(call: Call, staff: StaffAtHand, request_id: str) -> None:
    assert problem(call(f"POST /api/topup/{request_id}/approve/", by=staff)) == (404, "not_found")
