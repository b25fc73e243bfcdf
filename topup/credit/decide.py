"""Deciding a credit request: approval, which moves money through the door, and its opposites.

Owns the family of approvals, the two decisions without money, and the rule of four eyes: above a limit
the first approval is a proposal and credits nothing, a second person's credits. A request is decided
once: the state is compared and set in the transaction of the credit.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from topup import ids, sqlfiles
from topup.audit import log
from topup.audit.log import Act
from topup.credit.lifecycle import State, may_become
from topup.ledger import references
from topup.ledger.core import Command, Kind, Movement
from topup.ledger.door import BEGIN, COMMIT
from topup.ledger.families import Posting, RareFamily
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.trips import Row, Rows, Statement, Step

SQL = sqlfiles.load(Path(__file__).with_name("queries.sql"))
MAX_TEXT = 500
"""Characters of a note or a reason."""


class CreditRequest(NamedTuple):
    """A request as it stands; `amount` in minor units. `proposed_by` is who approved it first, where a
    second person must."""

    seller_id: int
    id: str
    amount: int
    currency: str
    state: str
    note: str
    reason: str
    requested_by: int
    decided_by: int | None
    decided_at_us: int | None
    created_at_us: int
    proposed_by: int | None = None
    bank_reference: str = ""


class Approval(NamedTuple):
    """The wish to credit what a request asks for. `by` is the staff user who decides."""

    seller_id: int
    request_id: str
    by: int
    reference: Reference | None = None


class Approvals(RareFamily[Approval]):
    """The family of approvals: one request, one credit. The fact of a posting is the request's id; of
    one that is PROPOSED, the `CreditRequest`."""

    def __init__(self, *, four_eyes_above: int = 0) -> None:
        """Above this many minor units two persons must approve; 0: one is enough for any amount."""
        self._four_eyes_above = four_eyes_above

    def key(self, wish: Approval) -> str:
        return wish.request_id

    def lookup(self, wishes: Sequence[Approval]) -> list[Statement]:
        """Two statements a wish: its request, and its key."""
        return [
            statement
            for wish in wishes
            for statement in (
                read(wish.seller_id, wish.request_id),
                references.recall(wish.seller_id, wish.reference),
            )
        ]

    def known(self, wishes: Sequence[Approval], rows: Rows) -> dict[int, Posting]:
        settled = {}
        for place, wish in enumerate(wishes):
            posting = references.used(wish.reference, rows[2 * place + 1]) or _settled(
                wish, rows[2 * place], four_eyes_above=self._four_eyes_above
            )
            if posting is not None:
                settled[place] = posting
        return settled

    def command(self, wish: Approval, rows: Rows) -> Command:
        request = _request(wish, rows)
        return Command(
            seller_id=wish.seller_id,
            kind=Kind.CREDIT,
            amount=request.amount,
            source_type="credit_request",
            source_id=request.id,
            actor_type="user",
            actor_id=wish.by,
            currency=request.currency,
        )

    def writes(self, facts: Sequence[tuple[Approval, Movement]]) -> list[Statement]:
        statements: list[Statement] = []
        for wish, movement in facts:
            at_us, seq = movement.created_at_us, movement.seq
            statements.append(
                _decision(wish.seller_id, wish.request_id, State.APPROVED, wish.by, "", at_us=at_us, seq=seq)
            )
            after = {"amount": movement.command.amount, "version": seq}
            statements.append(_noted(Act.CREDIT_APPROVED, wish, by=wish.by, at_us=at_us, after=after))
            statements += references.remember(wish.seller_id, wish.reference, wish.request_id)
        return statements


def read(seller_id: int, request_id: str) -> Statement:
    return (SQL["get"], (seller_id, request_id))


def look(*, seller_id: int, request_id: str, by: int, now_us: int) -> Statement:
    """What keeps when staff first opened a request that waits; it may raise 23505 where two do at once."""
    return (SQL["look"], (seller_id, request_id, by, now_us))


def objection(request: CreditRequest, *, state: State, by: int) -> Outcome | None:
    """Why this person may not bring the request into this state, or None."""
    if not may_become(State(request.state), state):
        return Outcome.ALREADY_DECIDED
    if state is not State.CANCELLED and request.requested_by == by:
        return Outcome.OWN_REQUEST
    return None


def propose(request: CreditRequest, *, by: int, now_us: int) -> Step:
    """One transaction that keeps the first of two approvals.

    It raises 23505 where somebody proposed it meanwhile and 40001 where it was decided: then approve anew.
    """
    wish = Approval(request.seller_id, request.id, by)
    noted = _noted(Act.CREDIT_PROPOSED, wish, by=by, at_us=now_us, after={"amount": request.amount})
    return [BEGIN, (SQL["propose"], (request.seller_id, request.id, by, now_us)), noted, COMMIT]


def reject(request: CreditRequest, *, by: int, reason: str, now_us: int) -> Step:
    """One transaction that rejects, on record; it raises 40001 where the request is no longer pending."""
    decision = without_money(request, state=State.REJECTED, by=by, reason=reason, now_us=now_us)
    wish = Approval(request.seller_id, request.id, by)
    return [BEGIN, decision, _noted(Act.CREDIT_REJECTED, wish, by=by, at_us=now_us, reason=reason), COMMIT]


def without_money(request: CreditRequest, *, state: State, by: int, reason: str, now_us: int) -> Statement:
    """The decision that moves no money: rejected by staff, of which the seller is told, or cancelled by
    the seller.

    It raises 40001 in the database where the request is no longer pending.
    """
    if state is State.REJECTED:
        values = (str(state), by, reason, now_us, ids.new(request.seller_id))
        return (SQL["reject"], (request.seller_id, request.id, *values))
    assert state is State.CANCELLED, state
    return _decision(request.seller_id, request.id, state, by, reason, at_us=now_us, seq=None)


def _decision(
    seller_id: int, request_id: str, state: State, by: int, reason: str, *, at_us: int, seq: int | None
) -> Statement:
    return (SQL["decide"], (seller_id, request_id, str(state), by, reason, at_us, seq))


def _settled(wish: Approval, rows: Sequence[Row], *, four_eyes_above: int) -> Posting | None:
    """What already became of a request, or None where this approval credits it."""
    if not rows:
        return Posting(Outcome.NOT_FOUND)
    request = CreditRequest(*rows[0])
    outcome = objection(request, state=State.APPROVED, by=wish.by)
    if outcome is None and awaits_another(request, by=wish.by, four_eyes_above=four_eyes_above):
        return Posting(Outcome.PROPOSED, fact=request)
    return None if outcome is None else Posting(outcome)


def awaits_another(request: CreditRequest, *, by: int, four_eyes_above: int) -> bool:
    """Whether this person's approval is the first of two. What was proposed once needs two, whatever the
    limit is by then."""
    if request.proposed_by is not None:
        return request.proposed_by == by
    return 0 < four_eyes_above < request.amount


def _noted(
    act: Act,
    wish: Approval,
    *,
    by: int,
    at_us: int,
    reason: str = "",
    after: log.Values | None = None,
) -> Statement:
    return log.note(
        act,
        subject_type="credit_request",
        subject_id=wish.request_id,
        seller_id=wish.seller_id,
        by=by,
        reason=reason,
        after=after,
        at_us=at_us,
    )


def _request(wish: Approval, rows: Rows) -> CreditRequest:
    (found,) = [CreditRequest(*row) for part in rows[::2] for row in part if row[1] == wish.request_id]
    return found
