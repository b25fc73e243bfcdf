"""What the calls of all three systems share: exact amounts with decimals, keys that may be left out."""

import pytest

from tests.conftest import Api, NewSeller
from tests.support.posting import assert_books_prove_themselves, book_of, journal_of, references_of
from tests.support.sellers_at_hand import SellerAtHand
from tests.systems.curl import Call
from topup.trips import Connection

SELL = {
    "TopUpEngine": "POST /api/recharge/",
    "PayLedger": "POST /api/payments/phone-charge/",
    "B2B Charge Service": "POST /api/charges/sell/",
}
ASK = {
    "TopUpEngine": "POST /api/topup/",
    "PayLedger": "POST /api/payments/credit-requests/",
    "B2B Charge Service": "POST /api/credits/request/",
}
EXACT = ["50000", "50000.00", "50000.0", '"50000"', '"50000.00"']
WRONG = [
    "50000.5", '"50000.5"', "50000.000000001", "0", "0.00", "-5", '"-5.00"', "1e3", '"1e3"', "5E4", "true",
    "null", "NaN", '"NaN"', '"Infinity"', '""', '" 5"', '"5,000"', '"۵۰۰۰"', '"+5"', '"0x5"', '"1_000"',
    "[5]", '{"a": 5}', "9223372036854775808", "9223372036854775807.5", '"00005"',
    '"\\u0035"', '"\\""', " 0 ",
]  # fmt: skip


@pytest.fixture(params=SELL)
def system(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def a_sale(amount: str = "50000.00") -> str:
    return f'{{"phone_number": "09123456789", "amount": {amount}}}'


@pytest.mark.parametrize("amount", EXACT)
def test_an_amount_may_have_decimals_that_are_zero(
    call: Call, app: Connection, seller: SellerAtHand, system: str, amount: str
) -> None:
    sold = call(SELL[system], a_sale(amount), by=seller)
    asked = call(ASK[system], f'{{"amount": {amount}}}', by=seller)

    assert (sold.status, asked.status) == (201, 201)
    assert book_of(app, seller.id).available == 950_000
    assert asked.body.get("data", asked.body)["amount"] == 50_000


@pytest.mark.parametrize("amount", WRONG)
def test_any_other_amount_is_refused_and_nothing_happens(
    call: Call, app: Connection, seller: SellerAtHand, system: str, amount: str
) -> None:
    sold = call(SELL[system], a_sale(amount), by=seller)
    asked = call(ASK[system], f'{{"amount": {amount}}}', by=seller)

    for answer in (sold, asked):
        assert (answer.status, answer.body["code"]) == (422, "validation_error")
        assert "amount" in str(answer.body)
    assert book_of(app, seller.id).seq == 1


def test_bytes_that_are_no_text_are_no_amount(api: Api, seller: SellerAtHand, system: str) -> None:
    body = b'{"phone_number": "09123456789", "amount": "5\xff"}'

    answer = api(seller).post(SELL[system].removeprefix("POST "), content=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")


def test_an_amount_is_exact_to_the_last_digit(
    call: Call, app: Connection, system: str, seller: SellerAtHand
) -> None:
    asked = call(ASK[system], '{"amount": 9223372036854775807.00}', by=seller)

    assert asked.body.get("data", asked.body)["amount"] == 9_223_372_036_854_775_807


def test_without_a_key_every_call_is_another_sale(
    call: Call, app: Connection, seller: SellerAtHand, system: str
) -> None:
    first, second = (call(SELL[system], a_sale(), by=seller) for _ in range(2))

    assert (first.status, second.status) == (201, 201)
    made = references_of(app, seller.id)
    assert len(set(made)) == 2
    assert all(reference.startswith("auto-") for reference in made)
    assert_books_prove_themselves(app, seller.id)


def test_a_key_has_one_effect_and_is_the_reference(
    call: Call, app: Connection, seller: SellerAtHand, system: str
) -> None:
    first = call(SELL[system], a_sale("50000.00"), by=seller, key="order-1001")
    again = call(SELL[system], a_sale("50000"), by=seller, key="order-1001")

    assert (first.replayed, again.replayed) == (False, True)
    assert (again.status, again.body) == (first.status, first.body)
    assert references_of(app, seller.id) == ["order-1001"]


def test_a_key_is_one_key_through_every_system_and_ours(
    call: Call, app: Connection, seller: SellerAtHand
) -> None:
    for line in [*SELL.values(), "POST /api/v1/recharges"]:
        assert call(line, a_sale("50000"), by=seller, key="order-7").status == 201

    assert book_of(app, seller.id).available == 950_000


def test_a_key_that_was_used_for_another_sale_is_refused(
    call: Call, seller: SellerAtHand, system: str
) -> None:
    call(SELL[system], a_sale(), by=seller, key="order-1")

    answer = call(SELL[system], a_sale("60000"), by=seller, key="order-1")

    assert (answer.status, answer.body["code"]) == (422, "idempotency_mismatch")


def test_a_request_for_credit_under_a_key_is_made_once(
    call: Call, app: Connection, seller: SellerAtHand, system: str
) -> None:
    first, again = (call(ASK[system], '{"amount": 5.00}', by=seller, key="wish-1") for _ in range(2))

    assert (again.status, again.body) == (first.status, first.body)
    assert again.replayed
    count = app.execute("SELECT count(*) FROM credit.credit_request WHERE seller_id = %s", [seller.id])
    assert count.fetchone() == (2,)  # this one, and that of the seller's credit


def test_a_sale_beyond_the_balance_leaves_no_trace(
    call: Call, app: Connection, new_seller: NewSeller, system: str
) -> None:
    poor = new_seller(available=49_999)

    answer = call(SELL[system], a_sale(), by=poor)

    assert (answer.status, answer.body["code"]) == (402, "insufficient_balance")
    assert len(journal_of(app, poor.id)) == 1
    assert references_of(app, poor.id) == []


@pytest.mark.parametrize("by", [None, "tk_wrong", f"tk_{'0' * 32}_{'a' * 43}"])
def test_without_a_key_of_a_known_seller_nothing_is_sold_or_asked(
    call: Call, system: str, by: str | None
) -> None:
    for line in (SELL[system], ASK[system]):
        answer = call(line, a_sale(), by=by)
        assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


def test_the_slash_at_the_end_may_be_left_out(call: Call, seller: SellerAtHand, system: str) -> None:
    assert call(SELL[system].rstrip("/"), a_sale(), by=seller).status == 201
    assert call(ASK[system].rstrip("/"), '{"amount": 1}', by=seller).status == 201
