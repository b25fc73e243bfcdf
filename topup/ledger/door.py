"""The one door through which money moves, as a procedure without I/O.

Owns the order of statements in a posting transaction: begin, lock the books, decide, write
movements and the facts they belong to, commit. It must never do I/O itself: `procedure()` yields
steps (statements for one round trip) and receives their rows, and a shell drives it, asynchronous
(`poster.py`) or not (`direct.py`).
"""

from collections.abc import Callable, Generator, Hashable, Mapping, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Generic

from topup import clock, sqlfiles
from topup.ledger import core, literals
from topup.ledger.core import Book, Command, Movement, Vector, Verdict
from topup.ledger.families import F, Family, Posting, W
from topup.ledger.outcomes import Outcome
from topup.trips import Row, Rows, Statement, Step

SQL = sqlfiles.load(Path(__file__).with_name("queries.sql"))

Procedure = Generator[Step, Rows, "list[Posting]"]

More = Callable[[Set[int]], Sequence[W]]
"""Given sellers, further wishes of theirs."""

BEGIN: Statement = (SQL["begin"], ())
COMMIT: Statement = (SQL["commit"], ())
ROLLBACK: Statement = (SQL["rollback"], ())
ALONE: Statement = (SQL["alone"], ())
IF_FREE = " SKIP LOCKED"
"""What makes `lock_books` pass over the books that others have locked."""
PASSED_OVER = Posting(Outcome.OVERLOADED)
"""What comes of a wish whose book was passed over: nothing at all. Told by its identity."""


def procedure(
    wishes: Sequence[W],
    family: Family[W, F],
    *,
    now: Callable[[], int],
    zone: str,
    careful: bool,
    passing: bool = False,
    more: More[W] | None = None,
) -> Procedure:
    """One attempt at a batch, in one transaction. Returns a posting per wish, in order.

    `careful` looks every wish up first; without it only those that were refused are looked up, and
    a reference that was used raises 23505 from the database. Two round trips on the happy path.
    `passing` waits for no book: the wishes of those that others have locked are PASSED_OVER. Without care, so
    are those that have no book at all.
    Once the books are locked, `now` tells the microsecond, and `more`, where there is no need for care, the
    wishes that came meanwhile: they go behind the others.
    """
    careful = careful or family.looks_up_first
    sellers = (literals.numbers(sorted({wish.seller_id for wish in wishes})),)
    reads = family.reads()
    step = [(SQL["lock_books"] + (IF_FREE if passing else ""), sellers), *reads]
    begin = [BEGIN, (SQL["read_books"], sellers)] if passing and careful else [BEGIN]
    answers = yield begin + step + (family.lookup(wishes) if careful else [])
    locked, *rows = answers[len(begin) :]
    books = {book.seller_id: book for book in map(load_book, locked)}

    settled = family.known(wishes, rows[len(reads) :]) if careful else {}
    if more and not careful:
        wishes = [*wishes, *more(books.keys())]
    now_us = now()
    if passing:
        there = {row[0] for row in answers[1]} if careful else {wish.seller_id for wish in wishes}
        settled |= _passed_over(wishes, there - books.keys())
    commands: dict[int, Command] = {}
    for place, wish in enumerate(wishes):
        if place not in settled:
            command = family.command(wish, rows)
            if isinstance(command, Posting):
                settled[place] = command
            else:
                commands[place] = command
    twins = family.twins({place: wishes[place] for place in commands}, books)
    if twins:
        settled |= yield from _done_before(wishes, family, books, list(twins), now_us)
    batch = _Batch(wishes, family, rows, books, now_us, clock.day_in(zone, now_us))
    batch.decide({p: command for p, command in commands.items() if p not in settled}, twins)
    settled |= batch.postings
    if not careful:
        settled |= yield from _used_before(wishes, family, settled)
    if batch.written:
        movements = [movement for _, movement in batch.written]
        moved = batch.moved
        posted = [_post(books, moved, movements), *_warnings(moved, movements)]
        yield [*posted, *family.writes(batch.written), COMMIT]
    elif any(posting.fact is not None for posting in settled.values()):
        # What was found may be committed and not copied yet, where a wait for a standby was cut off. The
        # locks make this commit wait too, behind it: nobody is told of what a fail-over could still lose.
        yield [ALONE, COMMIT]
    else:
        yield [ROLLBACK]
    return [settled[place] for place in range(len(wishes))]


def _passed_over(wishes: Sequence[W], sellers: Set[int]) -> dict[int, Posting]:
    """The wishes of these sellers, whose books others have, whatever was found out about them."""
    return {place: PASSED_OVER for place, wish in enumerate(wishes) if wish.seller_id in sellers}


class _Batch(Generic[W, F]):
    """The decisions of one batch: books as they become, postings by place, facts to write."""

    def __init__(
        self,
        wishes: Sequence[W],
        family: Family[W, F],
        rows: Rows,
        books: Mapping[int, Book],
        now_us: int,
        today: date,
    ) -> None:
        self._wishes = wishes
        self._family = family
        self._rows = rows
        self._before = books
        self._books = dict(books)
        self._now_us = now_us
        self._today = today
        self.postings: dict[int, Posting] = {}
        self.written: list[tuple[F, Movement]] = []

    @property
    def moved(self) -> list[Book]:
        return [book for seller, book in self._books.items() if book.seq != self._before[seller].seq]

    def decide(self, commands: Mapping[int, Command], twins: Mapping[int, Hashable]) -> None:
        """Decide commands in turns: of twins, the first; the next only where that was refused."""
        waiting = dict(commands)
        done: dict[Hashable, F] = {}
        while waiting:
            turn = _firsts(waiting, twins)
            for place, verdict in decide_all(
                self._books, turn, now_us=self._now_us, today=self._today
            ).items():
                fact = self._settle(place, verdict)
                if fact is not None and place in twins:
                    done[twins[place]] = fact
                del waiting[place]
            for place in [place for place in waiting if twins.get(place) in done]:
                self.postings[place] = self._family.duplicate(done[twins[place]])
                del waiting[place]

    def _settle(self, place: int, verdict: Verdict) -> F | None:
        fact = None
        if verdict.movement is not None:
            fact = self._family.fact(self._wishes[place], verdict.movement, self._rows)
            self.written.append((fact, verdict.movement))
        self.postings[place] = Posting(
            verdict.outcome, verdict.movement, fact, verdict.available, verdict.limit, verdict.remaining
        )
        return fact


def _firsts(commands: Mapping[int, Command], twins: Mapping[int, Hashable]) -> dict[int, Command]:
    """The commands without those whose twin comes before them."""
    if not twins:
        return dict(commands)
    seen: set[Hashable] = set()
    firsts = {}
    for place, command in commands.items():
        twin = twins.get(place)
        if twin is None or twin not in seen:
            seen.add(twin)
            firsts[place] = command
    return firsts


def _done_before(
    wishes: Sequence[W], family: Family[W, F], books: Mapping[int, Book], places: list[int], now_us: int
) -> Generator[Step, Rows, dict[int, Posting]]:
    """The wishes whose twin was done a moment ago, under another key."""
    watched = [place for place in places if wishes[place].seller_id in books]
    if not watched:
        return {}
    some = [wishes[place] for place in watched]
    seen = family.seen(some, (yield family.look_back(some, books, now_us=now_us)))
    return {watched[nth]: posting for nth, posting in seen.items()}


def _used_before(
    wishes: Sequence[W], family: Family[W, F], settled: dict[int, Posting]
) -> Generator[Step, Rows, dict[int, Posting]]:
    """The refused wishes whose key has an effect already: a retry is answered with that instead."""
    refused = [
        place for place, posting in settled.items() if posting.movement is None and posting is not PASSED_OVER
    ]
    if not refused:
        return {}
    some = [wishes[place] for place in refused]
    found = family.known(some, (yield family.lookup(some)))
    return {refused[nth]: posting for nth, posting in found.items()}


def decide_all(
    books: dict[int, Book], commands: Mapping[int, Command], *, now_us: int, today: date
) -> dict[int, Verdict]:
    """Apply commands, by place, each to its own book, in `books` itself. Returns a verdict each."""
    by_seller: dict[int, list[int]] = {}
    for place, command in commands.items():
        by_seller.setdefault(command.seller_id, []).append(place)
    verdicts: dict[int, Verdict] = {}
    for seller_id, places in by_seller.items():
        book = books.get(seller_id)
        if book is None:
            verdicts.update((place, Verdict(Outcome.NO_BOOK)) for place in places)
            continue
        wanted = [commands[place] for place in places]
        books[seller_id], results = core.decide(book, wanted, now_us=now_us, today=today)
        verdicts.update(zip(places, results, strict=True))
    return verdicts


def load_book(row: Row) -> Book:
    return Book(*row)


def _post(before: Mapping[int, Book], after: list[Book], movements: list[Movement]) -> Statement:
    key_seller = after[0].seller_id
    return (SQL["post"], (key_seller, *_book_arrays(before, after), *_journal_arrays(movements)))


def _warnings(moved: list[Book], movements: list[Movement]) -> list[Statement]:
    """What keeps the movements that went under the threshold of a watched book; nothing where none did."""
    watched = {
        book.seller_id: book.low_balance_threshold for book in moved if book.low_balance_threshold is not None
    }
    if not watched:
        return []
    under = [
        (movement, threshold)
        for movement in movements
        if (threshold := watched.get(movement.command.seller_id)) and core.goes_under(movement, threshold)
    ]
    if not under:
        return []
    numbers = literals.numbers
    arrays = (
        numbers(movement.command.seller_id for movement, _ in under),
        literals.words(movement.command.currency for movement, _ in under),
        numbers(movement.seq for movement, _ in under),
        numbers(threshold for _, threshold in under),
        numbers(movement.after.available for movement, _ in under),
    )
    return [(SQL["warn"], (under[0][0].command.seller_id, *arrays))]


def _book_arrays(before: Mapping[int, Book], after: list[Book]) -> list[str]:
    numbers, words = literals.numbers, literals.words
    book = literals.columns(Book, after)
    return [
        numbers(book.seller_id),
        words(book.currency),
        numbers(before[seller_id].seq for seller_id in book.seller_id),
        numbers(book.seq),
        numbers(book.available),
        numbers(book.held),
        numbers(book.funded),
        numbers(book.sold),
        numbers(book.adjusted),
        numbers(book.moved_at_us),
        words(map(date.isoformat, book.spent_on)),
        numbers(book.spent_today),
        literals.byte_strings(book.head_hash),
    ]


def _journal_arrays(movements: list[Movement]) -> list[str]:
    numbers, words = literals.numbers, literals.words
    movement = literals.columns(Movement, movements)
    command = literals.columns(Command, movement.command)
    after = literals.columns(Vector, movement.after)
    return [
        numbers(command.seller_id),
        words(command.currency),
        numbers(movement.seq),
        words(command.kind),
        numbers(command.amount),
        numbers(after.available),
        numbers(after.held),
        numbers(after.funded),
        numbers(after.sold),
        numbers(after.adjusted),
        words(command.source_type),
        words(command.source_id),
        words(command.actor_type),
        numbers(command.actor_id),
        numbers(movement.created_at_us),
        literals.byte_strings(movement.hash),
    ]
