"""The simulated operator itself, without any transport: words in, what it says and when out.

Owns the order of things: a submit is written into the operator's book before it is answered, as a real
one would. It must never wait or send by itself.
"""

from collections.abc import Callable
from typing import NamedTuple

from topup.clock import US_PER_SECOND
from topup.gateways.contract import Result
from topup.gateways.simulator import behaviours
from topup.gateways.simulator.behaviours import AT_ONCE_S, TELLS_AFTER_S, Manner
from topup.gateways.simulator.book import Book, Received

REVERSED = "reversed"


class Reply(NamedTuple):
    """What the operator does about a word, after `after_s`."""

    result: Result
    code: str | None = None
    operator_reference: str | None = None
    manner: Manner = Manner.ANSWERS
    after_s: float = AT_ONCE_S


class Told(NamedTuple):
    """A callback that the operator sends `after_s` from now."""

    reference: str
    result: Result
    operator_reference: str
    after_s: float = TELLS_AFTER_S


class Network:
    """One operator. `tell` is called with each callback that is to be sent."""

    def __init__(self, book: Book, *, tell: Callable[[Told], None]) -> None:
        self.book = book
        self._tell = tell

    def submit(self, *, reference: str, phone_number: str, amount: str, now_us: int) -> Reply:
        row = behaviours.of(phone_number)
        if row.answer is Result.RETRY_LATER:
            row = behaviours.on_this_try(row, tries=self.book.tries(reference))
        received = self.book.submitted(
            reference=reference, phone_number=phone_number, amount=amount, outcome=row.truth, now_us=now_us
        )
        for result in row.tells:
            self._tell(Told(reference, result, received.operator_reference))
        return Reply(row.answer, row.code, received.operator_reference, row.manner, row.after_s)

    def query(self, *, reference: str, now_us: int) -> Reply:
        received = self.book.queried(reference=reference, now_us=now_us)
        if received is None:
            return Reply(Result.NOT_FOUND)
        row = behaviours.of(received.phone_number)
        since_us = now_us - received.first_us
        if since_us < row.quiet_s * US_PER_SECOND:
            return Reply(Result.UNKNOWN, manner=Manner.SILENT)
        if row.answer is Result.UNKNOWN and since_us < TELLS_AFTER_S * US_PER_SECOND:
            return Reply(row.answer, row.code, received.operator_reference)
        return _became(received, row.code)

    def reverse(self, *, reference: str, now_us: int) -> Reply:
        """DELIVERED where a delivery was taken back, now or before."""
        received = self.book.take_back(reference=reference, now_us=now_us)
        if received is None:
            return Reply(Result.NOT_FOUND)
        if not received.reversed:
            return Reply(Result.REFUSED, "nothing_to_reverse", received.operator_reference)
        return Reply(Result.DELIVERED, None, received.operator_reference)


def _became(received: Received, code: str | None) -> Reply:
    if received.reversed:
        return Reply(Result.REFUSED, REVERSED, received.operator_reference)
    result = Result(received.outcome)
    return Reply(result, code if result is Result.REFUSED else None, received.operator_reference)
