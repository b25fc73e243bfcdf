"""Approving, adjusting and reversing: what may come of each, and what a repeated key does.

A refusal leaves no trace: no movement, no fact, no key.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import sql

from tests.conftest import NewSeller
from tests.ledger.wishes import (
    FUNDS,
    a_key,
    a_request,
    adjust,
    an_adjustment,
    approve,
    end_without_money,
    request_of,
    reverse,
    sell,
)
from tests.support import posting
from tests.support.sellers_at_hand import StaffAtHand
from topup import ids, trips
from topup.credit.adjust import read as read_adjustment
from topup.credit.decide import Approval
from topup.credit.lifecycle import State
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.money import MAX_MINOR
from topup.recharges.reverse import Reversal
from topup.trips import Connection

NOBODY = 2**31
"""A seller that has no book."""
TABLES = (
    "ledger.book", "ledger.journal", "ledger.idempotency", "ledger.adjustment", "recharges.recharge",
    "credit.credit_request",
)  # fmt: skip


def everything_of(connection: Connection, seller_id: int) -> list[object]:
    everything = sql.SQL("SELECT * FROM {} WHERE seller_id = {} ORDER BY 1, 2")
    return [connection.execute(everything.format(sql.SQL(table), seller_id)).fetchall() for table in TABLES]


@contextmanager
def leaving_no_trace(connection: Connection, seller_id: int) -> Iterator[None]:
    """Whatever happens inside moves nothing and remembers nothing."""
    before = everything_of(connection, seller_id)
    yield
    assert everything_of(connection, seller_id) == before


# Approvals.


def test_an_approval_credits_what_was_asked_for(
    app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    request_id = a_request(app, seller)

    done = approve(app, Approval(seller.id, request_id, staff.user_id))

    found = request_of(app, seller.id, request_id)
    assert done.outcome is Outcome.POSTED
    assert (found.state, found.decided_by) == (State.APPROVED, staff.user_id)
    (line,) = posting.journal_of(app, seller.id)
    assert (line.kind, line.amount, line.source_id) == ("credit", 500, request_id)
    posting.assert_books_prove_themselves(app, seller.id)


@pytest.mark.parametrize("ended", [State.APPROVED, State.REJECTED, State.CANCELLED])
def test_a_request_is_decided_once(
    ended: State, app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    wish = Approval(seller.id, a_request(app, seller), staff.user_id)
    if ended is State.APPROVED:
        approve(app, wish)
    else:
        found = request_of(app, seller.id, wish.request_id)
        by = seller.user_id if ended is State.CANCELLED else staff.user_id
        end_without_money(app, found, ended, by)

    with leaving_no_trace(app, seller.id):
        again = approve(app, wish._replace(reference=a_key("approve", request_id=wish.request_id)))

    assert again.outcome is Outcome.ALREADY_DECIDED


def test_nobody_approves_what_they_asked_for(app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller()
    wish = Approval(seller.id, a_request(app, seller), seller.user_id)

    with leaving_no_trace(app, seller.id):
        assert approve(app, wish).outcome is Outcome.OWN_REQUEST


def test_a_request_that_is_not_there_or_anothers_is_not_found(
    app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller, other = new_seller(), new_seller()
    theirs = a_request(app, other)

    with leaving_no_trace(app, seller.id), leaving_no_trace(app, other.id):
        for request_id in (ids.new(seller.id), theirs):
            wish = Approval(seller.id, request_id, staff.user_id)
            assert approve(app, wish).outcome is Outcome.NOT_FOUND


def test_a_credit_that_no_book_can_hold_is_refused(
    app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller(available=1)
    wish = Approval(seller.id, a_request(app, seller, MAX_MINOR), staff.user_id)

    with leaving_no_trace(app, seller.id):
        assert approve(app, wish).outcome is Outcome.BALANCE_TOO_LARGE


def test_a_suspended_seller_is_credited_all_the_same(
    app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller(active=False, daily_limit=0, per_recharge_max=0)

    done = approve(app, Approval(seller.id, a_request(app, seller), staff.user_id))

    assert done.outcome is Outcome.POSTED


# Adjustments.


def test_an_adjustment_goes_up_or_down_and_says_so(app: Connection) -> None:
    seller_id = posting.open_book(app)
    up, down = an_adjustment(seller_id, 700), an_adjustment(seller_id, -700)

    assert [adjust(app, wish).outcome for wish in (up, down)] == [Outcome.POSTED] * 2

    lines = posting.journal_of(app, seller_id)
    assert [(line.kind, line.amount, line.source_id) for line in lines] == [
        ("adjustment", 700, up.id),
        ("deduction", 700, down.id),
    ]
    ((row,),) = trips.run(app, [read_adjustment(seller_id, down.id)])
    assert (row[2], row[4], row[6], row[8]) == (-700, "a reason", 2, 0)
    posting.assert_books_prove_themselves(app, seller_id)


@pytest.mark.parametrize(
    ("amount", "outcome"),
    [
        (-1_001, Outcome.INSUFFICIENT_BALANCE),
        (-MAX_MINOR, Outcome.INSUFFICIENT_BALANCE),
        (MAX_MINOR, Outcome.BALANCE_TOO_LARGE),
    ],
)
def test_an_adjustment_past_either_end_is_refused(amount: int, outcome: Outcome, app: Connection) -> None:
    seller_id = posting.open_book(app)
    adjust(app, an_adjustment(seller_id, 1_000))

    with leaving_no_trace(app, seller_id):
        refused = adjust(app, an_adjustment(seller_id, amount, reference=a_key("adjust", amount=amount)))

    assert (refused.outcome, refused.available) == (outcome, 1_000)


def test_a_seller_without_a_book_can_not_be_adjusted(app: Connection) -> None:
    with leaving_no_trace(app, NOBODY):
        assert adjust(app, an_adjustment(NOBODY, 1)).outcome is Outcome.NO_BOOK


# Reversals.


def test_a_reversal_gives_the_price_back(app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller(available=FUNDS)
    recharge = sell(app, seller.id).fact

    done = reverse(app, Reversal(seller.id, recharge.id, "a reason", 1))

    assert done.outcome is Outcome.POSTED
    assert posting.book_of(app, seller.id).available == FUNDS
    row = app.execute(
        "SELECT state::text, reverse_seq, reversal_reason FROM recharges.recharge"
        " WHERE seller_id = %s AND id = %s",
        [seller.id, recharge.id],
    )
    assert row.fetchone() == ("reversed", 3, "a reason")


def test_a_recharge_is_reversed_once(app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller(available=FUNDS)
    wish = Reversal(seller.id, sell(app, seller.id).fact.id, "a reason", 1)
    reverse(app, wish)

    with leaving_no_trace(app, seller.id):
        again = reverse(app, wish._replace(reference=a_key("reverse", recharge_id=wish.recharge_id)))

    assert again.outcome is Outcome.NOT_REVERSIBLE


@pytest.mark.parametrize("state", ["accepted", "processing", "unknown", "failed"])
def test_only_what_succeeded_is_reversed(
    state: str, app: Connection, superuser: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=FUNDS)
    recharge = sell(app, seller.id).fact
    superuser.execute(
        "UPDATE recharges.recharge SET state = %s::recharges.state WHERE seller_id = %s", [state, seller.id]
    )

    with leaving_no_trace(app, seller.id):
        refused = reverse(app, Reversal(seller.id, recharge.id, "a reason", 1))

    assert refused.outcome is Outcome.NOT_REVERSIBLE


def test_a_recharge_that_is_not_there_or_anothers_is_not_found(
    app: Connection, new_seller: NewSeller
) -> None:
    seller, other = new_seller(available=FUNDS), new_seller(available=FUNDS)
    theirs = sell(app, other.id).fact.id

    with leaving_no_trace(app, seller.id), leaving_no_trace(app, other.id):
        for recharge_id in (ids.new(seller.id), theirs):
            wish = Reversal(seller.id, recharge_id, "a reason", 1)
            assert reverse(app, wish).outcome is Outcome.NOT_FOUND


# Keys.


def test_an_approval_is_repeated_under_its_key(
    app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    first, second = a_request(app, seller), a_request(app, seller)
    key = a_key("approve", request_id=first)
    wish = Approval(seller.id, first, staff.user_id, key)
    approve(app, wish)

    with leaving_no_trace(app, seller.id):
        again = approve(app, wish)
        other = approve(
            app, wish._replace(request_id=second, reference=key._replace(request={"request_id": second}))
        )

    assert (again.outcome, again.fact) == (Outcome.REPLAYED, first)
    assert (other.outcome, other.differing) == (Outcome.REFERENCE_MISMATCH, ("request_id",))


def test_an_adjustment_is_repeated_under_its_key(app: Connection) -> None:
    seller_id = posting.open_book(app)
    key = a_key("adjust", amount=500, reason="a reason")
    first = an_adjustment(seller_id, 500, reference=key)
    adjust(app, first)

    with leaving_no_trace(app, seller_id):
        again = adjust(app, an_adjustment(seller_id, 500, reference=key))
        more = key._replace(request={"amount": 501, "reason": "another"})
        other = adjust(app, an_adjustment(seller_id, 501, reference=more))

    assert (again.outcome, again.fact) == (Outcome.REPLAYED, first.id)
    assert (other.outcome, other.differing) == (Outcome.REFERENCE_MISMATCH, ("amount", "reason"))


def test_a_reversal_is_repeated_under_its_key(app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller(available=FUNDS)
    first, second = (sell(app, seller.id).fact.id for _ in range(2))
    key = a_key("reverse", recharge_id=first, reason="a reason")
    wish = Reversal(seller.id, first, "a reason", 1, key)
    reverse(app, wish)

    with leaving_no_trace(app, seller.id):
        again = reverse(app, wish)
        more = key._replace(request={"recharge_id": second, "reason": "a reason"})
        other = reverse(app, wish._replace(recharge_id=second, reference=more))

    assert (again.outcome, again.fact) == (Outcome.REPLAYED, first)
    assert (other.outcome, other.differing) == (Outcome.REFERENCE_MISMATCH, ("recharge_id",))


def test_a_refusal_uses_no_key_up(app: Connection) -> None:
    seller_id = posting.open_book(app)
    key = a_key("adjust", amount=-500)
    assert adjust(app, an_adjustment(seller_id, -500, reference=key)).outcome is Outcome.INSUFFICIENT_BALANCE
    adjust(app, an_adjustment(seller_id, 500))

    assert adjust(app, an_adjustment(seller_id, -500, reference=key)).outcome is Outcome.POSTED


def test_a_key_belongs_to_its_seller_and_its_operation(
    app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller, other = new_seller(), new_seller()
    key = a_key("adjust", amount=1)
    adjust(app, an_adjustment(seller.id, 1, reference=key))

    elsewhere = adjust(app, an_adjustment(other.id, 1, reference=key))
    wish = Approval(
        seller.id, a_request(app, seller), staff.user_id, Reference("approve", key.key, {"request_id": "x"})
    )

    assert elsewhere.outcome is Outcome.POSTED
    assert approve(app, wish).outcome is Outcome.POSTED
