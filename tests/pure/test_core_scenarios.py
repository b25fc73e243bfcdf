"""What each kind of movement does to a book, as a table that an accountant can check.

A line is a name, steps, and the sums at the end; what is not named is 0. `!` says why a step is
refused. A refused step leaves the book as it was.
"""

from datetime import date, timedelta

import pytest

from tests.support import samples
from topup.ledger import core
from topup.ledger.core import Book, Kind, Vector

MOVEMENTS = """
nothing moves an empty book          :  => 0
credit is there to be sold           : credit 1000 => available 1000 funded 1000
credit adds up                       : credit 1000 | credit 1 => available 1001 funded 1001
a sale takes its price               : credit 1000 | recharge 300 => available 700 sold 300 funded 1000
the last rial can be sold            : credit 1000 | recharge 1000 => available 0 sold 1000 funded 1000
one rial more cannot                 : credit 1000 | recharge 1001 !insufficient_balance => available 1000 funded 1000
nothing is sold from nothing         : recharge 1 !insufficient_balance => 0
a small sale follows a refused one   : credit 5 | recharge 9 !insufficient_balance | recharge 5 => sold 5 funded 5
a hold sets the price aside          : credit 1000 | hold 300 => available 700 held 300 funded 1000
what is held cannot be sold          : credit 9 | hold 5 | recharge 5 !insufficient_balance => available 4 held 5 funded 9
a capture ends a hold as a sale      : credit 9 | hold 5 | capture 5 => available 4 sold 5 funded 9
a release gives a hold back          : credit 9 | hold 5 | release 5 => available 9 funded 9
no more is captured than is held     : credit 9 | hold 5 | capture 6 !insufficient_balance => available 4 held 5 funded 9
no more is released than is held     : credit 9 | hold 5 | release 6 !insufficient_balance => available 4 held 5 funded 9
a capture does not take what is free : credit 9 | capture 1 !insufficient_balance => available 9 funded 9
a reversal gives a sale back         : credit 9 | recharge 5 | reversal 5 => available 9 funded 9
no more comes back than was sold     : credit 9 | recharge 5 | reversal 6 !not_reversible => available 4 sold 5 funded 9
an adjustment adds without funding   : adjustment 5 => available 5 adjusted 5
a deduction takes without selling    : credit 9 | deduction 4 => available 5 funded 9 adjusted -4
a deduction stops at zero            : credit 9 | deduction 10 !insufficient_balance => available 9 funded 9
a deduction leaves holds alone       : credit 9 | hold 5 | deduction 5 !insufficient_balance => available 4 held 5 funded 9
sixty sales of the brief             : credit 1000000 | 60 x recharge 5000 => available 700000 sold 300000 funded 1000000
"""  # noqa: E501  # a story is one line

STANDING = """
a suspended seller sells nothing     : credit 9 | suspend | recharge 1 !seller_suspended => available 9 funded 9
a suspended seller holds nothing     : credit 9 | suspend | hold 1 !seller_suspended => available 9 funded 9
a suspended seller still gets credit : suspend | credit 9 => available 9 funded 9
a suspended seller's holds end       : credit 9 | hold 5 | suspend | capture 3 | release 2 => available 6 sold 3 funded 9
a resumed seller sells               : credit 9 | suspend | resume | recharge 9 => sold 9 funded 9
an old key sells nothing             : credit 9 | rekey | recharge 1 !stale_key => available 9 funded 9
a sale may be as large as its limit  : credit 9 | max 5 | recharge 5 => available 4 sold 5 funded 9
a sale may not be larger             : credit 9 | max 5 | recharge 6 !per_recharge_max_exceeded => available 9 funded 9
a hold may not be larger either      : credit 9 | max 5 | hold 6 !per_recharge_max_exceeded => available 9 funded 9
a limit on sales is none on credit   : max 5 | daily 5 | credit 9 => available 9 funded 9
a day's sales may reach the limit    : credit 9 | daily 5 | recharge 2 | recharge 3 => available 4 sold 5 funded 9
a day's sales may not pass it        : credit 9 | daily 5 | recharge 4 | recharge 2 !daily_limit_exceeded => available 5 sold 4 funded 9
holds count as sales of the day      : credit 9 | daily 5 | hold 4 | recharge 2 !daily_limit_exceeded => available 5 held 4 funded 9
a release does not make room         : credit 9 | daily 5 | hold 5 | release 5 | recharge 1 !daily_limit_exceeded => available 9 funded 9
a new day begins at zero             : credit 9 | daily 5 | recharge 5 | tomorrow | recharge 4 => sold 9 funded 9
a limit of zero sells nothing        : credit 9 | daily 0 | recharge 1 !daily_limit_exceeded => available 9 funded 9
a limit lowered below what was sold  : credit 9 | recharge 5 | daily 3 | recharge 1 !daily_limit_exceeded => available 4 sold 5 funded 9
standing is told before the balance  : suspend | recharge 1 !seller_suspended => 0
"""  # noqa: E501  # a story is one line

LARGEST = 2**63 - 1
EDGES = f"""
a book can hold the largest number   : credit {LARGEST} => available {LARGEST} funded {LARGEST}
and not one more                     : credit {LARGEST} | credit 1 !balance_too_large => available {LARGEST} funded {LARGEST}
an adjustment cannot pass it either  : credit {LARGEST} | adjustment 1 !balance_too_large => available {LARGEST} funded {LARGEST}
what was ever funded counts          : credit {LARGEST} | recharge 9 | credit 1 !balance_too_large => available {LARGEST - 9} sold 9 funded {LARGEST}
what was deducted makes no room      : credit {LARGEST} | deduction 9 | credit 1 !balance_too_large => available {LARGEST - 9} funded {LARGEST} adjusted -9
everything can be deducted           : credit {LARGEST} | deduction {LARGEST} => funded {LARGEST} adjusted {-LARGEST}
a deduction beside the largest number: credit {LARGEST} | deduction 9 => available {LARGEST - 9} funded {LARGEST} adjusted -9
the largest number can be sold       : credit {LARGEST} | recharge {LARGEST} => sold {LARGEST} funded {LARGEST}
"""  # noqa: E501  # a story is one line


def _cases(table: str) -> list[object]:
    lines = [line.split(":", 1) for line in table.strip().splitlines()]
    return [pytest.param(story, id=name.strip()) for name, story in lines]


@pytest.mark.parametrize("story", _cases(MOVEMENTS) + _cases(STANDING) + _cases(EDGES))
def test_a_story_ends_with_these_sums(story: str) -> None:
    steps, _, end = story.partition("=>")
    stage = _Stage()

    for step in filter(None, map(str.strip, steps.split("|"))):
        stage.play(step)

    assert stage.book.vector == _sums(end)


class _Stage:
    """A book, the day it is, and the steps that a story can take."""

    def __init__(self) -> None:
        self.book: Book = samples.a_book()
        self.day: date = samples.TODAY

    def play(self, step: str) -> None:
        match step.split():
            case ["suspend"]:
                self.book = self.book._replace(active=False)
            case ["resume"]:
                self.book = self.book._replace(active=True)
            case ["rekey"]:
                self.book = self.book._replace(key_epoch=self.book.key_epoch + 1)
            case ["tomorrow"]:
                self.day += timedelta(days=1)
            case ["max", amount]:
                self.book = self.book._replace(per_recharge_max=int(amount))
            case ["daily", amount]:
                self.book = self.book._replace(daily_limit=int(amount))
            case [times, "x", kind, amount]:
                for _ in range(int(times)):
                    self._move(kind, amount, "posted")
            case [kind, amount, reason]:
                self._move(kind, amount, reason.removeprefix("!"))
            case [kind, amount]:
                self._move(kind, amount, "posted")

    def _move(self, kind: str, amount: str, outcome: str) -> None:
        command = samples.a_command(Kind(kind), int(amount), key_epoch=0)
        self.book, [verdict] = core.decide(self.book, [command], now_us=samples.NOON_US, today=self.day)
        assert verdict.outcome == outcome


def _sums(text: str) -> Vector:
    words = text.split()
    named = dict(zip(words[::2], map(int, words[1::2]), strict=True)) if len(words) > 1 else {}
    return Vector(*(named.pop(account, 0) for account in Vector._fields))
