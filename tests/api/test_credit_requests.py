"""Credit: asked for by a seller, decided by staff once, credited once."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.api.calls import (
    NOBODY,
    V1,
    asked,
    available,
    balance,
    created,
    decide,
    fields,
    new_reference,
    ok,
    problem,
    replayed,
)
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.trips import Connection


def ask(client: httpx.Client, key: str, **body: object) -> httpx.Response:
    return client.post(f"{V1}/credit-requests", json=body, headers={"Idempotency-Key": key})


def test_a_request_waits_and_moves_no_money(selling: httpx.Client, seller: SellerAtHand) -> None:
    request = asked(selling, 7_000, note="واریز شماره ۱۲")

    assert request.pop("id")
    assert request.pop("created_at")
    assert request == {
        "seller_id": seller.id, "amount": 7_000, "currency": "IRR", "status": "pending",
        "note": "واریز شماره ۱۲", "bank_reference": "", "reason": "", "requested_by": seller.user_id,
        "proposed_by": None, "decided_by": None, "decided_at": None,
    }  # fmt: skip
    assert balance(selling)["version"] == 1


def test_the_banks_number_is_kept_in_ascii_digits_and_shown(
    selling: httpx.Client, deciding: httpx.Client
) -> None:
    request = asked(selling, 7_000, bank_reference=" ۱۴۰۵\u200f  A-٣ ")

    assert request["bank_reference"] == "1405 A-3"
    assert ok(selling.get(f"{V1}/credit-requests/{request['id']}")) == request
    assert request in ok(deciding.get(f"{V1}/credit-requests", params={"status": "pending"}))["data"]


@pytest.mark.parametrize("written", ["x" * 65, "a\0b", 17, None])
def test_a_banks_number_that_cannot_be_kept_is_refused(selling: httpx.Client, written: object) -> None:
    problem(ask(selling, new_reference(), amount=5_000, bank_reference=written), 422, "validation_error")


def test_the_banks_number_belongs_to_what_a_key_stands_for(selling: httpx.Client) -> None:
    key = new_reference()
    first = ask(selling, key, amount=5_000, bank_reference="17")

    again = ask(selling, key, amount=5_000, bank_reference="۱۷")
    other = ask(selling, key, amount=5_000, bank_reference="18")

    assert replayed(again)
    assert again.json() == first.json()
    problem(other, 422, "idempotency_mismatch")


def test_a_key_from_before_there_were_banks_numbers_still_answers(
    selling: httpx.Client, app: Connection
) -> None:
    """What such a key stands for names an amount and a note alone."""
    key = new_reference()
    ask(selling, key, amount=5_000)

    row = app.execute("SELECT request FROM ledger.idempotency WHERE reference = %s", (key,)).fetchone()

    assert row == ({"amount": 5_000, "note": ""},)
    assert replayed(ask(selling, key, amount=5_000, bank_reference=""))


def test_an_approval_credits_what_was_asked_for(
    selling: httpx.Client, deciding: httpx.Client, staff: StaffAtHand
) -> None:
    request = asked(selling, 7_000)

    approved = ok(decide(deciding, request["id"], "approve"))

    assert (approved["status"], approved["decided_by"]) == ("approved", staff.user_id)
    assert approved["decided_at"] >= request["created_at"]
    assert available(selling) == 1_007_000
    (movement, _) = ok(selling.get(f"{V1}/transactions"))["data"]
    assert (movement["type"], movement["source"]) == (
        "credit",
        {"type": "credit_request", "id": request["id"]},
    )


def test_a_rejection_tells_why_and_moves_nothing(selling: httpx.Client, deciding: httpx.Client) -> None:
    request = asked(selling)

    rejected = ok(decide(deciding, request["id"], "reject"))

    assert (rejected["status"], rejected["reason"]) == ("rejected", "no transfer arrived")
    assert ok(selling.get(f"{V1}/credit-requests/{request['id']}")) == rejected
    assert available(selling) == 1_000_000


def test_a_seller_cancels_while_it_waits(selling: httpx.Client, seller: SellerAtHand) -> None:
    request = asked(selling)

    cancelled = ok(decide(selling, request["id"], "cancel"))

    assert (cancelled["status"], cancelled["decided_by"]) == ("cancelled", seller.user_id)


@pytest.mark.parametrize("second", ["approve", "reject", "cancel"])
@pytest.mark.parametrize("first", ["approve", "reject", "cancel"])
def test_a_second_decision_of_any_kind_changes_nothing(
    selling: httpx.Client, deciding: httpx.Client, first: str, second: str
) -> None:
    request = asked(selling)
    who = {"approve": deciding, "reject": deciding, "cancel": selling}
    decided = ok(decide(who[first], request["id"], first))
    money = available(selling)

    problem(decide(who[second], request["id"], second), 409, "already_decided")

    assert ok(selling.get(f"{V1}/credit-requests/{request['id']}")) == decided
    assert available(selling) == money


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_nobody_decides_what_they_asked_for(
    api: Api, new_seller: NewSeller, new_staff: Callable[[], Any], owner: Any, verb: str
) -> None:
    seller = new_seller()
    request = asked(api(seller))
    owner.execute(
        "UPDATE sellers_user SET seller_id = NULL, is_staff = true, role = 'admin' WHERE id = %s",
        [seller.user_id],
    )  # somebody changed sides

    problem(decide(api(seller), request["id"], verb), 403, "forbidden")

    assert ok(decide(api(new_staff()), request["id"], verb))["decided_by"] != seller.user_id


@pytest.mark.parametrize("reason", [None, "", "x" * 501])
def test_a_rejection_needs_a_reason(
    selling: httpx.Client, deciding: httpx.Client, reason: str | None
) -> None:
    request = asked(selling)
    body = {} if reason is None else {"reason": reason}

    answer = deciding.post(f"{V1}/credit-requests/{request['id']}/reject", json=body)

    assert fields(problem(answer, 422, "validation_error")) == ["reason"]
    assert ok(selling.get(f"{V1}/credit-requests/{request['id']}"))["status"] == "pending"


def test_a_retry_asks_only_once(selling: httpx.Client) -> None:
    key = new_reference()
    first = ask(selling, key, amount=5, note="a")

    again = ask(selling, key, amount=5, note="a")

    assert created(first) == created(again)
    assert (replayed(first), replayed(again)) == (False, True)
    assert len(ok(selling.get(f"{V1}/credit-requests?status=pending"))["data"]) == 1


def test_a_retry_shows_the_request_as_it_now_stands(selling: httpx.Client, deciding: httpx.Client) -> None:
    key = new_reference()
    request = created(ask(selling, key, amount=5))
    decide(deciding, request["id"], "approve")

    assert created(ask(selling, key, amount=5))["status"] == "approved"


def test_a_key_of_another_request_names_what_differs(selling: httpx.Client) -> None:
    key = new_reference()
    ask(selling, key, amount=5, note="a")

    refusal = problem(ask(selling, key, amount=6, note="b"), 422, "idempotency_mismatch")

    assert sorted(fields(refusal)) == ["amount", "note"]


def test_a_retry_of_an_approval_is_told_the_approval(selling: httpx.Client, deciding: httpx.Client) -> None:
    request, key = asked(selling), new_reference()
    first = ok(decide(deciding, request["id"], "approve", key))

    again = decide(deciding, request["id"], "approve", key)

    assert ok(again) == first
    assert replayed(again)
    assert available(selling) == 1_005_000


def test_an_approvals_key_for_another_request_is_a_mismatch(
    selling: httpx.Client, deciding: httpx.Client
) -> None:
    one, other, key = asked(selling), asked(selling), new_reference()
    decide(deciding, one["id"], "approve", key)

    problem(decide(deciding, other["id"], "approve", key), 422, "idempotency_mismatch")

    assert ok(selling.get(f"{V1}/credit-requests/{other['id']}"))["status"] == "pending"


def test_credit_beyond_what_a_book_holds_is_refused(selling: httpx.Client, deciding: httpx.Client) -> None:
    request = asked(selling, 2**63 - 1)

    refusal = problem(decide(deciding, request["id"], "approve"), 422, "validation_error")

    assert refusal["errors"][0]["code"] == "balance_too_large"
    assert ok(selling.get(f"{V1}/credit-requests/{request['id']}"))["status"] == "pending"
    assert available(selling) == 1_000_000


def test_lists_are_newest_first_and_by_status(
    selling: httpx.Client, deciding: httpx.Client, seller: SellerAtHand
) -> None:
    made = [asked(selling, amount)["id"] for amount in range(1, 6)]
    decide(deciding, made[0], "approve")

    every = ok(selling.get(f"{V1}/credit-requests"))["data"]
    pending = ok(deciding.get(f"{V1}/credit-requests?status=pending&seller_id={seller.id}"))["data"]

    assert [row["id"] for row in every[:-1]] == made[::-1]  # before them its first credit
    assert [row["id"] for row in pending] == made[:0:-1]


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_what_does_not_exist_is_not_decided(deciding: httpx.Client, verb: str) -> None:
    problem(decide(deciding, NOBODY, verb), 404, "not_found")
