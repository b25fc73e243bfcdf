"""Pages of a list: newest first, by the id of a row at the edge (keyset), never by a count."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, NamedTuple, TypeVar

import msgspec
from litestar.params import Parameter

from topup.api.errors import invalid

MAX_PAGE = 100
DEFAULT_PAGE = 25
FIRST_ID = "00000000-0000-0000-0000-000000000000"
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

PageLimit = Annotated[int, Parameter(ge=1, le=MAX_PAGE, description="Rows of a page")]
Edge = Annotated[str | None, Parameter(description="An id: the page beside this row")]

T = TypeVar("T")
R = TypeVar("R")


class Page(msgspec.Struct, Generic[T], frozen=True):
    data: list[T]
    has_more: bool


class Range(NamedTuple):
    """Rows wanted: ids between `above` and `below`, both left out. `rising` reads from the old end."""

    above: str
    below: str
    limit: int
    rising: bool

    @property
    def fetch(self) -> int:
        return self.limit + 1  # one more tells whether there are more

    def order(self, statement: str) -> str:
        """The statement, which is written newest first, in the order that this range reads."""
        return statement.replace(" DESC", " ASC") if self.rising else statement

    def page(self, rows: Sequence[R], make: Callable[[R], T]) -> Page[T]:
        kept = list(rows[: self.limit])
        if self.rising:
            kept.reverse()
        return Page(data=[make(row) for row in kept], has_more=len(rows) > self.limit)


def wanted(*, limit: int, starting_after: str | None, ending_before: str | None) -> Range:
    """The range that a client's parameters ask for. Raises Problem."""
    if starting_after is not None and ending_before is not None:
        raise invalid("ending_before", "send only one of starting_after and ending_before")
    below = uuid_of("starting_after", starting_after) if starting_after else LAST_ID
    above = uuid_of("ending_before", ending_before) if ending_before else FIRST_ID
    return Range(above, below, limit, rising=ending_before is not None)


def uuid_of(field: str, written: str) -> str:
    if not _UUID.fullmatch(written):
        raise invalid(field, "is not an id")
    return written.lower()


def is_uuid(written: str) -> bool:
    return _UUID.fullmatch(written) is not None
