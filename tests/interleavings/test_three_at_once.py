"""Three who are at the same books at once: as two, and a third one who comes in between."""

from collections import Counter

from tests.interleavings.conftest import Explore
from tests.interleavings.worlds import (
    ANOTHER,
    PRICE,
    STAFF,
    World,
    a_recharge,
    a_request,
    a_seller,
    adjusting,
    an_unknown_one,
    approving,
    batch,
    calling_back,
    deciding,
    rejecting,
    reversing,
    settling,
)
from tests.ledger.wishes import a_key, an_adjustment
from tests.support import posting
from topup import ids
from topup.gateways.contract import Result
from topup.ledger.outcomes import DONE, Outcome
from topup.recharges.callbacks import Note
from topup.recharges.reverse import Reversal
from topup.recharges.review import Verdict
from topup.trips import Connection

POSTED, DECIDED, POOR = Outcome.POSTED, Outcome.ALREADY_DECIDED, Outcome.INSUFFICIENT_BALANCE


def test_of_three_batches_with_one_reference_one_sells_it(explore: Explore) -> None:
    """Each names the same two sellers. While one has both books the others wait, and go on at once."""

    def world(connection: Connection) -> World:
        one, two = a_seller(connection, 3 * PRICE), a_seller(connection, 3 * PRICE)
        twice = posting.a_sale(one)
        acts = [
            batch(twice, posting.a_sale(two)),
            batch(posting.a_sale(two), posting.a_sale(one)),
            batch(posting.a_sale(two), twice._replace(id=ids.new(one))),
        ]
        return World((one, two), acts)

    done = (POSTED, POSTED)
    assert explore(world, actors=3).answers == {
        (done, done, (POSTED, Outcome.REPLAYED)),
        ((Outcome.REPLAYED, POSTED), done, done),
    }


def test_a_batch_an_approval_and_a_deduction_never_go_below_zero(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection)
        request = a_request(connection, seller, PRICE)
        taking = adjusting(an_adjustment(seller, -1))
        return World((seller,), [batch(posting.a_sale(seller)), approving(seller, request), taking])

    answers = explore(world, actors=3).answers

    assert {approved for _, approved, _ in answers} == {POSTED}
    assert {(sold, taken) for sold, _, taken in answers} == {
        ((POSTED,), POOR),
        ((POOR,), POSTED),
        ((POOR,), POOR),
    }


def test_of_a_query_a_callback_and_staff_one_settles(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        errand = an_unknown_one(connection, seller)
        heard = calling_back(connection, errand, Result.DELIVERED)
        query, staff = settling(errand, Result.DELIVERED), deciding(errand, Verdict.FAILED)
        return World((seller,), [query, heard, staff])

    assert explore(world, actors=3).answers == {
        (POSTED, Note.AGREED, DECIDED),
        (Outcome.REPLAYED, Note.SETTLED, DECIDED),
        (DECIDED, Note.CONTRADICTED, POSTED),
    }


def test_of_two_approvals_and_a_rejection_one_decides(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection)
        request = a_request(connection, seller, PRICE)
        acts = [approving(seller, request, by=STAFF), approving(seller, request, by=ANOTHER)]
        return World((seller,), [*acts, rejecting(seller, request)])

    for answers in explore(world, actors=3).answers:
        assert Counter(answers) == {POSTED: 1, DECIDED: 2}


def test_two_reversals_and_a_sale_of_what_comes_back(explore: Explore) -> None:
    def world(connection: Connection) -> World:
        seller = a_seller(connection, PRICE)
        wish = Reversal(seller, a_recharge(connection, seller).id, "a reason", STAFF, a_key("reverse"))
        return World((seller,), [reversing(wish), reversing(wish), batch(posting.a_sale(seller))])

    answers = explore(world, actors=3).answers

    assert {sold for _, _, sold in answers} == {(POSTED,), (POOR,)}
    assert all({first, second} == DONE for first, second, _ in answers)
