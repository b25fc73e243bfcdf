"""What the users of a load were answered, and when they have done enough. Pure.

Owns the shape in which a Locust process hands its answers over, and the stop rule. It sends nothing
and knows nothing of Locust.
"""

import msgspec

# The mix of the brief, in tasks of a hundred.
WEIGHTS = {
    "sell": 70,
    "balance": 15,
    "transactions": 5,
    "recharges": 5,
    "credit": 3,
    "statement": 1,
    "phone_numbers": 1,
}
RETRY_SHARE = 0.05
"""Sales that are sent a second time under the same key, as a client does whose answer was lost."""
SALE, SALE_AGAIN = "sale", "sale, same key again"
MAX_BROKEN = 50
"""Broken promises that are kept in words; more tell nothing new."""
REPLAYED = "idempotent-replayed"
CREATED = 201
FIRST_SERVER_ERROR = 500
NO_ANSWER = 0
"""The status of a request whose answer never came."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """One answer: which request, its status, when it was sent (seconds since 1970), how long it took."""

    name: str
    status: int
    sent_s: float
    took_ms: float


class Sold(msgspec.Struct, frozen=True, array_like=True):
    """A 201 of a sale. `key_number` is the line of the seller's key in the file of keys, from 0."""

    key_number: int
    recharge_id: str
    amount: int


class Credited(msgspec.Struct, frozen=True, array_like=True):
    """A credit request that was approved."""

    key_number: int
    amount: int


class UnsureSale(msgspec.Struct, frozen=True, array_like=True):
    """A sale whose answer was none: it may have happened, and the same key tells."""

    key_number: int
    reference: str
    phone_number: str
    amount: int


class UnsureApproval(msgspec.Struct, frozen=True, array_like=True):
    """An approval whose answer was none: the credit request tells."""

    key_number: int
    request_id: str
    amount: int


class Tally(msgspec.Struct, kw_only=True):
    """Everything that the users of one load were told."""

    answers: list[Answer] = []
    sold: list[Sold] = []
    credited: list[Credited] = []
    unsure_sales: list[UnsureSale] = []
    unsure_approvals: list[UnsureApproval] = []
    replays: int = 0
    broken: list[str] = []

    def enough(self, goal: int | None) -> bool:
        """Whether so many sales are done; without a goal only the time ends a load."""
        return goal is not None and len(self.sold) >= goal

    def note_replay(self, *, status: int, replayed: str | None, first: bytes, second: bytes) -> None:
        """Hold a repeated key to its promise: the same status, the same object, and marked as a replay."""
        self.replays += 1
        if status == CREATED and replayed == "true" and first == second:
            return
        if len(self.broken) < MAX_BROKEN:
            self.broken.append(
                f"the same key again: status {status}, {REPLAYED} {replayed}, {second!r} after {first!r}"
            )


def unsure(status: int) -> bool:
    """Whether an answer leaves open what happened."""
    return status == NO_ANSWER or status >= FIRST_SERVER_ERROR


def total(tallies: list[Tally]) -> Tally:
    """Several loads as one."""
    return Tally(
        answers=[each for tally in tallies for each in tally.answers],
        sold=[each for tally in tallies for each in tally.sold],
        credited=[each for tally in tallies for each in tally.credited],
        unsure_sales=[each for tally in tallies for each in tally.unsure_sales],
        unsure_approvals=[each for tally in tallies for each in tally.unsure_approvals],
        replays=sum(tally.replays for tally in tallies),
        broken=[each for tally in tallies for each in tally.broken],
    )
