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

OF_A_SALE: dict[str, State] = {"recharge": State.SUCCEEDED, "hold": State.ACCEPTED}
"""The state in which a recharge begins, by the kind of the movement that took its price."""

OF_A_SETTLEMENT: dict[State, str] = {State.SUCCEEDED: "capture", State.FAILED: "release"}
"""The states in which a pursuit ends, and the kind of the movement of the price that was held."""

NOT_FINAL = frozenset({State.ACCEPTED, State.PROCESSING, State.UNKNOWN})


def is_final(state: State) -> bool:
    return state not in NOT_FINAL


def may_become(state: State, following: State) -> bool:
    return following in FOLLOWS[state]
