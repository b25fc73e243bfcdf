"""A second opinion on the rules of money: one book as an accountant keeps it by hand.

Written from the documented rules with plain integers. It must never import from `topup.ledger`:
what both would share, neither could prove.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

LARGEST = 9_223_372_036_854_775_807
NOTHING_BEFORE = b"\x00" * 32


class Sums(NamedTuple):
    """The five sums of a book."""

    available: int = 0
    held: int = 0
    funded: int = 0
    sold: int = 0
    adjusted: int = 0


class Line(NamedTuple):
    """One line of the journal, and what it says about its cause."""

    number: int
    kind: str
    amount: int
    sums: Sums
    source_type: str
    source_id: str
    actor_type: str
    actor_id: int
    moment_us: int
    sealed: bytes


class Refusal(NamedTuple):
    """Why money does not move; `limit` and `remaining` where a limit is the reason."""

    reason: str
    limit: int | None = None
    remaining: int | None = None


@dataclass
class Model:
    """A seller's book: its sums, its standing, and how much was spent on which day."""

    seller: int
    sums: Sums = field(default_factory=Sums)
    movements: int = 0
    active: bool = True
    epoch: int = 0
    daily_limit: int | None = None
    per_recharge_max: int | None = None
    spent: Counter[date] = field(default_factory=Counter)

    def ask(self, kind: str, amount: int, *, day: date, key_epoch: int | None = None) -> Refusal | None:
        """Move the money, or say why not. The seller's standing comes before the money."""
        refusal = self._standing(kind, amount, day, key_epoch) or self._funds(kind, amount)
        if refusal is not None:
            return refusal
        after = self._after(kind, amount)
        if not _storable(after):
            return Refusal("balance_too_large")
        self.sums = after
        self.movements += 1
        if kind in ("recharge", "hold"):
            self.spent[day] += amount
        return None

    def giving(self, kind: str) -> int | None:
        """How much a movement of this kind could take at most; None where it takes from outside."""
        if kind in ("recharge", "hold", "deduction"):
            return self.sums.available
        if kind in ("capture", "release"):
            return self.sums.held
        return self.sums.sold if kind == "reversal" else None

    def _standing(self, kind: str, amount: int, day: date, key_epoch: int | None) -> Refusal | None:
        if kind not in ("recharge", "hold"):
            return None
        if key_epoch is not None and key_epoch != self.epoch:
            return Refusal("stale_key")
        if not self.active:
            return Refusal("seller_suspended")
        if self.per_recharge_max is not None and amount > self.per_recharge_max:
            return Refusal("per_recharge_max_exceeded", self.per_recharge_max, self.per_recharge_max)
        if self.daily_limit is not None and self.spent[day] + amount > self.daily_limit:
            left = max(0, self.daily_limit - self.spent[day])
            return Refusal("daily_limit_exceeded", self.daily_limit, left)
        return None

    def _funds(self, kind: str, amount: int) -> Refusal | None:
        most = self.giving(kind)
        if most is None or amount <= most:
            return None
        return Refusal("not_reversible" if kind == "reversal" else "insufficient_balance")

    def _after(self, kind: str, amount: int) -> Sums:
        available, held, funded, sold, adjusted = self.sums
        match kind:
            case "credit":
                available, funded = available + amount, funded + amount
            case "recharge":
                available, sold = available - amount, sold + amount
            case "hold":
                available, held = available - amount, held + amount
            case "capture":
                held, sold = held - amount, sold + amount
            case "release":
                held, available = held - amount, available + amount
            case "reversal":
                sold, available = sold - amount, available + amount
            case "adjustment":
                available, adjusted = available + amount, adjusted + amount
            case "deduction":
                available, adjusted = available - amount, adjusted - amount
            case _:
                raise AssertionError(f"the model knows no movement called {kind}")
        return Sums(available, held, funded, sold, adjusted)


def _storable(sums: Sums) -> bool:
    everything = sums.available + sums.held + sums.sold
    return max(*sums, everything) <= LARGEST and sums.adjusted >= -LARGEST


def seal(seller: int, currency: str, line: Line, before: bytes) -> bytes:
    """The hash of a line, byte by byte as the layout is documented."""
    numbers = (seller, line.number, line.amount, *line.sums, line.actor_id, line.moment_us)
    fixed = b"\x01" + b"".join(number.to_bytes(8, "big", signed=True) for number in numbers)
    texts = (currency, line.kind, line.source_type, line.source_id, line.actor_type)
    prefixed = b"".join(len(text.encode()).to_bytes(2, "big") + text.encode() for text in texts)
    return hashlib.sha256(fixed + prefixed + before).digest()


def audit(seller: int, lines: list[Line], *, currency: str = "IRR") -> Sums:
    """Read a journal from its first line to its last, and return the sums it proves.

    Every line must follow from the one before: its number, its sums, its time and its seal.
    """
    book, sealed, moment_us = Model(seller), NOTHING_BEFORE, 0
    for place, line in enumerate(lines, start=1):
        assert line.number == place, f"line {place} is numbered {line.number}"
        refusal = book.ask(line.kind, line.amount, day=date.min)
        assert refusal is None, f"line {place} was not covered: {refusal}"
        assert line.sums == book.sums, f"line {place} says {line.sums}, the lines before say {book.sums}"
        assert line.moment_us >= moment_us, f"line {place} is older than the one before"
        assert line.sealed == seal(seller, currency, line, sealed), f"line {place} has another seal"
        sealed, moment_us = line.sealed, line.moment_us
    return book.sums
