"""The rules of a sale that are not about its money. Pure."""

from typing import NamedTuple

from topup import phones
from topup.gateways.directory import INSTANT, Directory, OperatorTerms
from topup.ledger.outcomes import Outcome


class Sale(NamedTuple):
    """A recharge asked for. `phone_number` is E.164 without its plus; `operator` is None where the
    seller named none; `key_epoch` is the epoch of the seller's keys when this one was checked, or
    None where the caller used no key; `allow_duplicate` passes the duplicate window."""

    seller_id: int
    id: str
    reference: str
    phone_number: int
    amount: int
    operator: str | None
    actor_id: int
    key_epoch: int | None
    allow_duplicate: bool = False
    currency: str = "IRR"


class Recharge(NamedTuple):
    """A recharge as it stands. `version` is the number of the movement that took its price, and
    `balance_after` what was available after that movement, in minor units. `gateway` is known only while
    it is sold: the way that it goes."""

    seller_id: int
    id: str
    reference: str
    phone_number: int
    operator: str
    operator_explicit: bool
    amount: int
    currency: str
    state: str
    failure_code: str | None
    created_at_us: int
    updated_at_us: int
    version: int
    balance_after: int
    gateway: str = INSTANT


def choose_operator(sale: Sale, directory: Directory) -> OperatorTerms | Outcome:
    """The operator to sell from, or why there is none."""
    if sale.operator is not None:
        terms = directory.by_code.get(sale.operator)
    else:
        terms = directory.of(phones.national(sale.phone_number))
    if terms is None:
        return Outcome.UNKNOWN_OPERATOR
    if not terms.active:
        return Outcome.OPERATOR_INACTIVE
    if not terms.min_minor <= sale.amount <= terms.max_minor:
        return Outcome.AMOUNT_OUT_OF_RANGE
    return terms


def differences(sale: Sale, recharge: Recharge) -> list[str]:
    """The fields in which a repeated reference asks for something else than it did before."""
    named = recharge.operator if recharge.operator_explicit else None
    pairs = {
        "phone_number": (sale.phone_number, recharge.phone_number),
        "amount": (sale.amount, recharge.amount),
        "operator": (sale.operator, named),
    }
    return [field for field, (now, then) in pairs.items() if now != then]
