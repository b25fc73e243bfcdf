"""A statement as a file of a spreadsheet: CSV or XLSX, written while the movements are read.

Owns the columns, the limits and how a file is begun and ended. Amounts are whole rials with a sign, so that a
spreadsheet adds them up exactly: opening + changes = closing. A text that it would run is made harmless.
"""

from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from topup import people, spreadsheet
from topup.portal.pages import statement_reading
from topup.portal.pages.statement_proof import Proof
from topup.portal.pages.statement_reading import End, Line, Statement

BYTE_ORDER_MARK = "\ufeff".encode()
"""Without it Excel takes Persian letters for another alphabet's."""
WIDTHS = (10, 12, 10, 24, 18, 28, 28, 16, 16, 18, 16)
"""Of the columns of the movements, in characters."""
PROOF_WIDTHS = (32, 72)
"""The same of the proof."""


class Told(NamedTuple):
    """What a file is about beside its statement. `proof` is None before the first seal that has the book."""

    seller_name: str
    language: str
    proof: Proof | None


def csv(of: Statement, told: Told, into: IO[bytes]) -> None:
    """The statement as RFC 4180: opening, every movement, closing. The closing's last cell is the proof."""
    head, opening = (*_head(of, told), _("Proof")), (*_end(_("Opening"), of.opening), "")
    into.write(BYTE_ORDER_MARK + spreadsheet.lines([head, opening]))
    for lines in statement_reading.walk(of):
        into.write(spreadsheet.lines((*_row(line, told.language), "") for line in lines))
    closing = (*_end(_("Closing"), of.closing), told.proof.text if told.proof else "")
    into.write(spreadsheet.lines([closing]))


def xlsx(of: Statement, told: Told, into: IO[bytes]) -> None:
    """The statement as a workbook: the sum, the movements below their head, and the proof if there is one."""
    book = Workbook(write_only=True)
    rtl = told.language == people.PERSIAN
    _sum_sheet(book, of, told, rtl=rtl)
    sheet = _sheet(book, _("Movements"), WIDTHS, rtl=rtl)
    sheet.freeze_panes = "A2"
    for row in _movement_rows(of, told):
        sheet.append([_cell(sheet, value) for value in row])
    if told.proof is not None:
        _proof_sheet(book, told.proof, told.language, rtl=rtl)
    book.save(into)


def sum_rows(of: Statement) -> list[tuple[str, int]]:
    """The sum that adds up, a line for each of its parts, in minor units."""
    return [
        (_("Opening balance"), of.opening.total),
        (_("Credit"), of.credited),
        (_("Sold, less what was reversed"), of.minus_sold),
        (_("Adjustments"), of.adjusted),
        (_("Closing balance"), of.closing.total),
    ]


def _sum_sheet(book: Workbook, of: Statement, told: Told, *, rtl: bool) -> None:
    sheet = _sheet(book, _("Statement"), (32, 24), rtl=rtl)
    unit = people.unit_name(of.currency, told.language, "rial")
    rows: list[tuple[object, ...]] = [
        (_("Seller"), told.seller_name),
        (_("Period"), of.period.name(told.language)),
        (_("Unit"), unit),
        (),
        *sum_rows(of),
        (_("of which available"), of.closing.sums.available),
        (_("of which held"), of.closing.sums.held),
    ]
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _proof_sheet(book: Workbook, proof: Proof, language: str, *, rtl: bool) -> None:
    sheet = _sheet(book, _("Proof"), PROOF_WIDTHS, rtl=rtl)
    rows: list[tuple[object, ...]] = [
        (_("Sealed"), people.moment(proof.sealed_at_us, language, settings.TIME_ZONE)),
        (_("After movement"), proof.version),
        (_("Available"), proof.available),
        (_("Held"), proof.held),
        (_("Root of the seal"), proof.root),
        (_("Public key"), proof.public_key),
        (_("Proof"), proof.text),
    ]
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _sheet(book: Workbook, title: str, widths: tuple[int, ...], *, rtl: bool) -> Any:  # openpyxl's sheet
    sheet = book.create_sheet(title)
    sheet.sheet_view.rightToLeft = rtl
    for place, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    return sheet


def _movement_rows(of: Statement, told: Told) -> Iterator[tuple[object, ...]]:
    yield _head(of, told)
    yield _end(_("Opening"), of.opening)
    for lines in statement_reading.walk(of):
        for line in lines:
            yield _row(line, told.language)
    yield _end(_("Closing"), of.closing)


def _cell(sheet: Any, value: object) -> object:  # openpyxl's sheet and cell
    """A value as it is; a text stays one, also where it looks like a formula."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", value))
    cell.data_type = "s"
    return cell


def _head(of: Statement, told: Told) -> tuple[object, ...]:
    unit = people.unit_name(of.currency, told.language, "rial")
    return (
        _("No."),
        _("Day"),
        _("Time"),
        _("Movement"),
        _("Phone number"),
        _("Reference"),
        _("Reason"),
        _("Change (%(unit)s)") % {"unit": unit},
        _("Change of held (%(unit)s)") % {"unit": unit},
        _("Available (%(unit)s)") % {"unit": unit},
        _("Held (%(unit)s)") % {"unit": unit},
    )


def _row(line: Line, language: str) -> tuple[object, ...]:
    zone = settings.TIME_ZONE
    return (
        line.version,
        people.day(people.local(line.at_us, zone).date(), language),
        people.time(line.at_us, language, zone, seconds=True),
        str(line.word),
        "" if line.phone_number is None else people.phone(line.phone_number, "en"),
        line.reference,
        line.reason,
        line.change,
        line.change_held,
        line.available,
        line.held,
    )


def _end(word: str, end: End) -> tuple[object, ...]:
    return (end.version, "", "", word, "", "", "", "", "", end.sums.available, end.sums.held)
