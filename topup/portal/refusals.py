"""What the portal says where a sale is refused: what happened, and what to do. A test proves it total.

Owns the sentences for people. What is refused, the domain decides.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from topup import people
from topup.ledger.families import Posting
from topup.ledger.outcomes import DONE, Outcome
from topup.recharges import bulk

SENTENCES: dict[str, Promise] = {
    Outcome.INSUFFICIENT_BALANCE: _(
        "The balance does not cover this: %(available)s are available. Ask for credit, or write a smaller "
        "amount."
    ),
    Outcome.SELLER_SUSPENDED: _("Your company is suspended: you may read, but not sell. Ask the staff why."),
    Outcome.PER_RECHARGE_MAX_EXCEEDED: _("One recharge may be %(limit)s at most. Write a smaller amount."),
    Outcome.DAILY_LIMIT_EXCEEDED: _(
        "%(remaining)s are left of today's limit of %(limit)s. Write a smaller amount, or sell tomorrow."
    ),
    Outcome.BALANCE_TOO_LARGE: _("This amount is too large."),
    Outcome.STALE_KEY: _("Your rights changed a moment ago. Send the form again."),
    Outcome.NO_BOOK: _("Your company has no balance yet. Ask the staff."),
    Outcome.REFERENCE_MISMATCH: _(
        "This form has sold another recharge already. Here is a new one: check it and send it again."
    ),
    Outcome.UNKNOWN_OPERATOR: _("No operator is known for this number. Check it, or choose the operator."),
    Outcome.OPERATOR_INACTIVE: _("This operator is not sold at present. Try again later."),
    Outcome.AMOUNT_OUT_OF_RANGE: _("The operator sells from %(least)s to %(most)s. Write another amount."),
    Outcome.DUPLICATE_RECHARGE: _("The same number and amount was sold a moment ago."),
    Outcome.NOT_FOUND: _("There is no such thing any more."),
    Outcome.ALREADY_DECIDED: _("This was decided before."),
    Outcome.OWN_REQUEST: _("Nobody decides what they asked for."),
    Outcome.PROPOSED: _("A second person must agree first."),
    Outcome.NOT_REVERSIBLE: _("Only a recharge that succeeded is given back."),
    Outcome.NOT_OPEN: _("It is with its operator; nobody may settle it yet."),
    Outcome.OVERLOADED: _("Too much is being sold at this moment; nothing happened. Send the form again."),
    Outcome.DATABASE_UNAVAILABLE: _(
        "The database could not be reached. Send the form again: it sells once, whatever became of it."
    ),
}
IN_A_FILE: dict[str, Promise] = {
    bulk.NO_NUMBER: _("This is no mobile number."),
    bulk.NO_AMOUNT: _("This is no amount."),
    bulk.ERROR: _("An error on our side; nothing was sold."),
    Outcome.INSUFFICIENT_BALANCE: _("The balance does not cover this."),
    Outcome.SELLER_SUSPENDED: _("Your company is suspended."),
    Outcome.PER_RECHARGE_MAX_EXCEEDED: _("More than one recharge may be."),
    Outcome.DAILY_LIMIT_EXCEEDED: _("More than is left of today's limit."),
    Outcome.UNKNOWN_OPERATOR: _("No operator is known for this number."),
    Outcome.OPERATOR_INACTIVE: _("This operator is not sold at present."),
    Outcome.AMOUNT_OUT_OF_RANGE: _("The operator does not sell this amount."),
    Outcome.DUPLICATE_RECHARGE: SENTENCES[Outcome.DUPLICATE_RECHARGE],
    bulk.Doubt.REPEATED: _("The same number and amount stands above in the file."),
    bulk.Doubt.RECENT: SENTENCES[Outcome.DUPLICATE_RECHARGE],
}


class Range(NamedTuple):
    """What an operator accepts in one recharge, in minor units."""

    least: int
    most: int


def sentence(posting: Posting, *, currency: str, language: str, range_of: Range | None = None) -> str:
    """What is said of a posting that is none of DONE."""
    assert posting.outcome not in DONE, posting
    amounts: Mapping[str, int | None] = {
        "available": posting.available,
        "limit": posting.limit,
        "remaining": posting.remaining,
        "least": range_of.least if range_of else None,
        "most": range_of.most if range_of else None,
    }
    told = {name: people.money(value or 0, currency, language) for name, value in amounts.items()}
    return str(SENTENCES[posting.outcome]) % told


def short(reason: str | None) -> "str | Promise":
    """What is said of a row of a file; empty where there is nothing to say."""
    return IN_A_FILE.get(reason or "", SENTENCES.get(reason or "", ""))
