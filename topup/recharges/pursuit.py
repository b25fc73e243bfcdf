"""What is done next about a recharge that is not final, after each answer. Pure.

Owns the schedules and their limits. It says when an answer settles; money is the ledger's to move.
"""

from enum import StrEnum
from typing import NamedTuple

from topup.clock import US_PER_SECOND
from topup.gateways.contract import Abilities, Answer, Result
from topup.recharges.lifecycle import State

MAX_SUBMITS = 5
"""Submits of one recharge: each but the last was surely not taken."""
FIRST_RETRY_S = 1
"""Before the second submit; then doubled."""
FIRST_QUERY_S = 5
"""After an answer was lost; then doubled up to MAX_QUERY_GAP_S."""
MAX_QUERY_GAP_S = 4 * 3600
REVIEW_AFTER_S = 24 * 3600
"""How long an operator is asked before staff decide."""
NEVER_US = 2**62
"""When an errand in review is due: never by itself."""
CANNOT_BE_ASKED = "cannot_be_asked"
"""Why there is no answer where the gateway has no such word."""
LEASE_MARGIN_S = 10.0
"""Beyond the gateway's own time-out, before an errand counts as left by its worker."""


class Step(StrEnum):
    SUBMIT = "submit"
    SENDING = "sending"
    QUERY = "query"
    REVERSE = "reverse"


class Verb(StrEnum):
    SUBMIT = "submit"
    QUERY = "query"
    REVERSE = "reverse"
    CALLBACK = "callback"


class Settle(NamedTuple):
    """The recharge ends: in this state, for this reason where it failed."""

    state: State
    failure: str | None = None


class Continue(NamedTuple):
    """The errand goes on with this step at this moment; `review` asks for staff."""

    step: Step
    due_at_us: int
    review: bool = False


class Done(NamedTuple):
    """Nothing is left to do, and nothing changes: `case` names what staff must look at, if anything."""

    case: str | None = None


Next = Settle | Continue | Done


def after_submit(answer: Answer, *, submits: int, now_us: int) -> Next:
    """What follows the answer to the submit of this number (the first is 1)."""
    match answer.result:
        case Result.DELIVERED:
            return Settle(State.SUCCEEDED)
        case Result.REFUSED:
            return Settle(State.FAILED, answer.code or "refused")
        case Result.RETRY_LATER if submits >= MAX_SUBMITS:
            return Settle(State.FAILED, answer.code or "operator_unavailable")
        case Result.RETRY_LATER:
            return Continue(Step.SUBMIT, now_us + FIRST_RETRY_S * 2 ** (submits - 1) * US_PER_SECOND)
        case Result.UNKNOWN | Result.NOT_FOUND:  # an operator that says so of a submit says nothing
            return Continue(Step.QUERY, now_us + FIRST_QUERY_S * US_PER_SECOND)


def after_query(
    answer: Answer,
    *,
    checks: int,
    unknown_since_us: int,
    submitted_at_us: int,
    in_review: bool,
    abilities: Abilities,
    now_us: int,
) -> Next:
    """What follows the answer to a query, before which `checks` others told nothing."""
    match answer.result:
        case Result.DELIVERED:
            return Settle(State.SUCCEEDED)
        case Result.REFUSED:
            return Settle(State.FAILED, answer.code or "refused")
        case Result.NOT_FOUND if _waited(submitted_at_us, _grace_s(abilities), now_us):
            return Settle(State.FAILED, answer.code or "not_delivered")
        case _ if in_review or _waited(unknown_since_us, REVIEW_AFTER_S, now_us):
            return Continue(Step.QUERY, NEVER_US, review=True)
        case _:
            gap_s = min(FIRST_QUERY_S * 2 ** min(checks + 1, 20), MAX_QUERY_GAP_S)
            last_us = unknown_since_us + REVIEW_AFTER_S * US_PER_SECOND
            return Continue(Step.QUERY, min(now_us + gap_s * US_PER_SECOND, max(last_us, now_us)))


def after_reverse(answer: Answer, *, attempts: int, now_us: int) -> Next:
    """What follows the operator's answer to a reversal that our books have already."""
    if answer.code == CANNOT_BE_ASKED:  # its attempt tells staff; nothing is wrong
        return Done()
    match answer.result:
        case Result.DELIVERED:
            return Done()
        case Result.REFUSED | Result.NOT_FOUND:
            return Done(case="reversal_refused")
        case _ if attempts >= MAX_SUBMITS:
            return Done(case="reversal_unanswered")
        case _:
            return Continue(Step.REVERSE, now_us + FIRST_QUERY_S * 2**attempts * US_PER_SECOND)


def _grace_s(abilities: Abilities) -> float:
    """How long after a submit it may still arrive: at least as long as its worker may hold it."""
    return max(abilities.not_found_final_after_s, abilities.timeout_s + LEASE_MARGIN_S)


def _waited(since_us: int, wait_s: float, now_us: int) -> bool:
    return now_us - since_us >= wait_s * US_PER_SECOND
