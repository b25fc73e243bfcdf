"""Asking for credit: a request that staff will decide. It moves no money."""

import unicodedata
from typing import Any, NamedTuple

from topup.credit import receipts
from topup.credit.decide import SQL
from topup.credit.receipts import Receipt
from topup.ledger import references
from topup.ledger.door import BEGIN, COMMIT
from topup.ledger.references import Reference
from topup.trips import Statement, Step

MAX_BANK_REFERENCE = 64
"""Characters of a bank's tracking number: those of Iran's banks have up to 30."""


class Ask(NamedTuple):
    """The wish for credit of `amount` minor units; `by` is the seller's member who asks.

    `bank_reference` is the bank's tracking number of the transfer, tidied, or empty.
    """

    seller_id: int
    id: str
    amount: int
    note: str
    by: int
    reference: Reference | None = None
    currency: str = "IRR"
    bank_reference: str = ""
    receipt: Receipt | None = None


def tidy(written: str) -> str:
    """A tracking number as it is kept: digits of any script as ASCII, no marks that nobody sees."""
    plain = (_ascii_digit(character) for character in written if unicodedata.category(character) != "Cf")
    return " ".join("".join(plain).split())


def asked_for(wish: Ask) -> dict[str, Any]:  # JSON values
    """What a key of this wish stands for. What is empty is left out, as in keys from before there was any."""
    fields: dict[str, Any] = {"amount": wish.amount, "note": wish.note}
    if wish.bank_reference:
        fields["bank_reference"] = wish.bank_reference
    if wish.receipt:
        fields["receipt"] = wish.receipt.sha256.hex()
    return fields


def steps(wish: Ask, *, now_us: int) -> Step:
    """One transaction that writes the request and its receipt; it raises 23505 where its key was used."""
    values = (wish.id, wish.amount, wish.currency, wish.note, wish.by, now_us, wish.bank_reference)
    written: list[Statement] = [(SQL["ask"], (wish.seller_id, *values))]
    if wish.receipt:
        kept = receipts.keep(
            wish.receipt, seller_id=wish.seller_id, request_id=wish.id, by=wish.by, now_us=now_us
        )
        written.append(kept)
    return [BEGIN, *written, *references.remember(wish.seller_id, wish.reference, wish.id), COMMIT]


def _ascii_digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
