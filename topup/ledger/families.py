"""Families of wishes: what may be asked of the door, and what each sort must tell it.

Owns the forms only. A family reads, looks up and writes beside the movement; what may move is the
core's to decide, and when, the door's.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from topup.ledger.core import Book, Command, Movement
from topup.ledger.outcomes import Outcome
from topup.trips import Rows, Statement


class Wish(Protocol):
    """A thing asked for that moves money of one seller, such as a sale or an approval."""

    @property
    def seller_id(self) -> int: ...


W = TypeVar("W", bound=Wish)
F = TypeVar("F")
W_contra = TypeVar("W_contra", bound=Wish, contravariant=True)


class Posting(NamedTuple):
    """What came of one wish.

    `fact` is what the movement belongs to, as its family reads it: the one written where the
    outcome is POSTED, the one that was there where it is REPLAYED or REFERENCE_MISMATCH; `differing`
    names the fields of a mismatch.
    """

    outcome: Outcome
    movement: Movement | None = None
    fact: Any = None  # each family of wishes has its own type
    available: int = 0
    limit: int | None = None
    remaining: int | None = None
    differing: tuple[str, ...] = ()


class Family(Protocol[W_contra, F]):
    """A family of wishes: what it reads before it is decided and writes with its movements.

    `looks_up_first` is for families too rare to be worth a happy path.
    """

    looks_up_first: bool

    def reads(self) -> list[Statement]:
        """What every batch reads, on its first trip."""

    def key(self, wish: W_contra) -> Hashable:
        """Two wishes of one key never share a batch; None where there is no key."""

    def lookup(self, wishes: Sequence[W_contra]) -> list[Statement]:
        """What asks the database for the effects that these wishes, or their keys, already had."""

    def known(self, wishes: Sequence[W_contra], rows: Rows) -> dict[int, Posting]:
        """The wishes, by their place, that the rows of `lookup` already settle."""

    def twins(self, wishes: Mapping[int, W_contra], books: Mapping[int, Book]) -> dict[int, Hashable]:
        """What each of these wishes, by place, must not be done twice for; empty where nothing is watched."""

    def look_back(
        self, wishes: Sequence[W_contra], books: Mapping[int, Book], *, now_us: int
    ) -> list[Statement]:
        """What asks whether a twin of these wishes was done a moment ago."""

    def seen(self, wishes: Sequence[W_contra], rows: Rows) -> dict[int, Posting]:
        """The wishes, by their place, that the rows of `look_back` refuse."""

    def duplicate(self, earlier: F) -> Posting:
        """The refusal of a wish whose twin was done earlier in its own batch."""

    def command(self, wish: W_contra, rows: Rows) -> Command | Posting:
        """The movement that this wish asks for, or why there is none.

        `rows` are those of `reads` and, where it looks up first, of `lookup` after them.
        """

    def fact(self, wish: W_contra, movement: Movement, rows: Rows) -> F:
        """What is to stand in the database beside this movement."""

    def writes(self, facts: Sequence[tuple[F, Movement]]) -> list[Statement]:
        """What writes these facts: calls of functions, each for all facts of a kind."""


class RareFamily(Generic[W]):
    """What families have in common that are too rare for a happy path: the wish itself is the fact."""

    looks_up_first = True

    def reads(self) -> list[Statement]:
        return []

    def twins(self, wishes: Mapping[int, W], books: Mapping[int, Book]) -> dict[int, Hashable]:
        return {}

    def look_back(self, wishes: Sequence[W], books: Mapping[int, Book], *, now_us: int) -> list[Statement]:
        return []

    def seen(self, wishes: Sequence[W], rows: Rows) -> dict[int, Posting]:
        return {}

    def duplicate(self, earlier: W) -> Posting:
        raise AssertionError("nothing is watched, so nothing is a duplicate")

    def fact(self, wish: W, movement: Movement, rows: Rows) -> W:
        return wish
