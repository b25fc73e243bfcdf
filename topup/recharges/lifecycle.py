"""The life of a recharge as a table. Pure, and the only file that says which state follows which."""

from enum import StrEnum


class State(StrEnum):
    ACCEPTED = "accepted"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REVERSED = "reversed"


FOLLOWS: dict[State, frozenset[State]] = {
    State.ACCEPTED: frozenset({State.PROCESSING}),
    State.PROCESSING: frozenset({State.SUCCEEDED, State.FAILED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.SUCCEEDED, State.FAILED}),
    State.SUCCEEDED: frozenset({State.REVERSED}),
    State.FAILED: frozenset(),
    State.REVERSED: frozenset(),
}

OF_AN_INSTANT_SALE = State.SUCCEEDED
"""The state in which a recharge begins when its operator's gateway is `instant`."""

NOT_FINAL = frozenset({State.ACCEPTED, State.PROCESSING, State.UNKNOWN})


def is_final(state: State) -> bool:
    return state not in NOT_FINAL


def may_become(state: State, following: State) -> bool:
    return following in FOLLOWS[state]
