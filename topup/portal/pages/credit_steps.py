"""A credit request as a member sees it: its row, and its way from being asked to being decided.

Owns which steps there are and what is said of each. It must never decide anything.
"""

from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from topup import sqlfiles
from topup.credit.lifecycle import State
from topup.credit.receipts import MediaType
from topup.portal import reading

SQL = sqlfiles.load(Path(__file__).with_name("credit.sql"))


class Line(NamedTuple):
    """A request in the list."""

    id: str
    created_at_us: int
    amount: int
    currency: str
    state: str
    bank_reference: str
    note: str
    reason: str


class Request(NamedTuple):
    """A request with everything that became of it."""

    id: str
    created_at_us: int
    amount: int
    currency: str
    state: str
    bank_reference: str
    note: str
    reason: str
    requested_by: int
    decided_by: int | None
    decided_at_us: int | None
    credit_seq: int | None
    looked_at_us: int | None
    proposed_at_us: int | None
    receipt_type: str | None
    receipt_bytes: int | None

    @property
    def pending(self) -> bool:
        return self.state == State.PENDING

    @property
    def receipt_is_picture(self) -> bool:
        return self.receipt_type is not None and MediaType(self.receipt_type).is_picture


class Step(NamedTuple):
    """One step: done at a moment, now, or still to come. `tone` is that of a state."""

    title: "Promise | str"
    at_us: int | None
    standing: str  # done, now, later
    tone: str = "quiet"
    text: "Promise | str" = ""


def read(seller_id: int, request_id: str) -> Request | None:
    found = reading.rows(SQL["credit_request_steps"], (seller_id, request_id))
    return Request(*found[0]) if found else None


def steps(request: Request) -> list[Step]:
    """Asked, looked at, decided: what happened, and what is waited for."""
    asked = Step(_("Asked"), request.created_at_us, "done")
    return [asked, *_looked(request), *_proposed(request), _decided(request)]


def _looked(request: Request) -> list[Step]:
    if request.looked_at_us is not None:
        return [Step(_("Looked at by staff"), request.looked_at_us, "done")]
    if request.pending and request.proposed_at_us is None:
        return [Step(_("Staff will look at it"), None, "now")]
    return []


def _proposed(request: Request) -> list[Step]:
    if request.proposed_at_us is None:
        return []
    text = _("An amount like this needs two persons.")
    return [Step(_("Approved by the first of two"), request.proposed_at_us, "done", text=text)]


def _decided(request: Request) -> Step:
    at_us = request.decided_at_us
    match State(request.state):
        case State.PENDING:
            seen = request.looked_at_us is not None or request.proposed_at_us is not None
            return Step(_("Decision"), None, "now" if seen else "later")
        case State.APPROVED:
            return Step(_("Approved: the amount is in your balance"), at_us, "done", "good")
        case State.REJECTED:
            return Step(_("Rejected"), at_us, "done", "bad", request.reason)
        case State.CANCELLED:
            return Step(_("Cancelled by your company"), at_us, "done")
