"""What a gateway is: the four words that we have with an operator, and what may come of them. Pure.

A gateway is one folder beside this file. It must never touch a recharge, a book or our database: it
carries an order to the operator and brings back what was heard, with the evidence, raw.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

MAX_EVIDENCE = 16_000
"""Characters of an operator's answer that are kept."""
MAX_CODE = 100
MAX_OPERATOR_REFERENCE = 200


class Result(StrEnum):
    """What an answer says about an order. Anything that a gateway cannot map is UNKNOWN."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """For good: this order was not delivered and never will be."""
    UNKNOWN = "unknown"
    """It may have been delivered or not: no answer, half an answer, or one that nobody understands."""
    RETRY_LATER = "retry_later"
    """Surely not taken, and it may be submitted again: the operator said so, or no byte was sent."""
    NOT_FOUND = "not_found"
    """Only of a query: the operator has never heard of this reference (yet)."""


class Order(NamedTuple):
    """What is asked of an operator. `reference` is ours for this attempt (34 letters and digits);
    `submitted_at_us` is when the attempt began; `phone_number` is E.164 without its plus; `amount` in
    minor units."""

    reference: str
    recharge_id: str
    operator: str
    phone_number: int
    amount: int
    currency: str
    submitted_at_us: int


class Answer(NamedTuple):
    """What was heard. `code` is the operator's or the gateway's word for the reason (for a refusal the
    seller sees it as `failure`); `evidence` is the answer as it came; `healthy` is False where the
    operator itself seems to be in trouble, which is what opens its circuit."""

    result: Result
    code: str | None = None
    operator_reference: str | None = None
    evidence: str = ""
    healthy: bool = True


def kept(answer: Answer) -> Answer:
    """An answer as it can be written down: within the limits, and without what no text keeps (NUL, halves
    of characters)."""
    return answer._replace(
        code=_cut(answer.code, MAX_CODE),
        operator_reference=_cut(answer.operator_reference, MAX_OPERATOR_REFERENCE),
        evidence=_cut(answer.evidence, MAX_EVIDENCE) or "",
    )


def _cut(text: str | None, length: int) -> str | None:
    if not text:
        return None
    whole = text[:length].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return whole.encode("utf-8", "replace").decode()


class Notice(NamedTuple):
    """What an operator told by itself. `reference` is None where it names none of ours; `signed` says
    whether the gateway proved who sent it: what is not signed moves no money."""

    reference: str | None
    answer: Answer
    signed: bool


class Abilities(NamedTuple):
    """What a gateway can do, and its times.

    `idempotent_submit`: the operator does one reference once, so that a lost answer may be followed by
    the same submit. `timeout_s`: how long one word may take. `not_found_final_after_s`: after how long
    since the submit a NOT_FOUND counts as never delivered. `min_gap_s`: between two submits for one
    number.
    """

    idempotent_submit: bool = False
    can_query: bool = True
    can_reverse: bool = False
    timeout_s: float = 10.0
    not_found_final_after_s: float = 60.0
    min_gap_s: float = 0.0


class Terms(NamedTuple):
    """What an operator's gateways bear, together: words under way, seconds that one may take, and
    seconds between two submits for one number."""

    max_in_flight: int
    timeout_s: float
    min_gap_s: float


class Gateway(Protocol):
    """The way to one operator. One object lives as long as its settings stay as they are.

    `submit`, `query` and `reverse` must end within `abilities.timeout_s` and must not raise for anything
    that an operator does; what they raise all the same counts as UNKNOWN. They must not follow
    redirects, and must never send a submit twice by themselves.
    """

    @property
    def abilities(self) -> Abilities: ...

    async def submit(self, order: Order) -> Answer:
        """Ask for delivery. RETRY_LATER only where surely nothing was taken."""

    async def query(self, order: Order) -> Answer:
        """Ask what became of `order.reference`."""

    async def reverse(self, order: Order) -> Answer:
        """Ask to take a delivery back: DELIVERED means that it was."""

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Notice:
        """Read what the operator sent by itself; header names are lower case. Never raises."""

    async def close(self) -> None:
        """Give up connections."""
