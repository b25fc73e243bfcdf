"""The record of an import, as an answer and in words. One form for the command, the API and the console."""

from typing import Any

import msgspec

from topup import clock
from topup.reconciliation.settlement.importing import Done
from topup.reconciliation.settlement.models import SettlementFile
from topup.reconciliation.settlement.verdicts import Exit

TOLD = {
    "matched": "matched",
    "settled": "settled",
    "ours_only": "ours only",
    "theirs_only": "theirs only",
    "amount_differs": "amount differs",
    "state_differs": "state differs",
    "still_open": "still open",
    "waiting": "waiting for the file of the day beside",
}
DIFFERENCES = ("ours_only", "theirs_only", "amount_differs", "state_differs")


class FileOut(msgspec.Struct, frozen=True, kw_only=True):
    """An import. Counts are of recharges, and of lines that are none of ours; `cases` are those it opened."""

    id: str
    operator: str
    day: str | None
    name: str
    sha256: str
    by: str
    begun_at: str
    done_at: str | None
    lines: int
    bad: int
    matched: int
    settled: int
    ours_only: int
    theirs_only: int
    amount_differs: int
    state_differs: int
    still_open: int
    waiting: int
    cases: int
    bad_lines: list[str]


def show(file: SettlementFile) -> FileOut:
    counts: dict[str, Any] = {name: getattr(file, name) for name in TOLD}  # numbers
    return FileOut(
        id=str(file.pk),
        operator=file.operator,
        day=file.day.isoformat() if file.day else None,
        name=file.name,
        sha256=file.digest,
        by=file.by_whom,
        begun_at=clock.rfc3339(file.begun_at_us),
        done_at=None if file.done_at_us is None else clock.rfc3339(file.done_at_us),
        lines=file.lines,
        bad=file.bad,
        cases=file.cases,
        bad_lines=file.bad_lines,
        **counts,
    )


def in_words(done: Done) -> str:
    """A sentence on what came of it, and a line for each bad line that is shown."""
    file = done.file
    counts = ", ".join(f"{getattr(file, name):,} {said}" for name, said in TOLD.items())
    before = "Imported before, nothing was changed. " if done.before else ""
    sentence = (
        f"{before}{file.operator}, {file.day}: {file.lines:,} lines, {file.bad:,} bad; {counts}. "
        f"{file.cases:,} cases opened."
    )
    return "\n".join([sentence, *(f"  {each}" for each in file.bad_lines)])


def exit_status(file: SettlementFile) -> Exit:
    """Whether there is something to look at, in this import or in the cases of one before it."""
    different = sum(getattr(file, name) for name in DIFFERENCES)
    return Exit.DIFFERENCES if different or file.cases or file.bad else Exit.ALL_MATCHED
