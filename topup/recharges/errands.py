"""Errands: what is still to be done about recharges, as the database keeps it.

Owns the shapes of what a worker reads and writes about them; it decides nothing.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from topup import ids, sqlfiles
from topup.gateways.contract import Answer, Order
from topup.ledger import literals
from topup.recharges.pursuit import Continue, Step, Verb
from topup.trips import Row, Statement

SQL = sqlfiles.load(Path(__file__).with_name("dispatch.sql"))
_REFERENCE = re.compile(r"([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(?:[0-9]{2})?")


class Candidate(NamedTuple):
    """An errand that is due, as it was read without a lock."""

    seller_id: int
    recharge_id: str
    due_at_us: int
    step: Step
    gateway: str
    phone_number: int


class Errand(NamedTuple):
    """An errand under a worker's claim. `last_submit` numbers the attempt that the operator is asked
    about, which began at `submitted_at_us`; `lease_ends_us` is when another worker may take it."""

    seller_id: int
    recharge_id: str
    claim: str
    step: Step
    operator: str
    gateway: str
    attempts: int
    submits: int
    last_submit: int
    checks: int
    unknown_since_us: int | None
    in_review: bool
    phone_number: int
    amount: int
    currency: str
    submitted_at_us: int | None
    lease_ends_us: int

    @property
    def order(self) -> Order:
        return Order(
            reference=gateway_reference(self.recharge_id, self.last_submit),
            recharge_id=self.recharge_id,
            operator=self.operator,
            phone_number=self.phone_number,
            amount=self.amount,
            currency=self.currency,
            submitted_at_us=self.submitted_at_us or 0,
        )


class Record(NamedTuple):
    """An answer that settles nothing, and what follows; nothing does where `following` is None."""

    errand: Errand
    verb: Verb
    answer: Answer
    begun_at_us: int
    following: Continue | None


def gateway_reference(recharge_id: str, attempt: int) -> str:
    """How an operator knows an attempt to submit; a test holds it to the database's own."""
    return f"{recharge_id.replace('-', '')}{attempt:02d}"


def recharge_of(reference: str) -> str | None:
    """The recharge's id inside a gateway reference, or None where it is none of ours."""
    found = _REFERENCE.fullmatch(reference)
    return "-".join(found.groups()) if found else None


def candidates(operator: str, *, now_us: int, limit: int) -> Statement:
    """What reads `Candidate`s, the longest due first."""
    return (SQL["candidates"], (operator, now_us, limit))


def candidate(row: Row) -> Candidate:
    return Candidate(*row)._replace(step=Step(row[3]))


def sent_lately(operator: str, found: Sequence[Candidate], *, since_us: int) -> Statement:
    """What reads the numbers of these that something was submitted for since then."""
    numbers = literals.numbers({each.phone_number for each in found})
    return (SQL["sent_lately"], (numbers, operator, since_us))


def postpone(found: Sequence[Candidate], *, until_us: int) -> Statement:
    arrays = (
        literals.numbers(each.seller_id for each in found),
        literals.words(each.recharge_id for each in found),
        literals.numbers(each.due_at_us for each in found),
    )
    return (SQL["postpone"], (found[0].seller_id, *arrays, until_us))


def claim(found: Sequence[Candidate], *, under: str, until_us: int, now_us: int) -> list[Statement]:
    """Two statements: what claims these errands, and what reads as `Errand`s those that it took."""
    sellers = literals.numbers(each.seller_id for each in found)
    recharges = literals.words(each.recharge_id for each in found)
    arrays = (
        sellers,
        recharges,
        literals.numbers(each.due_at_us for each in found),
        literals.words(each.step for each in found),
        literals.words(ids.new(each.seller_id) for each in found),
    )
    whose = literals.numbers({each.seller_id for each in found})
    return [
        (SQL["claim"], (found[0].seller_id, *arrays, under, until_us, now_us)),
        (SQL["claimed"], (whose, sellers, recharges, under)),
    ]


def errand(row: Row) -> Errand:
    return Errand(*row)._replace(step=Step(row[3]))


def record(records: Sequence[Record], *, now_us: int) -> Statement:
    """What records these answers; those whose claim is lost are left out."""
    errands = [each.errand for each in records]
    answers = [each.answer for each in records]
    goes_on = [each.following for each in records]
    numbers, words, texts = literals.numbers, literals.words, literals.nullable_texts
    arrays = (
        numbers(each.seller_id for each in errands),
        words(each.recharge_id for each in errands),
        words(each.claim for each in errands),
        texts(each.step if each else None for each in goes_on),
        numbers(each.due_at_us if each else now_us for each in goes_on),
        words("t" if each and each.review else "f" for each in goes_on),
        words(each.verb for each in records),
        words(each.result for each in answers),
        numbers(each.begun_at_us for each in records),
        texts(each.code for each in answers),
        texts(each.operator_reference for each in answers),
        texts(each.evidence for each in answers),
        words(ids.new(each.seller_id) for each in errands),
    )
    return (SQL["record"], (errands[0].seller_id, *arrays, now_us))


def hear(errand: Errand, answer: Answer, *, now_us: int) -> Statement:
    """What keeps the answer to a submit that somebody else has settled, or taken over, meanwhile."""
    heard = (answer.result, answer.code, answer.operator_reference, answer.evidence)
    return (SQL["hear"], (errand.seller_id, errand.recharge_id, errand.last_submit, *heard, now_us))


def hasten(*, seller_id: int, recharge_id: str, now_us: int) -> Statement:
    """What makes the question about a recharge due now; answers whether there was one."""
    return (SQL["hasten"], (seller_id, recharge_id, now_us))


def totals() -> Statement:
    """What reads, over all sellers: unknown recharges, their prices, since when the oldest is (0: none),
    recharges in review, errands."""
    return (SQL["open_totals"], ())
