"""Pages of a list in the portal: newest first, by the id at their edge (keyset), never by a count.

Owns the query string (`?before=<id>` older, `?after=<id>` newer) and what `parts/pages.html` shows. A
page costs the same wherever it stands in the list.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.http import HttpRequest

ROWS = 25
"""Rows of a page."""
FIRST_ID = "00000000-0000-0000-0000-000000000000"
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

R = TypeVar("R")


class Part(NamedTuple, Generic[R]):
    """The rows of a page, and the query strings of its neighbours, empty where there is none."""

    rows: list[R]
    newer: str
    older: str


class Wanted(NamedTuple):
    """Ids between `above` and `below`, both left out; a statement that ends in ORDER BY … DESC LIMIT."""

    above: str
    below: str
    rising: bool
    others: str
    rows: int = ROWS

    @property
    def fetch(self) -> int:
        return self.rows + 1  # one more tells whether there are more

    def order(self, statement: str) -> str:
        """The statement, which is written newest first, in the order that this page reads."""
        return statement.replace(" DESC", " ASC") if self.rising else statement

    def part(self, found: Sequence[R], id_of: Callable[[R], str]) -> Part[R]:
        kept = list(found[: self.rows])
        if self.rising:
            kept.reverse()
        more = len(found) > self.rows
        newer = more if self.rising else self.below != LAST_ID
        older = True if self.rising else more
        return Part(
            kept,
            f"?{self.others}after={id_of(kept[0])}" if kept and newer else "",
            f"?{self.others}before={id_of(kept[-1])}" if kept and older else "",
        )


def wanted(request: HttpRequest, *, rows: int = ROWS) -> Wanted:
    """The page that a query string asks for; what is no id asks for the newest."""
    after, before = _id(request, "after"), _id(request, "before")
    query: Any = request.GET.copy()  # a QueryDict
    for name in ("after", "before", "seen"):  # the edges, and what a live part shows already
        query.pop(name, None)
    others = f"{query.urlencode()}&" if query else ""
    return Wanted(after or FIRST_ID, before or LAST_ID, bool(after), others, rows)


def _id(request: HttpRequest, name: str) -> str:
    written = request.GET.get(name, "")
    return written.lower() if _UUID.fullmatch(written) else ""
