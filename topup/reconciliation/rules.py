"""What a reconciliation comes to: what may be mended, how it is counted, which exit status says so. Pure."""

from enum import IntEnum
from typing import NamedTuple

from topup.ledger.proof import Report, Status


class Exit(IntEnum):
    """The exit status of `reconcile_balances`. A program that only wants to know asks whether it is 0."""

    ALL_VERIFIED = 0
    ALL_MENDED = 1
    SOMETHING_LEFT = 2
    NOT_CHECKED = 3


class Line(NamedTuple):
    """What came of one book. `report` is how it was found; `mended` says that it is right now."""

    report: Report
    name: str
    mended: bool = False


class Summary(NamedTuple):
    """Books by what they were found to be; `mended` of the minor ones are right now."""

    books: int = 0
    movements: int = 0
    verified: int = 0
    minor: int = 0
    critical: int = 0
    mended: int = 0

    def and_also(self, line: Line) -> "Summary":
        status = line.report.status
        return Summary(
            self.books + 1,
            self.movements + line.report.movements,
            self.verified + (status is Status.VERIFIED),
            self.minor + (status is Status.MINOR_DISCREPANCY),
            self.critical + (status is Status.CRITICAL),
            self.mended + line.mended,
        )

    @property
    def exit_status(self) -> Exit:
        if self.verified == self.books:
            return Exit.ALL_VERIFIED
        left = self.critical + self.minor - self.mended
        return Exit.SOMETHING_LEFT if left else Exit.ALL_MENDED


def may_be_mended(report: Report) -> bool:
    """Whether this book may be rebuilt from its journal: only sums differ, and by little."""
    return report.status is Status.MINOR_DISCREPANCY
