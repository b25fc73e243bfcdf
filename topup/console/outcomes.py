"""What the console says to staff about each outcome, in one table. A test proves that it is total."""

from typing import NamedTuple

from django.contrib import messages
from django.utils.translation import gettext_lazy as _

from topup.console.wording import Title
from topup.ledger.outcomes import Outcome


class Said(NamedTuple):
    """A message's level, as Django counts them, and its text."""

    level: int
    text: Title


OUTCOMES: dict[Outcome, Said] = {
    Outcome.POSTED: Said(messages.SUCCESS, _("done.")),
    Outcome.REPLAYED: Said(messages.INFO, _("this form was already done; nothing moved again.")),
    Outcome.INSUFFICIENT_BALANCE: Said(
        messages.ERROR, _("refused: more than is available. A balance is never below zero.")
    ),
    Outcome.SELLER_SUSPENDED: Said(messages.ERROR, _("refused: the seller is suspended.")),
    Outcome.PER_RECHARGE_MAX_EXCEEDED: Said(messages.ERROR, _("refused: more than one recharge may be.")),
    Outcome.DAILY_LIMIT_EXCEEDED: Said(messages.ERROR, _("refused: more than is left of today's limit.")),
    Outcome.BALANCE_TOO_LARGE: Said(messages.ERROR, _("refused: the balance would pass 2^63-1.")),
    Outcome.STALE_KEY: Said(messages.ERROR, _("refused: the key was changed meanwhile.")),
    Outcome.NO_BOOK: Said(messages.ERROR, _("refused: there is no such seller.")),
    Outcome.REFERENCE_MISMATCH: Said(
        messages.ERROR, _("refused: this form was already used with other values. Open it anew.")
    ),
    Outcome.UNKNOWN_OPERATOR: Said(messages.ERROR, _("refused: no operator serves this number.")),
    Outcome.OPERATOR_INACTIVE: Said(messages.ERROR, _("refused: the operator is not sold at present.")),
    Outcome.AMOUNT_OUT_OF_RANGE: Said(messages.ERROR, _("refused: outside the operator's range.")),
    Outcome.DUPLICATE_RECHARGE: Said(
        messages.WARNING, _("refused: the same number and amount was sold a moment ago.")
    ),
    Outcome.NOT_FOUND: Said(messages.ERROR, _("there is no such thing.")),
    Outcome.ALREADY_DECIDED: Said(messages.WARNING, _("already decided; nothing was changed.")),
    Outcome.OWN_REQUEST: Said(messages.ERROR, _("refused: nobody decides what they asked for.")),
    Outcome.PROPOSED: Said(messages.INFO, _("proposed; it is credited when a second person approves it.")),
    Outcome.NOT_REVERSIBLE: Said(messages.ERROR, _("refused: only a recharge that succeeded is given back.")),
    Outcome.NOT_OPEN: Said(messages.WARNING, _("it is on its way to its operator; nothing was changed.")),
    Outcome.OVERLOADED: Said(messages.ERROR, _("too busy; nothing happened. Try again.")),
    Outcome.DATABASE_UNAVAILABLE: Said(
        messages.ERROR, _("the database went away. Try again: what was done is not done twice.")
    ),
}
