"""What follows an attempt at a delivery: when the next one is, or that there is none. Pure."""

from enum import StrEnum
from typing import NamedTuple

from topup.clock import US_PER_SECOND

DELAYS_S = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Between the attempts of one round; after the last of them the delivery has failed."""
MAX_TRIES = len(DELAYS_S) + 1
JITTER = 0.1
"""The part of a delay by which it is longer or shorter, so that an outage ends without a crowd."""
TAKEN = range(200, 300)
"""The statuses by which a receiver says that it has it."""
GONE = 410
"""The status by which a receiver says that it wants nothing more."""

GONE_BECAUSE = "the receiver answered 410 Gone"
EXHAUSTED_BECAUSE = f"a delivery failed {MAX_TRIES} times"


class State(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Next(NamedTuple):
    """A delivery after an attempt. `disable` is why its endpoint is disabled, or None."""

    state: State
    next_at_us: int
    disable: str | None = None


def after(*, status: int | None, tries: int, now_us: int, roll: float) -> Next:
    """What follows an attempt that was answered with this status (None: not at all).

    `tries` counts it within its round; `roll` is a number from 0 to 1.
    """
    if status in TAKEN:
        return Next(State.DELIVERED, now_us)
    if status == GONE:
        return Next(State.FAILED, now_us, GONE_BECAUSE)
    if tries >= MAX_TRIES:
        return Next(State.FAILED, now_us, EXHAUSTED_BECAUSE)
    delay_us = DELAYS_S[tries - 1] * US_PER_SECOND
    return Next(State.PENDING, now_us + round(delay_us * (1 + JITTER * (2 * roll - 1))))
