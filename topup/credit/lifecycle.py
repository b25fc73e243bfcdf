"""The life of a credit request as a table. Pure, and the only file that says which state follows which."""

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


FOLLOWS: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.APPROVED, State.REJECTED, State.CANCELLED}),
    State.APPROVED: frozenset(),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
}


def may_become(state: State, following: State) -> bool:
    return following in FOLLOWS[state]
