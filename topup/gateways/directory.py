"""Which operator a number belongs to, from the operators' rows. Pure.

A prefix is a hint: numbers move between operators and keep their digits, so an operator that the
seller names wins.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

MAX_PREFIX = 8


INSTANT = "instant"
"""The gateway that counts as delivered in the transaction of the sale."""


class OperatorTerms(NamedTuple):
    """What a sale needs to know of an operator; amounts in minor units."""

    code: str
    active: bool
    gateway: str
    min_minor: int
    max_minor: int


class Directory:
    """The operators by code and by prefix; the longest prefix wins."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:  # rows of sell.sql's read_operators
        self.by_code: dict[str, OperatorTerms] = {}
        self._by_prefix: dict[str, OperatorTerms] = {}
        for code, active, gateway, min_minor, max_minor, prefixes in rows:
            terms = OperatorTerms(code, active, gateway, min_minor, max_minor)
            self.by_code[code] = terms
            self._by_prefix.update(dict.fromkeys(filter(None, prefixes.split(",")), terms))
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix}, reverse=True)

    def of(self, national_digits: str) -> OperatorTerms | None:
        for length in self._lengths:
            terms = self._by_prefix.get(national_digits[:length])
            if terms is not None:
                return terms
        return None


@lru_cache(maxsize=4)
def directory(rows: tuple[tuple[Any, ...], ...]) -> Directory:
    """The directory of these rows; batches read the same rows, so it is made once."""
    return Directory(rows)
