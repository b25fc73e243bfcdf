"""A database as it is after a million recharges: whole books, their journal, and what stands beside them.

Owns how such rows come about: decided by the product's own rules, hashed by its own chain, and put in by
COPY as the superuser, past the door that they would take an hour through. It measures nothing.
"""

from datetime import UTC, date, datetime
from typing import NamedTuple

import psycopg
from psycopg import Copy

from bench.reconcile import COPY_BOOKS, COPY_JOURNAL, book_row, empty_book, journal_row
from topup import clock, ids
from topup.ledger import core
from topup.ledger.core import Book, Command, Kind, Movement

CREDIT_MINOR = 10**11
SALES_OF_A_CREDIT = 1_000
PRICE_MINOR = 5_000
AT_ONCE = 100
"""Sales decided at one moment."""
FAILED_EVERY, REVERSED_EVERY = 40, 100
NUMBERS = 200_000
"""Different phone numbers; one sale in OFTEN_EVERY goes to the number OFTEN."""
OFTEN, OFTEN_EVERY = 989121234567, 50
OPERATORS = ("mci", "irancell", "rightel")
DAYS = 10
"""The recharges are spread evenly over so many days, up to now."""
SPAN_US = DAYS * 86_400 * clock.US_PER_SECOND

RECHARGES = """COPY recharges.recharge (seller_id, id, reference, phone_number, operator, operator_explicit,
  amount, currency, hold_seq, settle_seq, reverse_seq, actor_id, created_at_us, updated_at_us, state,
  reversal_reason) FROM STDIN"""
REQUESTS = """COPY credit.credit_request (seller_id, id, amount, currency, note, requested_by, created_at_us,
  state, decided_by, decided_at_us, credit_seq) FROM STDIN"""
ENTRIES = """COPY audit.entry (seller_id, id, at_us, actor_id, act, subject_type, subject_id, reason,
  request_id) FROM STDIN"""
SELLERS = "COPY sellers_seller (id, name, allowed_ips, created_at) FROM STDIN"


class Plan(NamedTuple):
    """How many sellers there are and how many sales; the first seller has `most` of them."""

    sellers: int
    sales: int
    most: int

    def of(self, seller: int) -> int:
        """The sales of one seller; sellers are numbered from 1, as their owners are."""
        return self.most if seller == 1 else (self.sales - self.most) // (self.sellers - 1)

    @property
    def staff(self) -> int:
        """The user who approved every credit."""
        return self.sellers + 1


class Sale(NamedTuple):
    """One recharge and what its money does."""

    id: str
    place: int
    at_us: int
    kinds: tuple[Kind, ...]

    @property
    def state(self) -> str:
        ends = {Kind.RELEASE: "failed", Kind.REVERSAL: "reversed"}
        return ends.get(self.kinds[-1], "succeeded")


class _Tables(NamedTuple):
    journal: Copy
    recharges: Copy
    requests: Copy
    entries: Copy


def fill(dsn: str, plan: Plan, *, now_us: int) -> None:
    """Everything but the people who log in, and the statistics that a planner needs."""
    with psycopg.connect(dsn) as own, own.cursor() as cursor, cursor.copy(SELLERS) as copy:
        for seller in range(1, plan.sellers + 1):
            copy.write_row((seller, f"Seller {seller}", [], datetime(2026, 1, 1, tzinfo=UTC)))
    books = _lives(dsn, plan, now_us)
    with psycopg.connect(dsn, autocommit=True) as own:
        with own.cursor() as cursor, cursor.copy(COPY_BOOKS) as copy:
            for book in books:
                copy.write_row(book_row(book))
        own.execute("SELECT setval('sellers_seller_id_seq', %s)", (plan.sellers,))
        own.execute("VACUUM ANALYZE")


def _lives(dsn: str, plan: Plan, now_us: int) -> list[Book]:
    """One connection to a table: each COPY runs as long as the sellers' lives are made up."""
    with (
        psycopg.connect(dsn) as a, psycopg.connect(dsn) as b, psycopg.connect(dsn) as c,
        psycopg.connect(dsn) as d, a.cursor().copy(COPY_JOURNAL) as journal,
        b.cursor().copy(RECHARGES) as recharges, c.cursor().copy(REQUESTS) as requests,
        d.cursor().copy(ENTRIES) as entries,
    ):  # fmt: skip
        tables = _Tables(journal, recharges, requests, entries)
        return [_live(tables, plan, seller, now_us - SPAN_US) for seller in range(1, plan.sellers + 1)]


def _live(tables: _Tables, plan: Plan, seller: int, begin_us: int) -> Book:
    book, count = empty_book(seller), plan.of(seller)
    for start in range(0, count, AT_ONCE):
        at_us = begin_us + start * SPAN_US // count
        if start % SALES_OF_A_CREDIT == 0:
            book = _credit(tables, book, plan, at_us)
        sales = [_sale(seller, place, at_us) for place in range(start, min(start + AT_ONCE, count))]
        book = _sell(tables, book, sales)
    return book


def _credit(tables: _Tables, book: Book, plan: Plan, at_us: int) -> Book:
    """A request that staff approved, which is in the audit log too."""
    seller = book.seller_id
    request = ids.compose(moment_us=at_us, tail=book.seq, seller_id=seller)
    wish = _command(seller, Kind.CREDIT, CREDIT_MINOR, "credit_request", request, plan.staff)
    lived, (verdict,) = core.decide(book, [wish], now_us=at_us, today=_day(at_us))
    assert verdict.movement is not None
    tables.journal.write_row(journal_row(verdict.movement))
    decided = ("approved", plan.staff, at_us, verdict.movement.seq)
    tables.requests.write_row((seller, request, CREDIT_MINOR, "IRR", "", seller, at_us, *decided))
    entry = (seller, ids.compose(moment_us=at_us, tail=book.seq, seller_id=seller), at_us, plan.staff)
    tables.entries.write_row((*entry, "credit_approved", "credit_request", request, "", ""))
    return lived


def _sale(seller: int, place: int, at_us: int) -> Sale:
    kinds: tuple[Kind, ...] = (Kind.RECHARGE,)
    if place % FAILED_EVERY == FAILED_EVERY - 1:
        kinds = (Kind.HOLD, Kind.RELEASE)
    elif place % REVERSED_EVERY == 1:
        kinds = (Kind.RECHARGE, Kind.REVERSAL)
    return Sale(ids.compose(moment_us=at_us, tail=place, seller_id=seller), place, at_us, kinds)


def _sell(tables: _Tables, book: Book, sales: list[Sale]) -> Book:
    seller, at_us = book.seller_id, sales[0].at_us
    wishes = [
        _command(seller, kind, PRICE_MINOR, "recharge", sale.id, seller)
        for sale in sales
        for kind in sale.kinds
    ]
    lived, verdicts = core.decide(book, wishes, now_us=at_us, today=_day(at_us))
    movements = iter([verdict.movement for verdict in verdicts])
    for sale in sales:
        own = [movement for _, movement in zip(sale.kinds, movements, strict=False)]
        for movement in own:
            assert movement is not None
            tables.journal.write_row(journal_row(movement))
        tables.recharges.write_row(_recharge_row(seller, sale, own))
    return lived


def _recharge_row(seller: int, sale: Sale, own: list[Movement | None]) -> tuple[object, ...]:
    seqs = {kind: movement.seq for kind, movement in zip(sale.kinds, own, strict=True) if movement}
    number = OFTEN if sale.place % OFTEN_EVERY == 0 else 989_350_000_000 + sale.place * 7_919 % NUMBERS
    settled = seqs.get(Kind.RECHARGE, seqs.get(Kind.RELEASE))
    return (
        seller, sale.id, f"order-{sale.place}", number, OPERATORS[sale.place % len(OPERATORS)], False,
        PRICE_MINOR, "IRR", seqs.get(Kind.HOLD), settled, seqs.get(Kind.REVERSAL), seller, sale.at_us,
        sale.at_us, sale.state, "asked for" if sale.state == "reversed" else None,
    )  # fmt: skip


def _command(seller: int, kind: Kind, amount: int, source: str, source_id: str, by: int) -> Command:
    return Command(
        seller_id=seller, kind=kind, amount=amount, source_type=source, source_id=source_id,
        actor_type="user", actor_id=by,
    )  # fmt: skip


def _day(at_us: int) -> date:
    return clock.from_us(at_us).date()
