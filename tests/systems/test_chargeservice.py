"""B2B Charge Service: every answer of its calls, a refusal too, is in its envelope."""

import pytest

from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.systems.curl import Answer, Call

SALE = '{"phone_number": "09123456789", "amount": 50000.00}'
SELL, ASK, BALANCE = "POST /api/charges/sell/", "POST /api/credits/request/", "GET /api/vendors/balance/"


def refusal(answer: Answer) -> tuple[int, str]:
    """The status and the code of a refusal in the envelope."""
    assert answer.headers["content-type"] == "application/json"
    assert answer.body.keys() == {"success", "data", "message", "code"}
    assert answer.body["success"] is False
    assert answer.body["data"] is None
    assert answer.body["message"]
    return answer.status, answer.body["code"]


def test_a_charge_is_sold(call: Call, seller: SellerAtHand) -> None:
    answer = call(SELL, SALE, by=seller)

    assert answer.status == 201
    transaction_id = answer.body["data"].pop("transaction_id")
    assert transaction_id.count("-") == 4
    data = {"balance_before": 1_000_000, "balance_after": 950_000, "amount": 50_000}
    assert answer.body == {"success": True, "data": data, "message": "Charge sold successfully"}


def test_its_transaction_id_finds_the_recharge(call: Call, seller: SellerAtHand) -> None:
    sold = call(SELL, SALE, by=seller).body["data"]

    found = call(f"GET /api/v1/recharges/{sold['transaction_id']}", by=seller)

    assert (found.status, found.body["amount"]) == (200, 50_000)


def test_credit_is_asked_for_and_approved(call: Call, seller: SellerAtHand, staff: StaffAtHand) -> None:
    answer = call(ASK, '{"amount": "50000.00"}', by=seller)

    assert answer.status == 201
    assert (answer.body["success"], answer.body["message"]) == (True, "Credit requested successfully")
    assert (answer.body["data"]["status"], answer.body["data"]["amount"]) == ("pending", 50_000)
    approve = f"POST /api/v1/credit-requests/{answer.body['data']['request_id']}/approve"
    assert [call(approve, by=staff).status for _ in range(2)] == [200, 409]
    assert call(BALANCE, by=seller).body["data"]["balance"] == 1_050_000


def test_the_balance_is_read(call: Call, seller: SellerAtHand) -> None:
    answer = call(BALANCE, by=seller)

    assert answer.status == 200
    assert answer.body["success"] is True
    data = {"vendor_id": seller.id, "balance": 1_000_000, "held": 0, "currency": "IRR"}
    assert answer.body["data"] == data


@pytest.mark.parametrize("line", [SELL, ASK, BALANCE])
def test_a_call_without_a_key_is_refused_in_the_envelope(call: Call, line: str) -> None:
    body = None if line is BALANCE else SALE

    assert refusal(call(line, body)) == (401, "unauthenticated")
    assert refusal(call(line, body, by="tk_wrong")) == (401, "unauthenticated")


def test_a_sale_beyond_the_balance_is_refused_in_the_envelope(call: Call, new_seller: NewSeller) -> None:
    assert refusal(call(SELL, SALE, by=new_seller())) == (402, "insufficient_balance")


def test_a_suspended_seller_is_refused_in_the_envelope(call: Call, new_seller: NewSeller) -> None:
    assert refusal(call(SELL, SALE, by=new_seller(active=False))) == (403, "seller_suspended")


def test_staff_have_no_balance_and_sell_nothing(call: Call, staff: StaffAtHand) -> None:
    assert refusal(call(SELL, SALE, by=staff)) == (403, "forbidden")
    assert refusal(call(BALANCE, by=staff)) == (403, "forbidden")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"phone_number": "09123456789", "amount": 50000.5}', 422, "validation_error"),
        ('{"phone_number": "0912", "amount": 50000}', 422, "validation_error"),
        ('{"phone_number": "09123456789"}', 422, "validation_error"),
        ('{"phone_number": "09123456789", "amount": 5, "colour": "red"}', 422, "unknown_field"),
        ('{"phone_number": "09123456789", "amount": 5, "operator": "none"}', 422, "unknown_operator"),
        ('{"phone_number": ', 400, "malformed_json"),
        ("", 400, "malformed_json"),
    ],
)
def test_what_is_written_wrongly_is_refused_in_the_envelope(
    call: Call, seller: SellerAtHand, body: str, status: int, code: str
) -> None:
    assert refusal(call(SELL, body, by=seller)) == (status, code)


def test_metrics_are_at_its_path(api: Api, staff: StaffAtHand) -> None:
    answer = api(staff).get("/api/metrics/")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/api/health/", "/api/balance/verify/"])
def test_health_and_the_proof_of_the_books_are_at_its_paths(
    call: Call, seller: SellerAtHand, path: str
) -> None:
    assert call(f"GET {path}", by=seller).status == 200
