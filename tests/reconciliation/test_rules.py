"""Minor is only what the journal can mend; the exit status says whether something is left."""

import pytest

from tests.support.samples import a_funded_book
from topup.ledger.proof import BEGINNING, Flaw, Proof, Report, Status, status_of
from topup.reconciliation.rules import Exit, Line, Summary, may_be_mended

LIMIT = 10_000


@pytest.mark.parametrize(
    ("flaws", "difference", "status"),
    [
        (set(), 0, Status.VERIFIED),
        ({Flaw.BOOK_SUMS}, 1, Status.MINOR_DISCREPANCY),
        ({Flaw.BOOK_SUMS}, LIMIT - 1, Status.MINOR_DISCREPANCY),
        ({Flaw.BOOK_SUMS}, LIMIT, Status.CRITICAL),
        *(({Flaw.BOOK_SUMS, flaw}, 1, Status.CRITICAL) for flaw in Flaw if flaw is not Flaw.BOOK_SUMS),
        *(({flaw}, 0, Status.CRITICAL) for flaw in Flaw if flaw is not Flaw.BOOK_SUMS),
    ],
)
def test_minor_is_a_small_difference_of_sums_beside_a_whole_journal(
    flaws: set[Flaw], difference: int, status: Status
) -> None:
    assert status_of(flaws, difference=difference, minor_limit=LIMIT) is status


def test_with_a_limit_of_nothing_no_difference_is_minor() -> None:
    assert status_of({Flaw.BOOK_SUMS}, difference=1, minor_limit=0) is Status.CRITICAL


def test_the_difference_is_the_largest_among_the_five_sums() -> None:
    book = a_funded_book(0)._replace(seq=0, available=3, held=-7, sold=4)

    report = Proof(seller_id=7, currency="IRR").report(book, minor_limit=LIMIT)

    assert (report.current, report.calculated, report.difference) == (3, 0, 7)


def line(status: Status, *, mended: bool = False) -> Line:
    report = Report(7, "IRR", 5, 0, 0, 0, 5, status, (), BEGINNING)
    return Line(report, "Seller 7", mended)


VERIFIED, CRITICAL = line(Status.VERIFIED), line(Status.CRITICAL)
MINOR, MENDED = line(Status.MINOR_DISCREPANCY), line(Status.MINOR_DISCREPANCY, mended=True)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], Exit.ALL_VERIFIED),
        ([VERIFIED, VERIFIED], Exit.ALL_VERIFIED),
        ([VERIFIED, MENDED, MENDED], Exit.ALL_MENDED),
        ([VERIFIED, MINOR], Exit.SOMETHING_LEFT),
        ([MENDED, MINOR], Exit.SOMETHING_LEFT),
        ([MENDED, CRITICAL], Exit.SOMETHING_LEFT),
        ([CRITICAL], Exit.SOMETHING_LEFT),
    ],
)
def test_the_exit_status_says_whether_something_is_left(lines: list[Line], status: Exit) -> None:
    summary = Summary()
    for each in lines:
        summary = summary.and_also(each)

    assert summary.exit_status is status


@pytest.mark.parametrize("each", [VERIFIED, CRITICAL])
def test_only_what_is_minor_may_be_mended(each: Line) -> None:
    assert not may_be_mended(each.report)
    assert may_be_mended(MINOR.report)
