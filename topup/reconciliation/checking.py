"""A check of everything that is money: books, journals, the facts beside them, and seals where given.

Owns how it is read: one snapshot, in pages, so that sales go on and memory stays flat. It must never write
or lock; what is wrong is judged in `topup/ledger/proof.py` and `facts.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from topup import sqlfiles, trips
from topup.ledger import chain, literals
from topup.ledger.proof import Report
from topup.ledger.verify import snapshot, verify
from topup.reconciliation import facts
from topup.reconciliation.facts import (
    TABLES,
    Adjustment,
    Fact,
    Flaw,
    Found,
    Key,
    Movement,
    Recharge,
    Request,
    Sealed,
)
from topup.trips import Connection, Row

SQL = sqlfiles.load(Path(__file__).with_name("facts.sql"))

PAGE_MOVEMENTS = 2_000
"""Movements, or facts, read at once: some megabytes, and few enough for any statement's time-out."""
MAX_FOUND = 20
"""Faults told of one book; one is enough to distrust it."""
NAMING: dict[str, tuple[str, tuple[str, ...]]] = {
    "recharges_after": (TABLES["recharge"], ("hold_seq", "settle_seq", "reverse_seq")),
    "requests_after": (TABLES["credit_request"], ("credit_seq",)),
    "adjustments_after": (TABLES["adjustment"], ("seq",)),
}
"""Statements that read facts in pages, and the columns that name movements."""
FIRST_ID = "00000000-0000-0000-0000-000000000000"
NO_FACTS = bytes(32)
"""The digest of the facts before the first movement."""


class Checked(NamedTuple):
    """What came of one book. `report` is None where there is no book."""

    seller_id: int
    currency: str
    version: int
    movements: int
    found: tuple[Found, ...]


SealedBooks = Mapping[tuple[int, str], Sequence[Sealed]]


def check(
    connection: Connection, *, seller_id: int | None = None, seals: SealedBooks | None = None
) -> Iterator[Checked]:
    """What came of each book, of one seller or of all, in order; then of what should have one.

    The connection must be outside a transaction; it is used until the iterator ends or is closed.
    """
    sealed = dict(seals or {})
    for report in verify(connection, seller_id=seller_id):
        mine = sealed.pop((report.seller_id, report.currency), ())
        found = [*_of_ledger(report), *_of_facts(connection, report, mine)]
        yield Checked(
            report.seller_id, report.currency, report.version, report.movements, tuple(found[:MAX_FOUND])
        )
    if seller_id is None:
        yield from _everywhere(connection)
    for (seller, currency), kept in sealed.items():
        if seller_id in (None, seller):
            yield _lost(seller, currency, kept)


def digests(
    connection: Connection, *, seller_id: int, currency: str, since: int, digest: bytes, until: int
) -> bytes:
    """The digest of a book's facts up to a movement, going on from one that was made before."""
    keys = _keys_by_object(_keys(connection, seller_id))
    for window in _windows(connection, seller_id, currency, since=since, until=until):
        for movement in window.movements:
            digest = window.digest(digest, movement, keys)
    return digest


class _Window(NamedTuple):
    """A page of movements with their facts by id, and low balances by number."""

    movements: list[Movement]
    facts: dict[str, Fact]
    warned: dict[int, tuple[int, int]]

    def digest(self, previous: bytes, movement: Movement, keys: Mapping[str, Sequence[Key]]) -> bytes:
        threshold, _ = self.warned.get(movement.seq, (None, 0))
        fact, source = self.facts.get(movement.source_id), movement.source_id
        return facts.digest(previous, movement, fact, threshold=threshold, keys=keys.get(source, ()))


def _of_ledger(report: Report) -> Iterator[Found]:
    for fault in report.faults:
        table = "ledger.book" if fault.flaw.startswith("book") else "ledger.journal"
        yield Found(fault.flaw, f"{table} {report.seller_id} {report.currency}", fault.seq, fault.detail)


def _of_facts(connection: Connection, report: Report, sealed: Sequence[Sealed]) -> Iterator[Found]:
    seller, currency = report.seller_id, report.currency
    keys = _keys(connection, seller)
    yield from (
        Found(Flaw.KEY, f"ledger.idempotency {key.operation} {key.reference}", 0, "what it made is not there")
        for key in keys
        if not key.made
    )
    by_object = _keys_by_object(keys)
    wanted = {each.version: each for each in sealed}
    digest = NO_FACTS
    movement: Movement | None = None
    read: dict[int, tuple[Movement, bytes]] = {}
    for window in _windows(connection, seller, currency, since=0, until=report.mark.seq):
        for movement in window.movements:
            yield from facts.judge(movement, window.facts.get(movement.source_id))
            yield from facts.warnings(movement, window.warned.get(movement.seq))
            digest = window.digest(digest, movement, by_object)
            if movement.seq in wanted:
                read[movement.seq] = (movement, digest)
    if movement is not None:
        yield from _moved_at(connection, movement, seller, currency)
    yield from _dangling(connection, seller, currency)
    yield from _rebuilds(connection, seller, currency)
    for each in wanted.values():
        yield from _against_seal(connection, each, read.get(each.version))


def _windows(
    connection: Connection, seller: int, currency: str, *, since: int, until: int
) -> Iterator[_Window]:
    while since < until:
        asked = (seller, currency, since, until, PAGE_MOVEMENTS)
        (rows,) = trips.run(connection, [(SQL["window"], asked)])
        if not rows:
            return
        movements = [Movement(*row) for row in rows]
        last = movements[-1].seq
        (warned,) = trips.run(connection, [(SQL["warnings_of"], (seller, currency, since, last))])
        found = _facts_of(connection, seller, movements)
        yield _Window(movements, found, {seq: (threshold, left) for seq, threshold, left in warned})
        since = last


def _facts_of(connection: Connection, seller: int, movements: Sequence[Movement]) -> dict[str, Fact]:
    def ids(source_type: str) -> str:
        return literals.words({m.source_id for m in movements if m.source_type == source_type})

    recharges, requests, adjustments = trips.run(
        connection,
        [
            (SQL["recharges_of"], (seller, ids("recharge"))),
            (SQL["requests_of"], (seller, ids("credit_request"))),
            (SQL["adjustments_of"], (seller, ids("adjustment"))),
        ],
    )
    found: list[Fact] = [Recharge(*row) for row in recharges]
    found += [Request(*row) for row in requests]
    found += [Adjustment(*row) for row in adjustments]
    return {fact.id: fact for fact in found}


def _keys(connection: Connection, seller: int) -> list[Key]:
    (rows,) = trips.run(connection, [(SQL["keys_of"], (seller,))])
    return [Key(*row) for row in rows]


def _keys_by_object(keys: Sequence[Key]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = {}
    for key in keys:
        found.setdefault(key.object_id, []).append(key)
    return found


def _dangling(connection: Connection, seller: int, currency: str) -> Iterator[Found]:
    """Where a fact names a movement that is not its own."""
    for statement, (table, columns) in NAMING.items():
        for page in _pages(connection, statement, seller):
            numbers = {seq for row in page for seq in row[2 : 2 + len(columns)] if seq is not None}
            movements = _movements(connection, seller, currency, numbers)
            for fact_id, _, *rest in page:
                named = dict(zip(columns, rest, strict=False))
                yield from facts.belongs(table=table, fact_id=fact_id, named=named, movements=movements)
                if table == TABLES["recharge"]:
                    *_, state, told = rest
                    settle_seq = named["settle_seq"]
                    yield from facts.open_state(
                        fact_id=fact_id, state=state, settle_seq=settle_seq, told=told
                    )


def _pages(connection: Connection, statement: str, seller: int) -> Iterator[list[Row]]:
    """The facts of a seller in order of their ids."""
    last = FIRST_ID
    while True:
        (rows,) = trips.run(connection, [(SQL[statement], (seller, last, PAGE_MOVEMENTS))])
        if rows:
            yield rows
        if len(rows) < PAGE_MOVEMENTS:
            return
        last = rows[-1][0]


def _movements(
    connection: Connection, seller: int, currency: str, numbers: Iterable[int]
) -> dict[int, tuple[str, str]]:
    """Kind and source of the movements of these numbers."""
    asked = (seller, currency, literals.numbers(numbers))
    (rows,) = trips.run(connection, [(SQL["whose_movements"], asked)])
    return {seq: (kind, source_id) for seq, kind, source_id in rows}


def _moved_at(connection: Connection, last: Movement, seller: int, currency: str) -> Iterator[Found]:
    """Where the time of the last movement, which the next may not go behind, is not the journal's."""
    ((row,),) = trips.run(connection, [(SQL["moved_at"], (seller, currency))])
    if row[0] != last.created_at_us:
        detail = f"moved_at_us is {row[0]}, and the last movement was at {last.created_at_us}"
        yield Found(Flaw.BOOK_TIME, f"ledger.book {seller} {currency}", last.seq, detail)


def _rebuilds(connection: Connection, seller: int, currency: str) -> Iterator[Found]:
    """Where the record of a rebuild says that a book was set to what its journal does not say."""
    (rows,) = trips.run(connection, [(SQL["rebuilds_of"], (seller, currency))])
    for rebuild_id, seq, *sums in rows:
        after, journal = sums[:5], [each or 0 for each in sums[5:]]
        if after != journal:
            detail = f"it set the sums to {after}, and movement {seq} makes them {journal}"
            yield Found(Flaw.REBUILD, f"ledger.book_rebuild {rebuild_id}", seq, detail)


def _against_seal(
    connection: Connection, sealed: Sealed, read: tuple[Movement, bytes] | None
) -> Iterator[Found]:
    """Where a book's history is not the one that was sealed."""
    version, where = sealed.version, f"ledger.journal {sealed.seller_id} {sealed.currency}"
    if read is None and version:
        detail = f"the journal ends before movement {version}, which a seal holds: its end was cut off"
        yield Found(Flaw.SEAL_CUT, where, version, detail)
        return
    movement, digest = read or (None, NO_FACTS)
    if _hash(connection, sealed) != sealed.hash:
        yield Found(Flaw.SEAL_HASH, where, version, "its hash is another than the one that was sealed")
    sums = movement[-5:] if movement else (0, 0, 0, 0, 0)
    if sums != sealed[3:8]:
        yield Found(Flaw.SEAL_SUMS, where, version, f"its sums are {sums}, and {sealed[3:8]} were sealed")
    if digest != sealed.facts:
        detail = f"what belongs to the movements up to {version} is not what was sealed"
        yield Found(Flaw.SEAL_FACTS, f"facts of seller {sealed.seller_id}", version, detail)


def _hash(connection: Connection, sealed: Sealed) -> bytes:
    if not sealed.version:
        return chain.GENESIS
    asked = (sealed.seller_id, sealed.currency, sealed.version)
    (rows,) = trips.run(connection, [(SQL["movement_hash"], asked)])
    return bytes(rows[0][0]) if rows else b""


def _lost(seller: int, currency: str, sealed: Sequence[Sealed]) -> Checked:
    """A book that a seal holds and that is not there."""
    version = max(each.version for each in sealed)
    detail = f"there is no book, and a seal holds it at version {version}"
    found = Found(Flaw.SEAL_BOOK, f"ledger.book {seller} {currency}", version, detail)
    return Checked(seller, currency, version, 0, (found,))


def _everywhere(connection: Connection) -> Iterator[Checked]:
    """What belongs to no book: journals and sellers without one, and the table of accounts."""
    with snapshot(connection):
        for seller, currency in _journals_without_book(connection):
            yield _without_book(seller, currency, "its journal has movements, and there is no book")
        (sellers,) = trips.run(connection, [(SQL["sellers_without_book"], ())])
        for (seller,) in sellers:
            yield _without_book(seller, "", "there is a seller, and no book")
        (rows,) = trips.run(connection, [(SQL["moves"], ())])
        if found := tuple(facts.moves_differ(rows)):
            yield Checked(0, "", 0, 0, found)


def _journals_without_book(connection: Connection) -> Iterator[tuple[int, str]]:
    last: Row = (-1, "")
    while True:
        (rows,) = trips.run(connection, [(SQL["next_in_journal"], last)])
        if not rows:
            return
        seller, currency, has_book = rows[0]
        if not has_book:
            yield seller, currency
        last = (seller, currency)


def _without_book(seller: int, currency: str, detail: str) -> Checked:
    found = Found(Flaw.NO_BOOK, f"ledger.book {seller} {currency}".rstrip(), 0, detail)
    return Checked(seller, currency, 0, 0, (found,))
