"""Whoever asks for the same thing at the same moment: one gets it, and the rest hear that it is done."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from typing import TypeVar

import psycopg

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
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand
from topup.credit.decide import Approval
from topup.credit.lifecycle import State
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.recharges.reverse import Reversal
from topup.trips import Connection

AT_ONCE = 6
"""Connections that ask for the same thing at the same moment."""
PATIENCE_S = 30
POLL_S = 0.002
T = TypeVar("T")


def at_once(installation: Installation, asks: Sequence[Callable[[Connection], T]]) -> list[T]:
    """What comes of these, each asked over a connection of its own, all begun at one moment."""
    together = threading.Barrier(len(asks))
    answers: dict[int, T] = {}

    def run(place: int, connection: Connection) -> None:
        together.wait()
        answers[place] = asks[place](connection)

    with ExitStack() as stack:
        connections = [stack.enter_context(closing(installation.connect())) for _ in asks]
        threads = [threading.Thread(target=run, args=each) for each in enumerate(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return [answers[place] for place in range(len(asks))]


def outcomes(postings: Sequence[Posting]) -> list[Outcome]:
    return sorted(each.outcome for each in postings)


def test_of_many_approvals_at_once_one_credits(
    installation: Installation, app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    wish = Approval(seller.id, a_request(app, seller), staff.user_id)

    postings = at_once(installation, [lambda connection: approve(connection, wish)] * AT_ONCE)

    assert outcomes(postings) == [Outcome.ALREADY_DECIDED] * (AT_ONCE - 1) + [Outcome.POSTED]
    assert posting.book_of(app, seller.id).available == 500
    posting.assert_books_prove_themselves(app, seller.id)


def test_of_many_reversals_at_once_one_gives_back(
    installation: Installation, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=FUNDS)
    wish = Reversal(seller.id, sell(app, seller.id).fact.id, "a reason", 1)

    postings = at_once(installation, [lambda connection: reverse(connection, wish)] * AT_ONCE)

    assert outcomes(postings) == [Outcome.NOT_REVERSIBLE] * (AT_ONCE - 1) + [Outcome.POSTED]
    assert posting.book_of(app, seller.id).available == FUNDS


def test_of_many_adjustments_of_one_key_at_once_one_moves(
    installation: Installation, app: Connection
) -> None:
    seller_id = posting.open_book(app)
    key = a_key("adjust", amount=500)

    def ask_again(connection: Connection) -> Posting:
        return adjust(connection, an_adjustment(seller_id, 500, reference=key))

    postings = at_once(installation, [ask_again] * AT_ONCE)

    assert outcomes(postings) == [Outcome.POSTED] + [Outcome.REPLAYED] * (AT_ONCE - 1)
    assert len(posting.journal_of(app, seller_id)) == 1


def test_sales_and_deductions_at_once_stop_at_zero(
    installation: Installation, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=AT_ONCE * posting.PRICE)
    selling = [lambda connection: sell(connection, seller.id)] * AT_ONCE
    taking = [lambda connection: adjust(connection, an_adjustment(seller.id, -posting.PRICE))] * AT_ONCE

    postings = at_once(installation, [*selling, *taking])

    assert outcomes(postings) == [Outcome.INSUFFICIENT_BALANCE] * AT_ONCE + [Outcome.POSTED] * AT_ONCE
    assert posting.book_of(app, seller.id).available == 0
    posting.assert_books_prove_themselves(app, seller.id)


def test_of_approvals_and_rejections_at_once_one_decides(
    installation: Installation, app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    request_id = a_request(app, seller)
    found = request_of(app, seller.id, request_id)

    def rejected(connection: Connection) -> bool:
        try:
            end_without_money(connection, found, State.REJECTED, staff.user_id)
        except psycopg.errors.SerializationFailure:
            return False
        return True

    def approved(connection: Connection) -> bool:
        wish = Approval(seller.id, request_id, staff.user_id)
        return approve(connection, wish).outcome is Outcome.POSTED

    decided = at_once(installation, [approved, rejected] * AT_ONCE)

    assert decided.count(True) == 1
    credited = 500 if request_of(app, seller.id, request_id).state == State.APPROVED else 0
    assert posting.book_of(app, seller.id).available == credited


def test_an_approval_that_waited_for_a_rejection_finds_it_decided(
    installation: Installation, app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    """The approval has read a pending request, and holds the book, when the rejection is committed."""
    seller = new_seller()
    wish = Approval(seller.id, a_request(app, seller), staff.user_id)
    found = request_of(app, seller.id, wish.request_id)
    answers: list[Posting] = []

    with closing(installation.connect()) as rejecting, closing(installation.connect()) as approving:
        with rejecting.transaction():
            end_without_money(rejecting, found, State.REJECTED, staff.user_id)
            thread = threading.Thread(target=lambda: answers.append(approve(approving, wish)))
            thread.start()
            wait_until_blocked(app, approving.info.backend_pid)
        thread.join()

    assert [each.outcome for each in answers] == [Outcome.ALREADY_DECIDED]
    assert posting.journal_of(app, seller.id) == []


def wait_until_blocked(connection: Connection, pid: int) -> None:
    """Until that backend waits for somebody's lock."""
    until = time.monotonic() + PATIENCE_S
    while connection.execute("SELECT pg_blocking_pids(%s) <> '{}'", [pid]).fetchone() != (True,):
        assert time.monotonic() < until, "nobody waits"
        time.sleep(POLL_S)
