"""A book that was tampered with is named, and the movement at which; whole books are left in peace.

Only a superuser who switches the guards off can tamper at all. Each test puts back what it changed,
because others verify every book.
"""

import asyncio

import pytest

from tests.conftest import NewSeller
from tests.support import posting
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from tests.support.posting import PRICE, a_sale, selling
from tests.support.samples import a_command
from tests.support.tampering import tampering
from topup.ledger import direct
from topup.ledger.core import Kind
from topup.ledger.verify import Flaw, Report, Status, verify
from topup.recharges.sell import Sales
from topup.trips import Connection


@pytest.fixture
def seller(new_seller: NewSeller, app: Connection) -> int:
    """A seller with a credit and four sales: movements 1 to 5."""
    made = new_seller(available=10 * PRICE).id
    direct.post(app, [a_sale(made) for _ in range(4)], Sales(), zone="UTC")
    return made


def report_of(app: Connection, seller: int) -> Report:
    (report,) = verify(app, seller_id=seller)
    return report


def test_a_whole_book_is_verified(app: Connection, seller: int) -> None:
    report = report_of(app, seller)

    assert report.status is Status.VERIFIED
    assert (report.current, report.calculated, report.version, report.movements) == (30_000, 30_000, 5, 5)


def test_an_empty_book_is_verified(app: Connection) -> None:
    assert report_of(app, posting.open_book(app)).status is Status.VERIFIED


def test_a_seller_without_a_book_has_no_report(app: Connection) -> None:
    assert list(verify(app, seller_id=999_999_996)) == []


def row(number: int, change: str) -> str:
    return f"UPDATE ledger.journal SET {change} WHERE seller_id = {{seller}} AND seq = {number}"


def without(rows: str) -> str:
    return f"DELETE FROM ledger.journal WHERE seller_id = {{seller}} AND {rows}"


def book(change: str) -> str:
    return f"UPDATE ledger.book SET {change} WHERE seller_id = {{seller}}"


ANOTHER_HASH = "decode(repeat('ab', 32), 'hex')"
TAMPERING = {
    "an amount": (row(3, "amount = amount - 1"), Flaw.VECTOR, 3),
    "sums that still balance": (row(4, "available = available + 1, sold = sold - 1"), Flaw.VECTOR, 4),
    "a kind": (row(2, "kind = 'deduction'"), Flaw.VECTOR, 2),
    "what it belongs to": (row(2, "source_id = gen_random_uuid()"), Flaw.HASH, 2),
    "who did it": (row(5, "actor_id = actor_id + 1"), Flaw.HASH, 5),
    "when it was": (row(1, "created_at_us = created_at_us + 1"), Flaw.HASH, 1),
    "a hash": (row(3, f"hash = {ANOTHER_HASH}"), Flaw.HASH, 3),
    "a row removed": (without("seq = 3"), Flaw.GAP, 4),
    "the first row removed": (without("seq = 1"), Flaw.GAP, 2),
    "the last row removed": (without("seq = 5"), Flaw.BOOK_SEQ, 5),
    "every row removed": (without("seq > 0"), Flaw.BOOK_SEQ, 5),
    "a balance": (book("available = available + 1, sold = sold - 1"), Flaw.BOOK_SUMS, 5),
    "a gift": (book("available = available + 9, funded = funded + 9"), Flaw.BOOK_SUMS, 5),
    "a number": (book("seq = 9"), Flaw.BOOK_SEQ, 9),
    "the book's hash": (book(f"head_hash = {ANOTHER_HASH}"), Flaw.BOOK_HASH, 5),
}


@pytest.mark.parametrize(("change", "flaw", "number"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_named_and_located(
    change: str, flaw: Flaw, number: int, app: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, change):
        report = report_of(app, seller)

    assert report.status is Status.CRITICAL
    assert (flaw, number) in [(fault.flaw, fault.seq) for fault in report.faults]
    assert report_of(app, seller).status is Status.VERIFIED


def test_the_first_fault_told_is_the_first_in_the_journal(
    app: Connection, superuser: Connection, seller: int
) -> None:
    change = "UPDATE ledger.journal SET amount = amount + 1 WHERE seller_id = {seller} AND seq IN (2, 4)"

    with tampering(superuser, seller, change):
        report = report_of(app, seller)

    assert report.faults[0].seq == 2


def test_a_balance_and_what_the_journal_gives_are_told_apart(
    app: Connection, superuser: Connection, seller: int
) -> None:
    change = book("available = available + 7, sold = sold - 7")

    with tampering(superuser, seller, change):
        report = report_of(app, seller)

    assert (report.current, report.calculated) == (30_007, 30_000)


def test_of_all_books_only_the_tampered_one_is_critical(
    app: Connection, superuser: Connection, seller: int
) -> None:
    others = [posting.open_book(app) for _ in range(3)]

    with tampering(superuser, seller, book("seq = 9")):
        reports = list(verify(app))

    assert {seller, *others} <= {report.seller_id for report in reports}
    assert [report.seller_id for report in reports if report.status is Status.CRITICAL] == [seller]


@in_a_loop
async def test_a_book_proves_itself_while_it_is_sold_from(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    seller = new_seller(available=3_000 * PRICE).id

    async with selling(installation.config) as poster:
        futures = [poster.submit(a_sale(seller)) for _ in range(3_000)]
        reports = []
        while not all(future.done() for future in futures):
            reports.append(await asyncio.to_thread(report_of, app, seller))

    assert {report.status for report in reports} == {Status.VERIFIED}
    assert len({report.version for report in reports}) > 1, "nothing was sold meanwhile"


def test_a_proof_sees_one_moment_from_its_first_book_to_its_last(
    app: Connection, owner: Connection, seller: int
) -> None:
    last = posting.open_book(app)
    reports = verify(app)
    next(reports)

    direct.post(owner, [a_command(Kind.CREDIT, 1_000, seller_id=last)], posting.Moves(), zone="UTC")
    (report,) = [each for each in reports if each.seller_id == last]

    assert (report.status, report.version, report.current) == (Status.VERIFIED, 0, 0)
    assert report_of(app, last).current == 1_000


def test_a_proof_leaves_its_connection_free(app: Connection, seller: int) -> None:
    next(verify(app)).status  # noqa: B018  # a reader who stops early

    assert app.execute("SELECT 1").fetchone() == (1,)
