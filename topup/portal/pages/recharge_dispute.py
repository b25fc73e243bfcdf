"""Opening a dispute from a page: one form opens one, however often it is sent.

Owns the form and what may come of sending it. The rules are those of `topup.recharges.disputes`.
"""

from enum import StrEnum
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from topup import clock, ids
from topup.ledger import references
from topup.ledger.outcomes import Outcome
from topup.ledger.references import Reference
from topup.portal import reading, writing
from topup.recharges import disputes, reverse
from topup.recharges.disputes import MAX_REASON, Dispute, State
from topup.recharges.rules import Recharge

ATTEMPTS = 3
"""Somebody else may be faster: another of the seller's members, or staff who reverse it."""


class Came(StrEnum):
    """What came of sending the form."""

    OPENED = "opened"
    SENT_BEFORE = "sent_before"
    OPEN_ALREADY = "open_already"
    NOT_SUCCEEDED = "not_succeeded"
    NOT_NOW = "not_now"


class DisputeForm(forms.Form):
    """`key` makes sure that one form is one dispute."""

    reason = forms.CharField(
        max_length=MAX_REASON,
        label=_("What is wrong?"),
        help_text=_("Say what the customer says, and how you know. Staff ask the operator with these words."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def objection(recharge: Recharge, open_now: Dispute | None) -> Came | None:
    """Why no dispute of it can be opened, or None."""
    outcome = disputes.objection(recharge, open_now)
    if outcome is None:
        return None
    return Came.OPEN_ALREADY if outcome is Outcome.NOT_OPEN else Came.NOT_SUCCEEDED


def send(*, seller_id: int, recharge_id: str, reason: str, by: int, key: UUID) -> Came:
    """Open it; `by` is the member who says so."""
    reference = Reference("dispute", str(key), {"recharge_id": recharge_id, "reason": reason})
    for _attempt in range(ATTEMPTS):
        came = _now(seller_id, recharge_id, reference)
        if came is not None:
            return came
        wish = Dispute(
            seller_id=seller_id,
            id=ids.new(seller_id),
            recharge_id=recharge_id,
            state=State.OPEN,
            reason=reason,
            opened_by=by,
            opened_at_us=clock.now_us(),
        )
        try:
            writing.run(disputes.opening(wish, reference))
        except writing.Meanwhile:
            continue
        except writing.NotNow:
            return Came.NOT_NOW
        return Came.OPENED
    return Came.NOT_NOW


def _now(seller_id: int, recharge_id: str, reference: Reference) -> Came | None:
    """What sending the form comes to as things stand; None where a dispute is to be opened."""
    used, found, open_now = reading.trip(
        [
            references.recall(seller_id, reference),
            reverse.read(seller_id, recharge_id),
            disputes.read_open(seller_id=seller_id, recharge_id=recharge_id),
        ]
    )
    posting = references.used(reference, used)
    if posting is not None:
        return Came.OPENED if posting.outcome is Outcome.REPLAYED else Came.SENT_BEFORE
    if not found:
        return Came.NOT_SUCCEEDED
    return objection(Recharge(*found[0]), Dispute(*open_now[0]) if open_now else None)
