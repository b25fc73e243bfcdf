"""The wishes of staff as the domain has them: what is asked for, and the one that comes of it."""

import itertools

from tests.support import posting
from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.credit import ask, decide
from topup.credit.adjust import Adjustment, Adjustments
from topup.credit.decide import Approval, Approvals, CreditRequest
from topup.credit.lifecycle import State
from topup.ledger import direct
from topup.ledger.families import Posting
from topup.ledger.references import Reference
from topup.recharges.reverse import Reversal, Reversals
from topup.recharges.sell import Sales
from topup.trips import Connection

FUNDS = 1_000_000
_keys = itertools.count(1)


def a_key(operation: str, **request: object) -> Reference:
    return Reference(operation, f"key-{next(_keys)}", request)


def a_request(connection: Connection, seller: SellerAtHand, amount: int = 500) -> str:
    """A pending credit request of the seller's member."""
    wish = ask.Ask(seller.id, ids.new(seller.id), amount, "", seller.user_id)
    trips.run(connection, ask.steps(wish, now_us=clock.now_us()))
    return wish.id


def approve(connection: Connection, wish: Approval) -> Posting:
    (found,) = direct.post(connection, [wish], Approvals(), zone="UTC")
    return found


def adjust(connection: Connection, wish: Adjustment) -> Posting:
    (found,) = direct.post(connection, [wish], Adjustments(), zone="UTC")
    return found


def reverse(connection: Connection, wish: Reversal) -> Posting:
    (found,) = direct.post(connection, [wish], Reversals(), zone="UTC")
    return found


def sell(connection: Connection, seller_id: int, amount: int = posting.PRICE) -> Posting:
    (found,) = direct.post(connection, [posting.a_sale(seller_id, amount=amount)], Sales(), zone="UTC")
    return found


def request_of(connection: Connection, seller_id: int, request_id: str) -> CreditRequest:
    ((row,),) = trips.run(connection, [decide.read(seller_id, request_id)])
    return CreditRequest(*row)


def end_without_money(connection: Connection, found: CreditRequest, state: State, by: int) -> None:
    statement = decide.without_money(found, state=state, by=by, reason="no", now_us=clock.now_us())
    trips.run(connection, [statement])


def an_adjustment(seller_id: int, amount: int, *, reference: Reference | None = None) -> Adjustment:
    return Adjustment(seller_id, ids.new(seller_id), amount, "a reason", 1, reference)
