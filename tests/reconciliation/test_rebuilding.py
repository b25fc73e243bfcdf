"""A book that differs a little from a whole journal is rebuilt from it, once, under its lock, on record.

The journal is never touched, and a broken one mends nothing.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg import errors

from tests.support import posting
from tests.support.installation import Installation
from tests.support.posting import PRICE, a_sale
from tests.support.tampering import tampering
from topup import clock, ids
from topup.ledger import direct
from topup.ledger.proof import Report, Status
from topup.ledger.rebuild import Rebuilt, rebuild
from topup.ledger.verify import verify
from topup.recharges.sell import Sales
from topup.trips import Connection

LIMIT = 10_000
GIFT = "UPDATE ledger.book SET available = available + 9, funded = funded + 9 WHERE seller_id = {seller}"
SOLD_TWICE = "UPDATE ledger.book SET available = available - 70, sold = sold + 70 WHERE seller_id = {seller}"
BROKEN = "UPDATE ledger.journal SET actor_id = actor_id + 1 WHERE seller_id = {seller} AND seq = 2;" + GIFT
CALL = "SELECT ledger.rebuild_v1(%s, %s, 'IRR', %s, %s, 'somebody', 'a reason')"


def report_of(app: Connection, seller: int) -> Report:
    (report,) = verify(app, seller_id=seller, minor_limit=LIMIT)
    return report


def mend(app: Connection, report: Report) -> Rebuilt:
    return rebuild(app, report=report, minor_limit=LIMIT, by="the tests", now_us=clock.now_us())


def records_of(app: Connection, seller: int) -> list[tuple[object, ...]]:
    return app.execute(
        "SELECT seq, before_available, before_sold, after_available, after_sold, rebuilt_by, reason"
        "  FROM ledger.book_rebuild WHERE seller_id = %s",
        [seller],
    ).fetchall()


def test_a_rebuilt_book_is_what_its_journal_says(app: Connection, superuser: Connection, seller: int) -> None:
    before = posting.book_of(app, seller)
    with tampering(superuser, seller, SOLD_TWICE):
        rebuilt = mend(app, report_of(app, seller))

        assert rebuilt.done
        assert posting.book_of(app, seller) == before
        assert report_of(app, seller).status is Status.VERIFIED


def test_a_rebuild_is_on_record_with_who_and_why_and_what_was(
    app: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, SOLD_TWICE):
        mend(app, report_of(app, seller))

    (record,) = records_of(app, seller)
    assert record[:6] == (5, 29_930, 20_070, 30_000, 20_000, "the tests")
    assert "the journal gives (30000, 0, 50000, 20000, 0)" in str(record[6])


def test_a_book_is_rebuilt_once(app: Connection, superuser: Connection, seller: int) -> None:
    with tampering(superuser, seller, GIFT):
        report = report_of(app, seller)
        done = [mend(app, report).done for _ in range(2)]

    assert done == [True, False]
    assert len(records_of(app, seller)) == 1


def test_an_empty_book_is_rebuilt_to_nothing(app: Connection, superuser: Connection) -> None:
    seller = posting.open_book(app)
    empty = posting.book_of(app, seller)
    with tampering(superuser, seller, GIFT):
        assert mend(app, report_of(app, seller)).done
        assert posting.book_of(app, seller) == empty


def test_the_day_and_the_limits_of_a_book_are_left(
    app: Connection, superuser: Connection, seller: int
) -> None:
    kept = "daily_limit, spent_on, spent_today, moved_at_us, key_epoch, active, seq, head_hash"
    look = f"SELECT {kept} FROM ledger.book WHERE seller_id = {seller}"
    before = app.execute(look).fetchone()
    with tampering(superuser, seller, GIFT):
        mend(app, report_of(app, seller))

        assert app.execute(look).fetchone() == before


def test_a_broken_journal_mends_nothing(app: Connection, superuser: Connection, seller: int) -> None:
    with tampering(superuser, seller, BROKEN):
        report = report_of(app, seller)
        found = mend(app, report)

        assert report.status is Status.CRITICAL
        assert not found.done
        assert records_of(app, seller) == []


def test_a_book_that_sold_from_wrong_sums_is_left_to_people(
    app: Connection, superuser: Connection, seller: int
) -> None:
    """The sale wrote the wrong sums into the journal, which nothing rewrites."""
    with tampering(superuser, seller, GIFT):
        report = report_of(app, seller)
        direct.post(app, [a_sale(seller)], Sales(), zone="UTC")
        found = mend(app, report)

        assert (found.done, found.report.status) == (False, Status.CRITICAL)
        assert records_of(app, seller) == []


def test_a_rebuild_waits_for_the_sale_under_way(
    app: Connection, owner: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, GIFT), ThreadPoolExecutor(1) as pool:
        report = report_of(app, seller)
        owner.execute("BEGIN")
        owner.execute("SELECT FROM ledger.book WHERE seller_id = %s FOR NO KEY UPDATE", [seller])
        mending = pool.submit(mend, app, report)
        with pytest.raises(TimeoutError):
            mending.result(timeout=0.3)
        owner.execute("ROLLBACK")

        assert mending.result().done


def test_a_rebuild_judges_what_stands_there_when_it_has_the_lock(
    app: Connection, owner: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, GIFT), ThreadPoolExecutor(1) as pool:
        report = report_of(app, seller)
        owner.execute("BEGIN")
        owner.execute("UPDATE ledger.book SET seq = seq + 1 WHERE seller_id = %s", [seller])
        mending = pool.submit(mend, app, report)
        with pytest.raises(TimeoutError):
            mending.result(timeout=0.3)
        owner.execute("COMMIT")

        found = mending.result()
        assert (found.done, found.report.status) == (False, Status.CRITICAL)


def test_sales_at_the_same_time_and_a_rebuild_leave_whole_books_or_none_mended(
    installation: Installation, app: Connection, superuser: Connection, seller: int
) -> None:
    begin = threading.Barrier(2)

    def sell() -> None:
        with installation.connect() as own:
            begin.wait()
            for _ in range(5):
                direct.post(own, [a_sale(seller, amount=PRICE)], Sales(), zone="UTC")

    with tampering(superuser, seller, GIFT), ThreadPoolExecutor(1) as pool:
        report = report_of(app, seller)
        selling = pool.submit(sell)
        begin.wait()
        done = mend(app, report).done
        selling.result()

        assert (report_of(app, seller).status is Status.VERIFIED) == done
        assert len(records_of(app, seller)) == done


def test_the_application_can_put_in_no_sum_of_its_own(app: Connection, seller: int) -> None:
    """The function takes none: called on a whole book, it writes what stands there."""
    before = posting.book_of(app, seller)

    app.execute(CALL, [seller, ids.new(seller), before.seq, clock.now_us()])

    assert posting.book_of(app, seller) == before


@pytest.mark.parametrize("behind", [-1, 1, -5])
def test_a_number_that_is_not_the_books_own_rebuilds_nothing(
    app: Connection, seller: int, behind: int
) -> None:
    read = posting.book_of(app, seller).seq + behind

    with pytest.raises(errors.SerializationFailure):
        app.execute(CALL, [seller, ids.new(seller), read, clock.now_us()])

    assert records_of(app, seller) == []


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ("DELETE FROM ledger.journal WHERE seller_id = {seller} AND seq = 5", 5),
        ("UPDATE ledger.book SET seq = 4 WHERE seller_id = {seller}", 4),
        ("UPDATE ledger.book SET seq = 0 WHERE seller_id = {seller}", 0),
    ],
)
def test_a_book_whose_journal_ends_elsewhere_is_not_rebuilt(
    change: str, read: int, app: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, change), pytest.raises(errors.SerializationFailure):
        app.execute(CALL, [seller, ids.new(seller), read, clock.now_us()])


def test_the_record_stays_as_it_was_written(
    app: Connection, owner: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, GIFT):
        mend(app, report_of(app, seller))

    for change in ("UPDATE ledger.book_rebuild SET reason = 'other'", "DELETE FROM ledger.book_rebuild"):
        with pytest.raises(errors.RestrictViolation):
            owner.execute(change)
