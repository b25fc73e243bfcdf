"""Bulk jobs: what a line of a file means, how a job lives, and what a refused sale does to the rest.

Owns the rules and the statements of bulk jobs. It must never sell: rows are sold by `bulk_run.py`,
through the ledger's door, each under the reference that `reference_of` makes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from topup import people, phones, sqlfiles
from topup.audit import log
from topup.audit.log import Act
from topup.clock import US_PER_SECOND
from topup.ledger import literals
from topup.ledger.core import Book
from topup.ledger.outcomes import DONE, Outcome
from topup.people import NotAnAmount, Unit
from topup.recharges import sell, trial
from topup.recharges.rules import Sale
from topup.trips import Row, Statement

SQL = sqlfiles.load(Path(__file__).with_name("bulk.sql"))

MAX_ROWS: Final = 10_000
"""Rows of a job: a minute's work at most, and a file that a person can still look through."""
MAX_UNSTARTED: Final = 20
"""Checked jobs of one seller that nobody started: each keeps its rows in the database."""
MAX_NOTE: Final = 100
"""Characters of a row's own reference; what is longer is cut, for it only comes back in the result."""
MAX_WRITTEN: Final = 60
"""Characters kept of a number or an amount as it was written: longer than any that can be read."""
MAX_FILE_NAME: Final = 200
WATCHED_S: Final = 600
"""Seconds in which the same number and amount is asked about: ten minutes, or the seller's own window where
that is longer."""


class JobState(StrEnum):
    CHECKED = "checked"
    RUNNING = "running"
    STOPPING = "stopping"
    """A person stopped it; a worker writes down what it has in hand."""
    STOPPED = "stopped"
    PAUSED = "paused"
    """It stopped itself: nothing more can be sold until a person sees to it."""
    DONE = "done"


class RowState(StrEnum):
    WAITING = "waiting"
    SOLD = "sold"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


class Deed(StrEnum):
    """What a person does to a job after its start."""

    STOP = "stop"
    GO_ON = "go_on"


BECOMES: dict[Deed, tuple[frozenset[JobState], JobState]] = {
    Deed.STOP: (frozenset({JobState.RUNNING}), JobState.STOPPING),
    Deed.GO_ON: (frozenset({JobState.STOPPED, JobState.PAUSED}), JobState.RUNNING),
}
NOTED: dict[Deed, Act] = {Deed.STOP: Act.BULK_STOPPED, Deed.GO_ON: Act.BULK_RESUMED}
AT_WORK: Final = frozenset({JobState.RUNNING, JobState.STOPPING})

NO_NUMBER: Final = "no_number"
NO_AMOUNT: Final = "no_amount"
_NO_ID: Final = "00000000-0000-0000-0000-000000000000"
"""Of a sale that is only tried: its hash is made, and kept nowhere."""
ERROR: Final = "error"
"""The database would not write this sale: it is logged, and sold nothing."""


class Doubt(StrEnum):
    """Why a row that could be sold is only sold where a person says so."""

    REPEATED = "repeated"
    """The same number and amount stands above it in the file."""
    RECENT = "recent"
    """The same number and amount was sold a moment ago."""


class Then(StrEnum):
    """What an outcome of a row does to its job."""

    SOLD = "sold"
    REFUSED = "refused"
    PAUSE = "pause"
    AGAIN = "again"


AFTER: dict[Outcome, Then] = dict.fromkeys(Outcome, Then.REFUSED) | {
    **dict.fromkeys(DONE, Then.SOLD),
    Outcome.INSUFFICIENT_BALANCE: Then.PAUSE,
    Outcome.SELLER_SUSPENDED: Then.PAUSE,
    Outcome.DAILY_LIMIT_EXCEEDED: Then.PAUSE,
    Outcome.OVERLOADED: Then.AGAIN,
    Outcome.DATABASE_UNAVAILABLE: Then.AGAIN,
}
"""A pause leaves the row waiting; `again` does too, and the worker comes back by itself."""


class Line(NamedTuple):
    """A line of a file as it is written there. `nr` counts the lines that are not empty, the head apart."""

    nr: int
    number: str
    amount: str
    note: str


class CheckedRow(NamedTuple):
    """A line and what it means. `problem` is why it can't be sold, `doubt` why it perhaps shouldn't be."""

    nr: int
    number: str
    amount: str
    note: str
    phone_number: int | None = None
    price: int | None = None
    operator: str | None = None
    problem: str | None = None
    doubt: str | None = None

    @property
    def same(self) -> tuple[int | None, int | None]:
        return (self.phone_number, self.price)


class Job(NamedTuple):
    """A job as it stands. `valid` counts the rows without a doubt; the rows to sell are `wanted`."""

    seller_id: int
    id: str
    actor_id: int
    file_name: str
    digest: bytes
    state: str
    paused_by: str | None
    valid: int
    valid_amount: int
    doubtful: int
    doubtful_amount: int
    wrong: int
    wanted: int
    sold: int
    sold_amount: int
    refused: int
    created_at_us: int
    updated_at_us: int

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def done(self) -> int:
        return self.sold + self.refused

    @property
    def rows(self) -> int:
        return self.valid + self.doubtful + self.wrong


class KeptRow(NamedTuple):
    """A row of a job as a person sees it; `recharge_state` is that of its recharge at present."""

    nr: int
    number: str
    amount: str
    note: str
    phone_number: int | None
    price: int | None
    operator: str | None
    problem: str | None
    doubt: str | None
    state: str
    recharge_id: str | None
    recharge_state: str | None


class SameFile(NamedTuple):
    """The latest job of the same rows that was started."""

    id: str
    created_at_us: int
    state: str
    sold: int


def reference_of(job_id: str, nr: int) -> str:
    """The reference of a row's sale: whoever sells the row, and however often, it is sold once."""
    return f"bulk-{job_id}-{nr}"


def check(
    lines: Iterable[Line], *, unit: Unit, book: Book, operators: Sequence[Row], now_us: int, zone: str
) -> list[CheckedRow]:
    """What each line means, and which repeat another. Pure."""
    roomy = trial.with_plenty(book)
    seen: set[tuple[int | None, int | None]] = set()
    checked = []
    for line in lines:
        row = _read(line, unit)
        if row.problem is None:
            row = _tried(row, roomy, operators, now_us=now_us, zone=zone)
        if row.problem is None:
            if row.same in seen:
                row = row._replace(doubt=Doubt.REPEATED)
            seen.add(row.same)
        checked.append(row)
    return checked


def _read(line: Line, unit: Unit) -> CheckedRow:
    row = CheckedRow(line.nr, line.number[:MAX_WRITTEN], line.amount[:MAX_WRITTEN], line.note[:MAX_NOTE])
    try:
        row = row._replace(phone_number=phones.parse(line.number))
    except phones.PhoneError:
        return row._replace(problem=NO_NUMBER)
    try:
        return row._replace(price=people.read_money(line.amount, unit))
    except NotAnAmount:
        return row._replace(problem=NO_AMOUNT)


def _tried(row: CheckedRow, book: Book, operators: Sequence[Row], *, now_us: int, zone: str) -> CheckedRow:
    assert row.phone_number is not None
    assert row.price is not None
    sale = Sale(book.seller_id, _NO_ID, "", row.phone_number, row.price, None, 0, None)
    posting = trial.trial(sale=sale, book=book, operators=operators, now_us=now_us, zone=zone)
    terms = trial.directory_of(operators).of(phones.national(row.phone_number))
    refused = posting.outcome is not Outcome.POSTED
    return row._replace(
        operator=terms.code if terms else None, problem=posting.outcome.value if refused else None
    )


def recent(
    rows: Sequence[CheckedRow], *, book: Book, own_window_s: int, now_us: int
) -> tuple[list[int], Statement]:
    """The numbers of the rows that are asked about, and what asks which of them were sold a moment ago."""
    asked = [row for row in rows if row.problem is None and row.doubt is None]
    since_us = now_us - watched_s(book.duplicate_window_s, own_window_s) * US_PER_SECOND
    arrays = (
        literals.numbers([book.seller_id]),
        literals.numbers(book.seller_id for _ in asked),
        literals.numbers(row.phone_number or 0 for row in asked),
        literals.numbers(row.price or 0 for row in asked),
        literals.numbers(since_us for _ in asked),
    )
    return [row.nr for row in asked], (sell.SQL["twins"], arrays)


def watched_s(window_s: int | None, own_window_s: int) -> int:
    """Seconds back in which the same sale is asked about: `own_window_s` is the installation's."""
    return max(WATCHED_S, own_window_s if window_s is None else window_s)


def with_recent(rows: Sequence[CheckedRow], asked: Sequence[int], found: Sequence[Row]) -> list[CheckedRow]:
    """The rows, with a doubt for each that the answer to `recent` names."""
    lately = {asked[place - 1] for place, _earlier_id in found}
    return [row._replace(doubt=Doubt.RECENT) if row.nr in lately else row for row in rows]


def digest_of(rows: Iterable[CheckedRow]) -> bytes:
    """The same for two files that would sell the same, whatever their format."""
    sealed = hashlib.sha256()
    for row in rows:
        sealed.update(f"{row.phone_number or row.number!r} {row.price or row.amount!r}\n".encode())
    return sealed.digest()


def may_start(*, same_file: SameFile | None, again: bool) -> bool:
    """Whether a checked job may be started: rows that were sold before need a second word."""
    return same_file is None or again


def keep(
    rows: Sequence[CheckedRow], *, seller_id: int, job_id: str, actor_id: int, file_name: str, now_us: int
) -> Statement:
    """What keeps a file that was checked."""
    numbers, words, texts = literals.numbers, literals.words, literals.texts
    good = [row for row in rows if row.problem is None]
    valid = [row.price or 0 for row in good if row.doubt is None]
    doubtful = [row.price or 0 for row in good if row.doubt is not None]
    named = "".join(sign for sign in file_name if sign.isprintable())[:MAX_FILE_NAME] or "–"
    job = (seller_id, job_id, actor_id, named, digest_of(rows), now_us)
    counts = (len(valid), sum(valid), len(doubtful), sum(doubtful), len(rows) - len(good))
    columns = (
        numbers(row.nr for row in rows),
        texts(row.number for row in rows),
        texts(row.amount for row in rows),
        texts(row.note for row in rows),
        words(_or_null(row.phone_number) for row in rows),
        words(_or_null(row.price) for row in rows),
        words(_or_null(row.operator) for row in rows),
        words(_or_null(row.problem) for row in rows),
        words(_or_null(row.doubt) for row in rows),
    )
    return (SQL["keep"], (*job, *counts, *columns))


def _or_null(value: object) -> str:
    return "NULL" if value is None else f'"{value}"'


def unstarted(seller_id: int) -> Statement:
    """What counts the checked jobs that nobody started."""
    return (SQL["unstarted"], (seller_id,))


def discard(seller_id: int, job_id: str) -> Statement:
    return (SQL["discard"], (seller_id, job_id))


def start(job: Job, *, doubtful: bool, actor_id: int, now_us: int) -> Statement:
    """What starts a checked job, with its doubtful rows or without. Answers whether it was one.

    Where it was, that and by whom is in the audit log.
    """
    amount = job.valid_amount + (job.doubtful_amount if doubtful else 0)
    told = {"rows": job.valid + (job.doubtful if doubtful else 0), "amount": amount, "file": job.file_name}
    noted = _note(Act.BULK_STARTED, job, actor_id, now_us, after=told)
    return (SQL["start"], (job.seller_id, job.id, doubtful, actor_id, now_us, *noted))


def move(deed: Deed, job: Job, *, actor_id: int, now_us: int) -> Statement:
    """What stops a job or lets it go on, on record. Answers whether it was in a state for that."""
    before, after = BECOMES[deed]
    values = (job.seller_id, job.id, literals.words(sorted(before)), after.value, now_us)
    return (SQL["move"], (*values, *_note(NOTED[deed], job, actor_id, now_us, after={"file": job.file_name})))


def _note(act: Act, job: Job, by: int, at_us: int, *, after: log.Values) -> Sequence[object]:
    """The values that a statement above hands to the audit log with what it does."""
    _, values = log.note(
        act,
        subject_type="bulk_job",
        subject_id=job.id,
        seller_id=job.seller_id,
        by=by,
        after=after,
        at_us=at_us,
    )
    return values


def read(seller_id: int, job_id: str) -> Statement:
    """What reads a `Job`."""
    return (SQL["job"], (seller_id, job_id))


def read_same_file(job: Job) -> Statement:
    """What reads a `SameFile`, or nothing."""
    return (SQL["same_file"], (job.seller_id, job.id, job.digest))


def read_rows(
    *, seller_id: int, job_id: str, after: int, before: int, fetch: int, to_look_at: bool, rising: bool = True
) -> Statement:
    """What reads `KeptRow`s, in their order or from the end."""
    text = SQL["rows"] if rising else SQL["rows"].replace("ORDER BY b.nr", "ORDER BY b.nr DESC")
    return (text, (seller_id, job_id, after, before, fetch, to_look_at))
