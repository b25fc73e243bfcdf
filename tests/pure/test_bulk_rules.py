"""What a line of a file means, what a refused sale does to its job, and how a job lives."""

from typing import Any

import pytest

from topup.ledger import chain
from topup.ledger.core import NEVER, Book
from topup.ledger.outcomes import DONE, Outcome
from topup.recharges import bulk
from topup.recharges.bulk import AFTER, BECOMES, CheckedRow, Deed, Doubt, JobState, Line, SameFile, Then

OPERATORS = [
    ("irancell", False, "instant", 1, 10**9, "93"),
    ("mci", True, "instant", 10_000, 1_000_000, "91"),
]
PARTS = ("available", "held", "funded", "sold", "adjusted")


def book(**parts: Any) -> Book:  # a Book's own fields
    usual: dict[str, Any] = {
        "seller_id": 7, "currency": "IRR", "active": True, "key_epoch": 1, "daily_limit": None,
        "per_recharge_max": None, "duplicate_window_s": None, "seq": 0, "head_hash": chain.GENESIS,
        "moved_at_us": 0, "spent_on": NEVER, "spent_today": 0, **dict.fromkeys(PARTS, 0),
    }  # fmt: skip
    return Book(**usual | parts)


def checked(*lines: tuple[str, str], unit: Any = "toman", **parts: Any) -> list[CheckedRow]:  # a Unit
    written = [Line(nr, number, amount, "") for nr, (number, amount) in enumerate(lines, 1)]
    return bulk.check(
        written, unit=unit, book=book(**parts), operators=OPERATORS, now_us=0, zone="Asia/Tehran"
    )


@pytest.mark.parametrize(
    ("number", "amount", "problem"),
    [
        ("09121234567", "5000", None),
        ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "۵٬۰۰۰ تومان", None),
        ("021123456", "5000", bulk.NO_NUMBER),
        ("", "", bulk.NO_NUMBER),
        ("09121234567", "5.000", bulk.NO_AMOUNT),
        ("09121234567", "-5000", bulk.NO_AMOUNT),
        ("09321234567", "5000", "operator_inactive"),
        ("09221234567", "5000", "unknown_operator"),
        ("09121234567", "999", "amount_out_of_range"),
        ("09121234567", "60000", "per_recharge_max_exceeded"),
        ("09121234567", str(2**63), bulk.NO_AMOUNT),
    ],
)
def test_a_row_is_judged_by_the_rules_of_a_sale(number: str, amount: str, problem: str | None) -> None:
    (row,) = checked((number, amount), per_recharge_max=500_000)

    assert row.problem == problem


def test_what_may_change_until_the_row_is_sold_is_no_problem_of_the_row() -> None:
    """An empty balance, a used-up day and a suspension pause a job; they say nothing of a row."""
    (row,) = checked(("09121234567", "5000"), active=False, daily_limit=1)

    assert row.problem is None


def test_the_first_of_the_same_is_sold_and_the_others_are_doubtful() -> None:
    rows = checked(("09121234567", "5000"), ("+989121234567", "۵۰۰۰"), ("09121234567", "5001"))

    assert [row.doubt for row in rows] == [None, Doubt.REPEATED, None]


def test_the_unit_is_what_the_person_says_unless_the_cell_says_otherwise() -> None:
    rows = checked(("09121234567", "50000"), ("09121234567", "5000 toman"), unit="rial")

    assert [row.price for row in rows] == [50_000, 50_000]


def test_only_what_could_be_sold_is_asked_about_and_found_again_by_its_number() -> None:
    rows = checked(("nobody", "1"), ("09121234567", "5000"), ("09121234568", "5000"))
    asked, _ = bulk.recent(rows, book=book(), own_window_s=0, now_us=10**15)

    told = bulk.with_recent(rows, asked, [(2, "an-id")])

    assert asked == [2, 3]
    assert [row.doubt for row in told] == [None, None, Doubt.RECENT]


@pytest.mark.parametrize(
    ("of_seller", "own", "seconds"), [(None, 0, 600), (None, 900, 900), (60, 900, 600), (7200, 0, 7200)]
)
def test_one_looks_back_ten_minutes_or_the_sellers_window(
    of_seller: int | None, own: int, seconds: int
) -> None:
    assert bulk.watched_s(of_seller, own) == seconds


def test_the_same_rows_have_one_digest_however_they_are_written() -> None:
    one, same = checked(("09121234567", "5000")), checked(("+98 912 123 4567", "50,000"), unit="rial")

    assert bulk.digest_of(one) == bulk.digest_of(same)
    assert bulk.digest_of(one) != bulk.digest_of([*one, *same])


def test_rows_that_were_sold_before_need_a_second_word() -> None:
    before = SameFile("an-id", 0, JobState.DONE, 1)

    assert bulk.may_start(same_file=None, again=False)
    assert bulk.may_start(same_file=before, again=True)
    assert not bulk.may_start(same_file=before, again=False)


def test_every_outcome_has_its_effect_on_a_job() -> None:
    pausing = {
        Outcome.INSUFFICIENT_BALANCE, Outcome.SELLER_SUSPENDED, Outcome.DAILY_LIMIT_EXCEEDED,
    }  # fmt: skip

    assert set(AFTER) == set(Outcome)
    assert {outcome for outcome, then in AFTER.items() if then is Then.SOLD} == set(DONE)
    assert {outcome for outcome, then in AFTER.items() if then is Then.PAUSE} == pausing


def test_a_job_is_stopped_while_it_runs_and_goes_on_from_rest() -> None:
    assert BECOMES[Deed.STOP] == (frozenset({JobState.RUNNING}), JobState.STOPPING)
    assert BECOMES[Deed.GO_ON] == (frozenset({JobState.STOPPED, JobState.PAUSED}), JobState.RUNNING)


def test_a_row_has_a_reference_of_its_own() -> None:
    assert bulk.reference_of("a-job", 12) == "bulk-a-job-12"


@pytest.mark.parametrize("name", ["a\nb\x00.csv", "", "x" * 500, "گزارش.xlsx"])
def test_a_file_name_is_kept_as_far_as_it_can_be_shown(name: str) -> None:
    rows = checked(("09121234567", "5000"))
    _, values = bulk.keep(rows, seller_id=7, job_id="j", actor_id=1, file_name=name, now_us=0)

    assert isinstance(values[3], str)
    assert values[3].isprintable()
    assert 1 <= len(values[3]) <= bulk.MAX_FILE_NAME
