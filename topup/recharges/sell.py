"""Selling a recharge: the family of sales that the ledger's door decides and writes.

Owns what a sale reads and writes beside its movement. It must never move money itself, nor write a
recharge outside the transaction of its movement.
"""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

from topup import sqlfiles
from topup.clock import US_PER_SECOND
from topup.gateways.directory import INSTANT, Directory, OperatorTerms, directory
from topup.ledger import literals
from topup.ledger.core import Book, Command, Kind, Movement
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.recharges import lifecycle, rules
from topup.recharges.rules import Recharge, Sale
from topup.trips import Row, Rows, Statement

SQL = sqlfiles.load(Path(__file__).with_name("sell.sql"))


class Sales:
    """The family of sales. An instant gateway delivers in the transaction of the sale; for any other one
    the price is held, and the worker goes on from there."""

    looks_up_first = False

    def __init__(self, *, duplicate_window_s: int = 0) -> None:
        """`duplicate_window_s` is the window of sellers that have none of their own; 0 for none."""
        self._window_s = duplicate_window_s
        self._directory = Directory(())
        self._read: list[Row] = []

    def reads(self) -> list[Statement]:
        return [(SQL["read_operators"], ())]

    def key(self, wish: Sale) -> Hashable:
        return (wish.seller_id, wish.reference)

    def lookup(self, wishes: Sequence[Sale]) -> list[Statement]:
        sellers = literals.numbers({wish.seller_id for wish in wishes})
        pairs = (literals.numbers(w.seller_id for w in wishes), literals.texts(w.reference for w in wishes))
        return [(SQL["lookup"], (sellers, *pairs))]

    def known(self, wishes: Sequence[Sale], rows: Rows) -> dict[int, Posting]:
        found = {(row[0], row[2]): Recharge(*row) for row in rows[0]}
        return {
            place: _used(wish, recharge)
            for place, wish in enumerate(wishes)
            if (recharge := found.get((wish.seller_id, wish.reference))) is not None
        }

    def twins(self, wishes: Mapping[int, Sale], books: Mapping[int, Book]) -> dict[int, Hashable]:
        windows = {book.seller_id: self._window(book) for book in books.values()}
        if not any(windows.values()):
            return {}
        return {
            place: (sale.seller_id, sale.phone_number, sale.amount)
            for place, sale in wishes.items()
            if windows.get(sale.seller_id) and not sale.allow_duplicate
        }

    def look_back(self, wishes: Sequence[Sale], books: Mapping[int, Book], *, now_us: int) -> list[Statement]:
        since = (now_us - self._window(books[sale.seller_id]) * US_PER_SECOND for sale in wishes)
        arrays = (
            literals.numbers({sale.seller_id for sale in wishes}),
            literals.numbers(sale.seller_id for sale in wishes),
            literals.numbers(sale.phone_number for sale in wishes),
            literals.numbers(sale.amount for sale in wishes),
            literals.numbers(since),
        )
        return [(SQL["twins"], arrays)]

    def seen(self, wishes: Sequence[Sale], rows: Rows) -> dict[int, Posting]:
        return {place - 1: duplicate_of(earlier_id) for place, earlier_id in rows[0]}

    def duplicate(self, earlier: Recharge) -> Posting:
        return duplicate_of(earlier.id)

    def _window(self, book: Book) -> int:
        return self._window_s if book.duplicate_window_s is None else book.duplicate_window_s

    def command(self, wish: Sale, rows: Rows) -> Command | Posting:
        terms = rules.choose_operator(wish, self._operators(rows))
        if isinstance(terms, Outcome):
            return Posting(terms)
        return Command(
            wish.seller_id,
            Kind.RECHARGE if terms.gateway == INSTANT else Kind.HOLD,
            wish.amount,
            "recharge",
            wish.id,
            "user",
            wish.actor_id,
            wish.key_epoch,
            wish.currency,
        )

    def fact(self, wish: Sale, movement: Movement, rows: Rows) -> Recharge:
        terms = rules.choose_operator(wish, self._operators(rows))
        assert isinstance(terms, OperatorTerms), wish
        return Recharge(
            seller_id=wish.seller_id,
            id=wish.id,
            reference=wish.reference,
            phone_number=wish.phone_number,
            operator=terms.code,
            operator_explicit=wish.operator is not None,
            amount=wish.amount,
            currency=wish.currency,
            state=lifecycle.OF_A_SALE[movement.command.kind],
            failure_code=None,
            created_at_us=movement.created_at_us,
            updated_at_us=movement.created_at_us,
            version=movement.seq,
            balance_after=movement.after.available,
            gateway=terms.gateway,
        )

    def _operators(self, rows: Rows) -> Directory:
        """The directory of what this batch read, which is asked for twice by each of its sales."""
        if rows[0] is not self._read:
            self._read, self._directory = rows[0], directory(tuple(rows[0]))
        return self._directory

    def writes(self, facts: Sequence[tuple[Recharge, Movement]]) -> list[Statement]:
        instant = [each for each in facts if each[0].gateway == INSTANT]
        held = facts if not instant else [each for each in facts if each[0].gateway != INSTANT]
        statements: list[Statement] = []
        if instant:
            statements.append((SQL["insert"], _columns(instant)))
        if held:
            gateways = literals.texts(recharge.gateway for recharge, _ in held)
            statements.append((SQL["hold"], (*_columns(held), gateways)))
        return statements


def _columns(facts: Sequence[tuple[Recharge, Movement]]) -> tuple[object, ...]:
    """The seller that leads, then the arrays of `insert_v1` and `hold_v1`."""
    numbers, words, texts = literals.numbers, literals.words, literals.texts
    recharge = literals.columns(Recharge, [recharge for recharge, _ in facts])
    return (
        recharge.seller_id[0],
        numbers(recharge.seller_id),
        words(recharge.id),
        texts(recharge.reference),
        numbers(recharge.phone_number),
        texts(recharge.operator),
        words("t" if explicit else "f" for explicit in recharge.operator_explicit),
        numbers(recharge.amount),
        words(recharge.currency),
        numbers(recharge.version),
        numbers(movement.command.actor_id for _, movement in facts),
        numbers(recharge.created_at_us),
    )


def duplicate_of(earlier_id: str) -> Posting:
    return Posting(Outcome.DUPLICATE_RECHARGE, fact=earlier_id)


def _used(sale: Sale, recharge: Recharge) -> Posting:
    """A sale whose reference is there already: ours, if a connection broke as it was committed."""
    if recharge.id == sale.id:
        return Posting(Outcome.POSTED, fact=recharge)
    differing = rules.differences(sale, recharge)
    if differing:
        return Posting(Outcome.REFERENCE_MISMATCH, fact=recharge, differing=tuple(differing))
    return Posting(Outcome.REPLAYED, fact=recharge)
