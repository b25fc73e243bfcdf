"""The one door through which money moves, as a procedure without I/O.

Owns the order of statements in a posting transaction: begin, lock the books, decide, write
movements and the facts they belong to, commit. It must never do I/O itself: `procedure()` yields
steps (statements for one round trip) and receives their rows, and a shell drives it, asynchronous
(`poster.py`) or not (`direct.py`).
"""

from collections.abc import Generator, Hashable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from topup import clock, sqlfiles
from topup.ledger import core, literals
from topup.ledger.core import Book, Command, Movement, Verdict
from topup.ledger.outcomes import Outcome
from topup.trips import Row, Rows, Statement, Step

SQL = sqlfiles.load(Path(__file__).with_name("queries.sql"))

Procedure = Generator[Step, Rows, "list[Posting]"]

BEGIN: Statement = (SQL["begin"], ())
HURRY: Statement = (SQL["hurry"], ())
COMMIT: Statement = (SQL["commit"], ())
ROLLBACK: Statement = (SQL["rollback"], ())


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

    def command(self, wish: W_contra, rows: Rows) -> Command | Posting:
        """The movement that this wish asks for, or why there is none.

        `rows` are those of `reads` and, where it looks up first, of `lookup` after them.
        """

    def fact(self, wish: W_contra, movement: Movement, rows: Rows) -> F:
        """What is to stand in the database beside this movement."""

    def writes(self, facts: Sequence[tuple[F, Movement]]) -> list[Statement]:
        """What writes these facts: calls of functions, each for all facts of a kind."""


def procedure(
    wishes: Sequence[W],
    family: Family[W, F],
    *,
    now_us: int,
    zone: str,
    careful: bool,
    hurried: bool = False,
) -> Procedure:
    """One attempt at a batch, in one transaction. Returns a posting per wish, in order.

    `careful` looks every wish up first; without it only those that were refused are looked up, and
    a reference that was used raises 23505 from the database. Two round trips on the happy path.
    `hurried` hardly waits for a locked book.
    """
    careful = careful or family.looks_up_first
    sellers = sorted({wish.seller_id for wish in wishes})
    reads = family.reads()
    step = [(SQL["lock_books"], (literals.numbers(sellers),)), *reads]
    begin = [BEGIN, HURRY] if hurried else [BEGIN]
    answers = yield begin + step + (family.lookup(wishes) if careful else [])
    locked, *rows = answers[len(begin) :]
    books = {book.seller_id: book for book in map(load_book, locked)}

    settled = family.known(wishes, rows[len(reads) :]) if careful else {}
    commands: dict[int, Command] = {}
    for place, wish in enumerate(wishes):
        if place not in settled:
            command = family.command(wish, rows)
            if isinstance(command, Posting):
                settled[place] = command
            else:
                commands[place] = command
    after, verdicts = decide_all(books, commands, now_us=now_us, today=clock.day_in(zone, now_us))
    written = []
    for place, verdict in verdicts.items():
        fact = None
        if verdict.movement is not None:
            fact = family.fact(wishes[place], verdict.movement, rows)
            written.append((fact, verdict.movement))
        settled[place] = Posting(
            outcome=verdict.outcome,
            movement=verdict.movement,
            fact=fact,
            available=verdict.available,
            limit=verdict.limit,
            remaining=verdict.remaining,
        )
    if not careful:
        settled |= yield from _used_before(wishes, family, settled)
    if written:
        yield [_post(books, after, [m for _, m in written]), *family.writes(written), COMMIT]
    else:
        yield [ROLLBACK]
    return [settled[place] for place in range(len(wishes))]


def _used_before(
    wishes: Sequence[W], family: Family[W, F], settled: dict[int, Posting]
) -> Generator[Step, Rows, dict[int, Posting]]:
    """The refused wishes whose key has an effect already: a retry is answered with that instead."""
    refused = [place for place, posting in settled.items() if posting.movement is None]
    if not refused:
        return {}
    some = [wishes[place] for place in refused]
    found = family.known(some, (yield family.lookup(some)))
    return {refused[nth]: posting for nth, posting in found.items()}


def decide_all(
    books: dict[int, Book], commands: dict[int, Command], *, now_us: int, today: date
) -> tuple[list[Book], dict[int, Verdict]]:
    """Apply commands, by place, each to its own book. Returns the books that moved and a verdict each."""
    by_seller: dict[int, list[int]] = {}
    for place, command in commands.items():
        by_seller.setdefault(command.seller_id, []).append(place)
    moved: list[Book] = []
    verdicts: dict[int, Verdict] = {}
    for seller_id, places in by_seller.items():
        book = books.get(seller_id)
        if book is None:
            verdicts.update((place, Verdict(Outcome.NO_BOOK)) for place in places)
            continue
        after, results = core.decide(book, [commands[place] for place in places], now_us=now_us, today=today)
        verdicts.update(zip(places, results, strict=True))
        if after.seq != book.seq:
            moved.append(after)
    return moved, verdicts


def load_book(row: Row) -> Book:
    return Book(*row)


def _post(before: dict[int, Book], after: list[Book], movements: list[Movement]) -> Statement:
    key_seller = after[0].seller_id
    return (SQL["post"], (key_seller, *_book_arrays(before, after), *_journal_arrays(movements)))


def _book_arrays(before: dict[int, Book], after: list[Book]) -> list[str]:
    numbers = literals.numbers
    return [
        numbers(b.seller_id for b in after),
        literals.words(b.currency for b in after),
        numbers(before[b.seller_id].seq for b in after),
        numbers(b.seq for b in after),
        numbers(b.available for b in after),
        numbers(b.held for b in after),
        numbers(b.funded for b in after),
        numbers(b.sold for b in after),
        numbers(b.adjusted for b in after),
        numbers(b.moved_at_us for b in after),
        literals.words(b.spent_on.isoformat() for b in after),
        numbers(b.spent_today for b in after),
        literals.byte_strings(b.head_hash for b in after),
    ]


def _journal_arrays(movements: list[Movement]) -> list[str]:
    numbers, words = literals.numbers, literals.words
    commands = [m.command for m in movements]
    vectors = [m.after for m in movements]
    return [
        numbers(c.seller_id for c in commands),
        words(c.currency for c in commands),
        numbers(m.seq for m in movements),
        words(c.kind for c in commands),
        numbers(c.amount for c in commands),
        numbers(v.available for v in vectors),
        numbers(v.held for v in vectors),
        numbers(v.funded for v in vectors),
        numbers(v.sold for v in vectors),
        numbers(v.adjusted for v in vectors),
        words(c.source_type for c in commands),
        words(c.source_id for c in commands),
        words(c.actor_type for c in commands),
        numbers(c.actor_id for c in commands),
        numbers(m.created_at_us for m in movements),
        literals.byte_strings(m.hash for m in movements),
    ]
