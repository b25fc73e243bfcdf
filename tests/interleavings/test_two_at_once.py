"""Two who are at the same books at once: it is as if one of them had come after the other.

Whatever the order of their statements, nobody waits in a circle, and every book proves itself.
"""

from tests.interleavings.conftest import Explore
from tests.interleavings.worlds import (
    ANOTHER,
    PRICE,
    STAFF,
    World,
    a_processing_one,
    a_recharge,
    a_request,
    a_seller,
    adjusting,
    an_unknown_one,
    approving,
    batch,
    calling_back,
    deciding,
    lost,
    passing_batch,
    recording,
    rejecting,
    reversing,
    settling,
)
from tests.ledger.wishes import a_key, an_adjustment
from tests.support import posting
from topup import ids
from topup.gateways.contract import Result
from topup.ledger.outcomes import Outcome
from topup.recharges.callbacks import Note
from topup.recharges.reverse import Reversal
from topup.recharges.review import Verdict
from topup.trips import Connection

POSTED, REPLAYED, DECIDED = Outcome.POSTED, Outcome.REPLAYED, Outcome.ALREADY_DECIDED
POOR = Outcome.INSUFFICIENT_BALANCE


def test_of_two_batches_one_sells_for_the_last_money_and_a_reference_has_one_effect(explore: Explore) -> None:
    """They have two sellers in common, named in opposite orders."""

    def world(connection: Connection) -> World:
        poor, rich = a_seller(connection, PRICE), a_seller(connection, 5 * PRICE)
        twice = posting.a_sale(rich)
        first = batch(twice, posting.a_sale(poor))
        second = batch(posting.a_sale(poor), twice._replace(id=ids.new(rich)))
        return World((poor, rich), [first, second])

    explored = explore(world)

    assert explored.answers == {((POSTED, POSTED), (POOR, REPLAYED)), ((REPLAYED, POOR), (POSTED, POSTED))}


def test_a_batch_that_passes_over_a_book_sells_from_it_afterwards(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        wanted, free = a_seller(connection, PRICE), a_seller(connection, PRICE)
        passing = passing_batch(posting.a_sale(wanted), posting.a_sale(free))
        return World((wanted, free), [passing, batch(posting.a_sale(wanted))])

    assert explore(world).answers == {((POSTED, POSTED), (POOR,)), ((POOR, POSTED), (POSTED,))}


def test_of_two_that_pass_over_books_a_reference_has_one_effect(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        shared, free = a_seller(connection, 5 * PRICE), a_seller(connection, PRICE)
        twice = posting.a_sale(shared)
        first = passing_batch(twice, posting.a_sale(free))
        return World((shared, free), [first, passing_batch(twice._replace(id=ids.new(shared)))])

    assert explore(world).answers == {((POSTED, POSTED), (REPLAYED,)), ((REPLAYED, POSTED), (POSTED,))}


def test_a_batch_has_what_an_approval_credits_only_after_it(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection)
        request = a_request(connection, seller, PRICE)
        return World((seller,), [batch(posting.a_sale(seller)), approving(seller, request)])

    assert explore(world).answers == {((POOR,), POSTED), ((POSTED,), POSTED)}


def test_a_hold_is_captured_or_released(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        errand = an_unknown_one(connection, seller)
        return World((seller,), [settling(errand, Result.DELIVERED), settling(errand, Result.REFUSED)])

    assert explore(world).answers == {(POSTED, DECIDED), (DECIDED, POSTED)}


def test_staff_and_an_answer_that_differ_settle_once(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        errand = an_unknown_one(connection, seller)
        return World((seller,), [deciding(errand, Verdict.FAILED), settling(errand, Result.DELIVERED)])

    assert explore(world).answers == {(POSTED, DECIDED), (DECIDED, POSTED)}


def test_a_recharge_is_reversed_once(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        wish = Reversal(seller, a_recharge(connection, seller).id, "a reason", STAFF, a_key("reverse"))
        another = wish._replace(by=ANOTHER, reference=a_key("reverse"))
        return World((seller,), [reversing(wish), reversing(another)])

    refused = Outcome.NOT_REVERSIBLE
    assert explore(world).answers == {(POSTED, refused), (refused, POSTED)}


def test_a_reversal_asked_for_twice_with_one_key_is_one(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        wish = Reversal(seller, a_recharge(connection, seller).id, "a reason", STAFF, a_key("reverse"))
        return World((seller,), [reversing(wish), reversing(wish)])

    assert explore(world).answers == {(POSTED, REPLAYED), (REPLAYED, POSTED)}


def test_a_query_and_a_callback_that_agree_settle_once(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        errand = an_unknown_one(connection, seller)
        heard = calling_back(connection, errand, Result.DELIVERED)
        return World((seller,), [settling(errand, Result.DELIVERED), heard])

    assert explore(world).answers == {(POSTED, Note.AGREED), (REPLAYED, Note.SETTLED)}


def test_a_query_and_a_callback_that_differ_settle_once_and_open_a_case(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        errand = an_unknown_one(connection, seller)
        heard = calling_back(connection, errand, Result.DELIVERED)
        return World((seller,), [settling(errand, Result.REFUSED), heard])

    assert explore(world).answers == {(POSTED, Note.CONTRADICTED), (DECIDED, Note.SETTLED)}


def test_a_callback_and_a_submit_whose_answer_was_lost_settle_once(explore: Explore) -> None:
    """The worker writes that it knows nothing; whether it may is its claim's to say."""

    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        errand = a_processing_one(connection, seller)
        heard = calling_back(connection, errand, Result.DELIVERED)
        return World((seller,), [recording(lost(errand)), heard])

    assert explore(world).answers == {(1, Note.SETTLED), (0, Note.SETTLED)}


def test_a_request_is_approved_or_rejected(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection)
        request = a_request(connection, seller, PRICE)
        return World((seller,), [approving(seller, request), rejecting(seller, request)])

    assert explore(world).answers == {(POSTED, DECIDED), (DECIDED, POSTED)}


def test_two_who_approve_at_once_are_a_proposal_and_its_approval(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection)
        request = a_request(connection, seller, PRICE)
        acts = [approving(seller, request, by=by, four_eyes_above=1) for by in (STAFF, ANOTHER)]
        return World((seller,), acts)

    proposed = Outcome.PROPOSED
    assert explore(world, bounded=True).answers == {(proposed, POSTED), (POSTED, proposed)}


def test_a_deduction_and_a_sale_stop_at_zero(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        taking = adjusting(an_adjustment(seller, -1))
        return World((seller,), [taking, batch(posting.a_sale(seller))])

    assert explore(world).answers == {(POSTED, (POOR,)), (POOR, (POSTED,))}


def test_an_adjustment_asked_for_twice_with_one_key_is_one(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection)
        wish = an_adjustment(seller, PRICE, reference=a_key("adjust"))
        again = wish._replace(id=ids.new(seller))
        return World((seller,), [adjusting(wish), adjusting(again)])

    assert explore(world).answers == {(POSTED, REPLAYED), (REPLAYED, POSTED)}
