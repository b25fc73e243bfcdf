"""What becomes of attempts in the database and in the counts. Pure but for the counts.

Owns the arguments of `record_v1`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from topup.ledger import literals
from topup.telemetry.counts import COUNTS
from topup.trips import Statement
from topup.webhooks import schedule
from topup.webhooks.attempts import Due, Heard
from topup.webhooks.outbox import SQL
from topup.webhooks.schedule import Next

MAX_RECORDED = 256
"""Attempts that one statement records."""
KEPT_ATTEMPTS = 30
"""The last attempts at one delivery, over all replays, that can be looked at."""


class Attempted(NamedTuple):
    """An attempt that is to be recorded, under the claim that it was made with."""

    due: Due
    claim: str
    heard: Heard
    follows: Next


def statement(some: Sequence[Attempted], *, now_us: int) -> Statement:
    """What records these attempts, and disables endpoints; it answers which deliveries were still ours."""
    numbers, words, optional = literals.numbers, literals.words, literals.nullable_texts
    disabled = {each.due.endpoint_id: each for each in some if each.follows.disable is not None}
    arrays = (
        numbers(each.due.seller_id for each in some),
        words(each.due.id for each in some),
        words(each.claim for each in some),
        words(each.follows.state for each in some),
        numbers(each.follows.next_at_us for each in some),
        numbers(each.heard.begun_us for each in some),
        numbers(each.heard.took_ms for each in some),
        words("NULL" if each.heard.status is None else str(each.heard.status) for each in some),
        optional(each.heard.error for each in some),
        literals.texts(each.heard.answer for each in some),
        KEPT_ATTEMPTS,
        numbers(each.due.seller_id for each in disabled.values()),
        words(disabled),
        optional(each.follows.disable for each in disabled.values()),
    )
    return (SQL["record"], (some[0].due.seller_id, *arrays, now_us))


def count(some: Sequence[Attempted], recorded: set[str]) -> None:
    """Count those that were still ours to record."""
    for each in some:
        if each.due.id not in recorded:
            continue
        again = each.follows.state is schedule.State.PENDING
        COUNTS.add("topup_webhook_deliveries_total", ("retry" if again else each.follows.state.value,))
        if each.follows.disable is not None:
            why = "gone" if each.heard.status == schedule.GONE else "exhausted"
            COUNTS.add("topup_webhook_endpoints_disabled_total", (why,))
