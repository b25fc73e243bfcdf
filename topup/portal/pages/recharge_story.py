"""What happened to a recharge, in words that a cashier understands.

Owns the sentence for each cause of an event, each reason of a failure and each movement of money. It never
shows what an operator said in its own words: that is for staff. A word that nobody knows here yet is told
by what it led to.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from topup.portal import states
from topup.recharges.lifecycle import State
from topup.recharges.timeline import SOLD, Event

Words = Promise | str


class Step(NamedTuple):
    """An event as people read it: when, the state that it led to, and what happened."""

    at_us: int
    state: str
    words: Words


CAUSES: dict[str, Words] = {
    "submitted": _("Sent to the operator."),
    "worker_lost": _("We lost the line while it was being sent. The operator is asked what became of it."),
    "submit_delivered": _("The operator delivered it."),
    "submit_refused": _("The operator refused it."),
    "submit_retry_later": _("The operator could not take it, though we tried several times."),
    "query_delivered": _("We asked again, and the operator says that it was delivered."),
    "query_refused": _("We asked again, and the operator says that it was refused."),
    "query_not_found": _("We asked again, and the operator never received it."),
    "callback_delivered": _("The operator reported that it was delivered."),
    "callback_refused": _("The operator reported that it was refused."),
    "decided_delivered": _("Our staff found out that it was delivered."),
    "decided_failed": _("Our staff found out that it was not delivered."),
    "reversed": _("Our staff took it back, and the price is yours again."),
}
OTHERWISE: dict[str, Words] = {
    State.ACCEPTED: _("Sold. The price is held until the operator answers."),
    State.PROCESSING: _("On its way to the operator."),
    State.UNKNOWN: _("The operator's answer was lost or unclear. It is asked again until it tells."),
    State.SUCCEEDED: _("It was delivered."),
    State.FAILED: _("It was not delivered."),
    State.REVERSED: _("The price was given back."),
}
"""By the state that an event led to: for causes that are an operator's own."""
SOLD_AT_ONCE = _("Sold and delivered at once.")

FAILURES: dict[str, Words] = {
    "refused": _("The operator refused it and gave no reason."),
    "invalid_number": _("The operator does not know this number."),
    "operator_unavailable": _("The operator was out of order."),
    "not_delivered": _("The operator never received it."),
    "decided_failed": _("Our staff found out that it was not delivered."),
}
MOVEMENTS: dict[str, Words] = {
    "recharge": _("sale"),
    "hold": _("price held"),
    "capture": _("sale, from what was held"),
    "release": _("given back, from what was held"),
    "reversal": _("given back after a sale"),
}
DISPUTES = states.WORDS | {
    "open": _("waits for an answer"),
    "reversed": _("accepted, money given back"),
    "refused": _("refused"),
}


def steps(events: list[Event]) -> list[Step]:
    """The events in their order."""
    return [Step(event.at_us, event.to_state, _words(event)) for event in events]


def failure(code: str | None) -> Words | None:
    """Why it failed; an operator's own code is shown as it is, beside no sentence."""
    return None if code is None else FAILURES.get(code)


def _words(event: Event) -> Words:
    if event.cause == SOLD and event.to_state == State.SUCCEEDED:
        return SOLD_AT_ONCE
    return CAUSES.get(event.cause) or OTHERWISE.get(event.to_state, event.cause)
