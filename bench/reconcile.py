"""`python -m bench.reconcile`: how long `topup reconcile_balances` takes, and how much memory.

Makes whole books, with the product's own rules and hashes, and puts them into a fresh installation by
COPY as the superuser, past the door that a million movements would take minutes through. Then it runs
the command as a shell would and watches its memory.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import psycopg

from bench import house, processes
from bench.house import House
from topup import ids
from topup.ledger import chain, core
from topup.ledger.core import NEVER, Book, Command, Kind, Movement

SELLERS = 1_000
MOVEMENTS = 1_000_000
TARGET_S = 60
LIMIT_S = 1_800
CREDIT_MINOR = 10**12
PRICE_MINOR = 5_000
BATCH = 500
"""Movements decided at once."""
START_US = 1_790_000_000_000_000
DAY = date(2026, 9, 21)
COPY_JOURNAL = """
COPY ledger.journal (seller_id, currency, seq, kind, amount, available, held, funded, sold, adjusted,
                     source_type, source_id, actor_type, actor_id, created_at_us, hash) FROM STDIN
"""
COPY_BOOKS = """
COPY ledger.book (seller_id, currency, available, held, funded, sold, adjusted, seq, head_hash,
                  moved_at_us, spent_on, spent_today) FROM STDIN
"""


class Measured(NamedTuple):
    summary: dict[str, int | float]
    rss_bytes: int
    cpu_s: float


def main() -> int:
    """Make the books, run the command, print what it took. 1 where it did not find them whole."""
    asked = _arguments()
    with house.running() as made:
        _fill(made, sellers=asked.sellers, movements=asked.movements)
        measured = [_measure(made) for _ in range(asked.runs)]
    for each in measured:
        print(_sentence(each))
    return 0 if all(each.summary["exit_status"] == 0 for each in measured) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__.split("\n")[0])
    parser.add_argument("--sellers", type=int, default=SELLERS)
    parser.add_argument("--movements", type=int, default=MOVEMENTS, help="of all sellers together")
    parser.add_argument("--runs", type=int, default=1)
    return parser.parse_args()


def _fill(made: House, *, sellers: int, movements: int) -> None:
    with psycopg.connect(made.cluster.dsn("super")) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY sellers_seller (id, name, allowed_ips, created_at) FROM STDIN") as copy:
            for seller in range(1, sellers + 1):
                copy.write_row((seller, f"Seller {seller}", [], "2026-09-21T00:00:00Z"))
        books = []
        with cursor.copy(COPY_JOURNAL) as copy:
            for seller in range(1, sellers + 1):
                book = empty_book(seller)
                for lived, batch in _life(book, movements // sellers):
                    book = lived
                    for movement in batch:
                        copy.write_row(journal_row(movement))
                books.append(book)
        with cursor.copy(COPY_BOOKS) as copy:
            for book in books:
                copy.write_row(book_row(book))
    made.checkpoint()


def empty_book(seller: int) -> Book:
    """The book of a seller that has nothing yet."""
    return Book(
        seller_id=seller, currency="IRR", active=True, key_epoch=0, daily_limit=None, per_recharge_max=None,
        duplicate_window_s=None, available=0, held=0, funded=0, sold=0, adjusted=0, seq=0,
        head_hash=chain.GENESIS, moved_at_us=0, spent_on=NEVER, spent_today=0,
    )  # fmt: skip


def _life(book: Book, movements: int) -> Iterator[tuple[Book, list[Movement]]]:
    """A credit, then sales, decided by the rules: batches, each with the book after it."""
    wanted = [_command(book.seller_id, number) for number in range(movements)]
    for start in range(0, movements, BATCH):
        now_us = START_US + start * 1_000
        book, verdicts = core.decide(book, wanted[start : start + BATCH], now_us=now_us, today=DAY)
        yield book, [verdict.movement for verdict in verdicts if verdict.movement is not None]


def _command(seller: int, number: int) -> Command:
    kind, amount = (Kind.RECHARGE, PRICE_MINOR) if number else (Kind.CREDIT, CREDIT_MINOR)
    return Command(
        seller_id=seller,
        kind=kind,
        amount=amount,
        source_type="recharge" if number else "credit_request",
        source_id=ids.new(seller),
        actor_type="user",
        actor_id=1,
    )


def journal_row(movement: Movement) -> tuple[object, ...]:
    """A row of COPY_JOURNAL."""
    c = movement.command
    return (
        c.seller_id, c.currency, movement.seq, str(c.kind), c.amount, *movement.after, c.source_type,
        c.source_id, c.actor_type, c.actor_id, movement.created_at_us, movement.hash,
    )  # fmt: skip


def book_row(book: Book) -> tuple[object, ...]:
    """A row of COPY_BOOKS."""
    return (
        book.seller_id, book.currency, *book.vector, book.seq, book.head_hash, book.moved_at_us,
        book.spent_on, book.spent_today,
    )  # fmt: skip


def _measure(made: House) -> Measured:
    finished = processes.run(
        made.installation.command("reconcile_balances", "--format", "json"),
        limit_s=LIMIT_S,
        env=made.installation.environment(),
        directory=made.installation.home,
    )
    return Measured(json.loads(finished.output)["summary"], finished.rss_bytes, finished.cpu_s)


def _sentence(measured: Measured) -> str:
    summary = measured.summary
    verdict = "reached" if summary["seconds"] < TARGET_S else "missed"
    return (
        f"{summary['books']:,} books, {summary['movements']:,} movements: {summary['verified']:,} verified "
        f"in {summary['seconds']} s ({summary['movements_per_second']:,} movements/s), most memory "
        f"{measured.rss_bytes / 2**20:.0f} MiB, CPU of the command {measured.cpu_s:.1f} s. "
        f"The target of {TARGET_S} s for a million is {verdict}."
    )


if __name__ == "__main__":
    sys.exit(main())
