"""What would come of a sale, told without selling: the same rules, on a book as it was read.

Owns nothing but the way there. It must never move money nor promise anything: another sale may come first.
"""

from collections.abc import Sequence

from topup import clock
from topup.gateways.directory import Directory, directory
from topup.ledger import core, door, literals
from topup.ledger.core import Book
from topup.ledger.families import Posting
from topup.money import MAX_MINOR
from topup.recharges.rules import Sale
from topup.recharges.sell import SQL, Sales
from topup.trips import Row, Rows, Statement

_SALES = Sales()


def reads(seller_id: int) -> list[Statement]:
    """What reads the seller's book, and the operators."""
    return [(door.SQL["read_books"], (literals.numbers([seller_id]),)), (SQL["read_operators"], ())]


def read(rows: Rows) -> tuple[Book, list[Row]]:
    """The book and the operators from the rows of `reads`."""
    (book,), operators = rows
    return door.load_book(book), operators


def directory_of(operators: Sequence[Row]) -> Directory:
    return directory(tuple(operators))


def trial(*, sale: Sale, book: Book, operators: Sequence[Row], now_us: int, zone: str) -> Posting:
    """The posting that this sale would have, without a fact, were it the next to come to this book."""
    command = _SALES.command(sale, [list(operators)])
    if isinstance(command, Posting):
        return command
    _, (verdict,) = core.decide(book, [command], now_us=now_us, today=clock.day_in(zone, now_us))
    return Posting(
        verdict.outcome,
        verdict.movement,
        available=verdict.available,
        limit=verdict.limit,
        remaining=verdict.remaining,
    )


def with_plenty(book: Book) -> Book:
    """The same book as if it were active, without a daily limit and full: what it refuses then, it always
    refuses."""
    return book._replace(active=True, daily_limit=None, available=MAX_MINOR, held=0, sold=0)
