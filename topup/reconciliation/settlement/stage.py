"""The lines of a file into the database, by COPY, where they are compared.

Owns the staged lines of one import, from the first to the clearing; they change nothing by themselves.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _
from psycopg import Copy

from topup import sqlfiles, trips
from topup.reconciliation.settlement.lines import Bad, Line
from topup.reconciliation.settlement.source import FileError
from topup.trips import Connection

SQL = sqlfiles.load(Path(__file__).with_name("settlement.sql"))

LINES_PER_WRITE = 5_000
"""Sent at once: some hundred kilobytes."""
MAX_LINES = 20_000_000
BAD_LINES_SHOWN = 20
MAX_BAD_PERCENT = 5
"""Of lines that can't be read: with more, the mapping is wrong rather than the file."""

_COPY = (
    "COPY settlement.line (file_id, nr, seller_id, recharge_id, attempt, state, amount, at_us, reference, "
    "operator_reference, phone_number) FROM STDIN"
)
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"

Progress = Callable[[int], None]
"""Told how many lines have been read."""


class Staged(NamedTuple):
    """How many lines there are, how many of them are bad, and what is wrong with the first of these."""

    lines: int
    bad: int
    shown: list[str]


def clear(connection: Connection, file_id: str) -> None:
    trips.run(connection, [(SQL["clear"], (file_id,))])


def stage(connection: Connection, file_id: str, found: Iterable[Line | Bad], progress: Progress) -> Staged:
    """Write the lines of a file. Raises FileError where too many can't be read."""
    total, bad, shown = 0, 0, list[str]()
    each = iter(found)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        while some := list(islice(each, LINES_PER_WRITE)):
            for one in some:
                if isinstance(one, Bad):
                    bad += 1
                    if len(shown) < BAD_LINES_SHOWN:
                        shown.append(f"line {one.nr}: {one.why}")
            total += len(some)
            if total > MAX_LINES:
                raise FileError(
                    _("The file has more than %(most)s lines. Split it.") % {"most": f"{MAX_LINES:,}"}
                )
            _write(copy, file_id, some)
            progress(total)
    staged = Staged(total, bad, shown)
    _refuse_unfit(staged)
    trips.run(connection, [(SQL["look_over"], ())])
    return staged


def _write(copy: Copy, file_id: str, some: list[Line | Bad]) -> None:
    lines = (one.line if isinstance(one, Bad) else one for one in some)
    text = "".join(
        f"{file_id}\t{line.nr}\t{line.seller_id}\t{line.recharge_id}\t{_number(line.attempt)}\t{line.state}\t"
        f"{_number(line.amount)}\t{_number(line.at_us)}\t{_text(line.reference)}\t"
        f"{_text(line.operator_reference)}\t{_text(line.phone_number)}\n"
        for line in lines
        if line is not None
    )
    if text:
        copy.write(text)


def _number(value: int | None) -> int | str:
    return _NULL if value is None else value


def _text(value: str | None) -> str:
    return _NULL if value is None else value.translate(_ESCAPED)


def _refuse_unfit(staged: Staged) -> None:
    if staged.lines == 0:
        raise FileError(_("The file has a header and no line. Ask the operator for the file again."))
    if staged.bad * 100 > staged.lines * MAX_BAD_PERCENT:
        raise FileError(
            _(
                "%(bad)s of %(lines)s lines can't be read, more than %(most)s %%. Nothing was imported:"
                " correct the mapping. %(shown)s"
            )
            % {
                "bad": f"{staged.bad:,}",
                "lines": f"{staged.lines:,}",
                "most": MAX_BAD_PERCENT,
                "shown": "; ".join(staged.shown),
            }
        )
