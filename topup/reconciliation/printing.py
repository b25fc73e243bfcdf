"""A reconciliation as text or as JSON, written while it goes on: a line per seller, then the summary.

Owns the two forms and nothing else: it looks nothing up and decides nothing but what is shown. The JSON
is one document, written piece by piece.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from topup.ledger.proof import Fault, Status
from topup.reconciliation.rules import Line, Summary

WIDTHS = (10, -28, 20, 20, 16, -17)
"""Columns of the text form; a negative width is aligned to the left."""
HEADINGS = ("seller", "name", "current", "calculated", "difference", "status")


class Printer(Protocol):
    """Writes a reconciliation in one form."""

    def begin(self) -> None: ...

    def line(self, line: Line) -> None: ...

    def end(self, summary: Summary, *, elapsed_s: float) -> None: ...


class Text:
    """Columns for people. Sums are in the currency's minor unit: rials."""

    def __init__(self, write: Callable[[str], object], *, every: bool, verbose: bool) -> None:
        self._write = write
        self._every = every
        self._verbose = verbose
        self._headed = False

    def begin(self) -> None:
        if self._every:
            self._heading()

    def line(self, line: Line) -> None:
        if not is_shown(line, every=self._every):
            return
        self._heading()
        report = line.report
        status = f"{report.status}{' (mended)' if line.mended else ''}"
        numbers = (f"{value:,}" for value in (report.current, report.calculated, report.difference))
        self._columns(str(report.seller_id), line.name, *numbers, status)
        if self._verbose:
            for fault in report.faults:
                self._write(f"           movement {fault.seq}, {fault.flaw}: {fault.detail}\n")

    def end(self, summary: Summary, *, elapsed_s: float) -> None:
        if self._headed:
            self._write("\n")
        self._write(
            f"{summary.books:,} books, {summary.movements:,} movements: {summary.verified:,} verified, "
            f"{summary.minor:,} minor ({summary.mended:,} mended), {summary.critical:,} critical. "
            f"{elapsed_s:.1f} s, {_rate(summary, elapsed_s):,} movements/s.\n"
        )

    def _heading(self) -> None:
        if not self._headed:
            self._headed = True
            self._columns(*HEADINGS)

    def _columns(self, *cells: str) -> None:
        fitted = (
            cell[:-width].ljust(-width) if width < 0 else cell.rjust(width)
            for cell, width in zip(cells[:-1], WIDTHS, strict=False)
        )
        self._write(f"{'  '.join((*fitted, cells[-1]))}\n")


class Json:
    """`{"sellers": [...], "summary": {...}}` for programs."""

    def __init__(self, write: Callable[[str], object], *, every: bool, verbose: bool) -> None:
        self._write = write
        self._every = every
        self._verbose = verbose
        self._separator = "\n"

    def begin(self) -> None:
        self._write('{"sellers": [')

    def line(self, line: Line) -> None:
        if is_shown(line, every=self._every):
            self._write(f"{self._separator}{_encoded(self._seller(line))}")
            self._separator = ",\n"

    def end(self, summary: Summary, *, elapsed_s: float) -> None:
        numbers = {
            **summary._asdict(),
            "seconds": round(elapsed_s, 3),
            "movements_per_second": _rate(summary, elapsed_s),
            "exit_status": int(summary.exit_status),
        }
        self._write(f'\n], "summary": {_encoded(numbers)}}}\n')

    def _seller(self, line: Line) -> dict[str, Any]:  # a JSON object
        report = line.report
        shown: dict[str, Any] = {  # a JSON object
            "seller_id": report.seller_id,
            "name": line.name,
            "currency": report.currency,
            "version": report.version,
            "current": report.current,
            "calculated": report.calculated,
            "difference": report.difference,
            "status": report.status,
            "mended": line.mended,
        }
        if self._verbose:
            shown["faults"] = [_fault(fault) for fault in report.faults]
        return shown


FORMS: dict[str, type[Text] | type[Json]] = {"text": Text, "json": Json}


def is_shown(line: Line, *, every: bool) -> bool:
    """Whether a book has a line: all with `--report`, else those that were not verified."""
    return every or line.report.status is not Status.VERIFIED


def _fault(fault: Fault) -> dict[str, Any]:  # a JSON object
    return {"flaw": fault.flaw, "movement": fault.seq, "detail": fault.detail}


def _encoded(content: object) -> str:
    return msgspec.json.encode(content).decode()


def _rate(summary: Summary, elapsed_s: float) -> int:
    return int(summary.movements / elapsed_s) if elapsed_s > 0 else 0
