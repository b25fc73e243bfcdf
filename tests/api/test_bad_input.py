"""What is not a request is refused, named, leaves no row, and tells nothing of what is inside."""

import httpx
import pytest

from tests.api.calls import (
    V1,
    a_recharge,
    an_item,
    fields,
    new_reference,
    ok,
    problem,
    sell,
)
from tests.support.sellers_at_hand import SellerAtHand

pytestmark = pytest.mark.usefixtures("nothing_written")

JSON = {"Content-Type": "application/json"}

AMOUNTS = (
    "0", "-1", "true", "false", "null", "1.5", "1.0", '"1000"', "1e3", "1E3", "NaN", "Infinity", "-Infinity",
    "-0", "[]", "{}", str(2**63), str(-(2**63)), "1" + "0" * 100, "1" + "0" * 5000,
)  # fmt: skip
NOT_JSON = ("01", "+5", "5 000", "٥", "1_000", "'5'", "undefined")
NUMBERS = (
    "", " ", "0912345678", "091234567890", "abc", "0912345678a", "02112345678", "+14155552671",
    "+442071838750", "+98", "999999999999999999999", "٠٩١٢", "\u0000", "0912 345 6789\u0000",
    "tel:nobody", "*140#", "🙂", "09123456789abc", "call 09123456789",
    "09123456789 ext 5", "09123456789 or 09351234567", "0912FLOWERS",
)  # fmt: skip
BODIES = {
    "empty": (b"", 400),
    "blank": (b"  \n", 400),
    "not JSON": (b"amount=5000", 400),
    "cut short": (b'{"phone_number": "0912', 400),
    "two documents": (b'{"phone_number": "09123456789", "amount": 1}{}', 400),
    "not UTF-8": (b'{"phone_number": "\xff\xfe", "amount": 1}', 400),
    "UTF-16": ('{"amount": 1}'.encode("utf-16"), 400),
    "half a surrogate": (rb'{"phone_number": "\ud800", "amount": 1}', 400),
    "a list": (b"[]", 422),
    "a text": (b'"hello"', 422),
    "a number": (b"5", 422),
    "null": (b"null", 422),
    "no field": (b"{}", 422),
    "deep": (b"[" * 100_000, 422),
    "deep in an unknown field": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 422),
    "a megabyte": (b'{"phone_number": "' + b"0" * 2**20 + b'", "amount": 1}', 413),
}
WRONG_BODIES = {"malformed_json", "body_too_large", "validation_error", "unknown_field"}


def post(client: httpx.Client, path: str, content: bytes, **headers: str) -> httpx.Response:
    sent = {**JSON, "Idempotency-Key": new_reference(), **headers}
    return client.post(V1 + path, content=content, headers=sent)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_a_whole_positive_number(selling: httpx.Client, amount: str) -> None:
    body = f'{{"phone_number": "09123456789", "amount": {amount}}}'

    refusal = problem(post(selling, "/recharges", body.encode()), 422, "validation_error")

    assert fields(refusal) == ["amount"]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_of_credit_is_a_whole_positive_number(selling: httpx.Client, amount: str) -> None:
    refusal = problem(
        post(selling, "/credit-requests", f'{{"amount": {amount}}}'.encode()), 422, "validation_error"
    )

    assert fields(refusal) == ["amount"]


@pytest.mark.parametrize("amount", [amount for amount in AMOUNTS if amount != "-1"])
def test_an_adjustment_is_a_whole_number_and_not_zero(
    deciding: httpx.Client, seller: SellerAtHand, amount: str
) -> None:
    body = f'{{"seller_id": {seller.id}, "amount": {amount}, "reason": "x"}}'

    refusal = problem(post(deciding, "/adjustments", body.encode()), 422, "validation_error")

    assert fields(refusal) == ["amount"]


@pytest.mark.parametrize("amount", AMOUNTS[:-7])
def test_an_amount_in_a_batch_is_held_to_the_same(selling: httpx.Client, amount: str) -> None:
    item = f'{{"phone_number": "09123456789", "reference": "a", "amount": {amount}}}'

    answer = post(selling, "/recharges/batch", f'{{"items": [{item}]}}'.encode())

    if answer.status_code == 200:
        assert [result["error"]["status"] for result in answer.json()["results"]] == [422]
    else:
        problem(answer, 422, "validation_error")


@pytest.mark.parametrize("amount", NOT_JSON)
def test_an_amount_that_is_no_json_is_told_as_that(selling: httpx.Client, amount: str) -> None:
    body = f'{{"phone_number": "09123456789", "amount": {amount}}}'

    problem(post(selling, "/recharges", body.encode()), 400, "malformed_json")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_an_iranian_mobile(selling: httpx.Client, number: str) -> None:
    refusal = problem(sell(selling, phone_number=number), 422, "validation_error")

    assert fields(refusal) == ["phone_number"]
    assert refusal["detail"].endswith("+989123456789")  # the form expected


@pytest.mark.parametrize("number", [9123456789, None, True, [], {}, "0" * 41])
def test_a_number_is_a_text_of_up_to_40_characters(selling: httpx.Client, number: object) -> None:
    refusal = problem(sell(selling, phone_number=number), 422, "validation_error")

    assert fields(refusal) == ["phone_number"]


@pytest.mark.parametrize("what", BODIES)
def test_a_body_is_a_json_object_of_the_right_form(selling: httpx.Client, what: str) -> None:
    content, status = BODIES[what]

    answer = post(selling, "/recharges", content)

    assert problem(answer, status, answer.json()["code"])["code"] in WRONG_BODIES


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("path", ["/recharges/batch", "/credit-requests", "/tokens"])
def test_no_other_path_takes_such_a_body_either(selling: httpx.Client, path: str, what: str) -> None:
    answer = post(selling, path, BODIES[what][0])

    assert answer.status_code in {400, 413, 422}
    assert problem(answer, answer.status_code, answer.json()["code"])["code"] in WRONG_BODIES


def test_a_megabyte_without_a_length_is_refused_too(selling: httpx.Client) -> None:
    pieces = (b" " * 65_536 for _ in range(16))

    answer = selling.post(f"{V1}/recharges", content=pieces, headers={**JSON, "Idempotency-Key": "a"})

    problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
     "application/jsonp", "x"],
)  # fmt: skip
def test_a_body_is_sent_as_json(selling: httpx.Client, content_type: str) -> None:
    body = b'{"phone_number": "09123456789", "amount": 1}'

    answer = post(selling, "/recharges", body, **{"Content-Type": content_type})

    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("missing", ["phone_number", "amount"])
def test_a_field_that_is_missing_is_named(selling: httpx.Client, missing: str) -> None:
    body = {name: value for name, value in a_recharge().items() if name != missing}

    answer = selling.post(f"{V1}/recharges", json=body, headers={"Idempotency-Key": "a"})

    assert fields(problem(answer, 422, "validation_error")) == [missing]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ä", "سفارش"])
def test_an_idempotency_key_is_printable_and_short(selling: httpx.Client, key: str) -> None:
    sent = [(b"Idempotency-Key", key.encode())]

    answer = selling.post(f"{V1}/recharges", json=a_recharge(), headers=sent)

    problem(answer, 400, "invalid_idempotency_key")


@pytest.mark.parametrize("reference", ["", "x" * 256, "a\tb", "ä", "\u0000", 5, None])
def test_a_reference_in_a_batch_is_printable_and_short(selling: httpx.Client, reference: object) -> None:
    body = {"items": [{**an_item(), "reference": reference}]}

    (result,) = ok(selling.post(f"{V1}/recharges/batch", json=body))["results"]

    assert result["status"] == 422
    assert fields(result["error"]) == ["reference"]


@pytest.mark.parametrize("operator", ["nobody", "", "MCI ", "\u0000", "'; DROP TABLE ledger.book; --"])
def test_an_operator_is_one_of_those_there_are(selling: httpx.Client, operator: str) -> None:
    answer = sell(selling, operator=operator)

    assert answer.status_code == 422
    problem(answer, 422, answer.json()["code"])


NULS = [
    ("/credit-requests", {"amount": 1, "note": "a\u0000b"}),
    ("/tokens", {"username": "a\u0000b", "password": "c"}),
    ("/tokens", {"username": "a", "password": "c\u0000d"}),
    ("/recharges", {"phone_number": "09123456789", "amount": 1, "operator": "m\u0000"}),
]


@pytest.mark.parametrize(("path", "body"), NULS)
def test_a_character_that_postgresql_cannot_hold_is_refused(
    selling: httpx.Client, path: str, body: dict[str, object]
) -> None:
    answer = selling.post(V1 + path, json=body, headers={"Idempotency-Key": new_reference()})

    assert answer.status_code in {401, 422}
    problem(answer, answer.status_code, answer.json()["code"])


NULS_OF_STAFF = [
    ("POST", "/sellers", {"name": "a\u0000", "username": "nul-1", "password": "correct-horse"}),
    ("POST", "/sellers", {"name": "a", "username": "nul\u0000", "password": "correct-horse"}),
    (
        "POST",
        "/sellers",
        {"name": "a", "username": "nul-2", "password": "correct-horse", "email": "a\u0000@b.de"},
    ),
    ("PATCH", "/operators/%00", {"status": "active"}),
]


@pytest.mark.parametrize(("method", "path", "body"), NULS_OF_STAFF)
def test_a_character_that_postgresql_cannot_hold_is_refused_to_staff(
    deciding: httpx.Client, method: str, path: str, body: dict[str, object]
) -> None:
    answer = deciding.request(method, V1 + path, json=body)

    assert answer.status_code in {404, 422}
    problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("reason", ["", "x" * 501, "a\u0000b", None, 5])
def test_a_reason_is_a_text_of_up_to_500_characters(
    deciding: httpx.Client, seller: SellerAtHand, reason: object
) -> None:
    body = {"seller_id": seller.id, "amount": 1, "reason": reason}

    answer = deciding.post(f"{V1}/adjustments", json=body)

    assert fields(problem(answer, 422, "validation_error")) == ["reason"]


@pytest.mark.parametrize("seller_id", [0, -1, 2**31, 2**32, 2**63, 10**30])
def test_an_adjustment_of_nobody_is_not_found(deciding: httpx.Client, seller_id: int) -> None:
    body = {"seller_id": seller_id, "amount": 1, "reason": "x"}

    answer = deciding.post(f"{V1}/adjustments", json=body)

    assert answer.status_code in {404, 422}
    problem(answer, answer.status_code, answer.json()["code"])
