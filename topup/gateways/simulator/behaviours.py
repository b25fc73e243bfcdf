"""How the simulated operator behaves, by the number's last three digits: one table. Pure.

It says what an operator does; how that reaches us, in a process or over a socket, is for others.
"""

from enum import StrEnum
from typing import NamedTuple

from topup.gateways.contract import Result

DIGITS = 3
AT_ONCE_S = 0.05
"""What a quick operator takes."""
SLOW_S = 3.0
QUIET_S = 20.0
"""How long 106 leaves queries without an answer."""
FOR_EVER_S = 1e9
TELLS_AFTER_S = 1.0
"""Between a submit and the callback that tells what became of it."""
TRIES_WHILE_AWAY = 2
"""Submits of one recharge that 102 refuses."""
RECHARGE_LENGTH = 32
"""The beginning of our reference that all attempts of one recharge share."""


class Manner(StrEnum):
    """What reaches whoever asked."""

    ANSWERS = "answers"
    SILENT = "silent"
    """The connection stays open and nothing comes."""
    GARBAGE = "garbage"
    """A page of HTML, as a proxy would send it."""
    CLOSES = "closes"


class Row(NamedTuple):
    """`truth` is what really becomes of a submit: DELIVERED, REFUSED, NOT_FOUND where it was never
    taken, UNKNOWN where nobody will ever say. `answer` is what the submit is told."""

    digits: str
    says: str
    truth: Result = Result.DELIVERED
    answer: Result = Result.DELIVERED
    code: str | None = None
    manner: Manner = Manner.ANSWERS
    after_s: float = AT_ONCE_S
    quiet_s: float = 0
    """How long after the submit queries get no answer."""
    tells: tuple[Result, ...] = ()
    """The callbacks that follow."""


DELIVERS = Row("100", "delivered, 50 ms; so does every number that is not in this table")
TABLE = {
    row.digits: row
    for row in (
        DELIVERS,
        Row("101", "refused: invalid number", Result.REFUSED, Result.REFUSED, "invalid_number"),
        Row(
            "102",
            "refused: operator unavailable; delivered on the third try",
            Result.NOT_FOUND,
            Result.RETRY_LATER,
            "operator_unavailable",
        ),
        Row("103", "delivered after 3 s", after_s=SLOW_S),
        Row("104", "time-out; really delivered, and a query says so", manner=Manner.SILENT),
        Row(
            "105",
            "time-out; really not delivered: a query says not found, for good after the grace period",
            Result.NOT_FOUND,
            manner=Manner.SILENT,
        ),
        Row(
            "106",
            "time-out; queries give no answer for 20 s, then delivered",
            manner=Manner.SILENT,
            quiet_s=QUIET_S,
        ),
        Row("107", "time-out; never any answer", Result.UNKNOWN, manner=Manner.SILENT, quiet_s=FOR_EVER_S),
        Row("108", "garbage (200 with HTML); really delivered", manner=Manner.GARBAGE),
        Row(
            "109",
            "accepted, then a callback 1 s later, sent twice",
            answer=Result.UNKNOWN,
            code="accepted",
            tells=(Result.DELIVERED, Result.DELIVERED),
        ),
        Row("110", "delivered, then a callback that says failed", tells=(Result.REFUSED,)),
        Row(
            "111",
            "connection refused before a byte was sent",
            Result.NOT_FOUND,
            manner=Manner.CLOSES,
        ),
    )
}


def of(phone_number: int | str) -> Row:
    """The row of a number in any form that ends with its digits."""
    return TABLE.get(str(phone_number)[-DIGITS:], DELIVERS)


def on_this_try(row: Row, *, tries: int) -> Row:
    """What happens to a submit after this many others for the same recharge."""
    return DELIVERS if row.digits == "102" and tries >= TRIES_WHILE_AWAY else row
