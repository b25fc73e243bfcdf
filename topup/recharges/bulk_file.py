"""A file of sales as people make it, CSV or XLSX, into lines of text.

Owns the limits on what is read and the sentences' codes for what is not. What a file is, its content says,
never its name. It must never judge a number or an amount: `bulk.py` does.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from openpyxl import load_workbook

from topup.recharges.bulk import MAX_ROWS, Line

MAX_FILE_BYTES: Final = 5 * 1024 * 1024
"""A hundred times what MAX_ROWS rows of a number and an amount need as CSV, and enough for XLSX."""
MAX_UNPACKED_BYTES: Final = 30 * 1024 * 1024
"""Of all parts of an XLSX file together: a small file may unpack to gigabytes."""
MAX_PARTS: Final = 200
"""Parts of an XLSX file; a spreadsheet of one sheet has about ten."""
MAX_LINES: Final = 2 * MAX_ROWS
"""Lines that are looked at, empty ones too."""
MAX_COLUMNS: Final = 30
"""Columns that are looked at."""
MAX_CELL: Final = 1_000
"""Characters of a cell that are kept: more than any number, amount or reference has."""

_ZIP = b"PK\x03\x04"
_MARKUP = (b"<!DOCTYPE", b"<!ENTITY")
_DELIMITERS = ",;\t"
_DIGIT = re.compile(r"\d")
_NAMES: dict[str, tuple[str, ...]] = {
    "number": (
        "number", "phone", "phone_number", "phone number", "mobile", "mobile number", "شماره", "موبایل",
        "شماره موبایل", "تلفن همراه",
    ),
    "amount": ("amount", "price", "toman", "rial", "مبلغ", "تومان", "ریال", "مبلغ (تومان)", "مبلغ (ریال)"),
    "reference": ("reference", "ref", "note", "id", "شناسه", "مرجع", "شماره پیگیری", "یادداشت"),
}  # fmt: skip
IN_ORDER: Final = ("number", "amount", "reference")
"""The columns of a file without a head, and of the sample."""


class Wrong(StrEnum):
    """Why a file is not read at all; the portal has a sentence for each."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    NEITHER_KIND = "neither_kind"
    BROKEN = "broken"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    NO_COLUMNS = "no_columns"


class NotAFile(ValueError):
    """A file that is not read; `wrong` says why."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong


def read(content: bytes) -> list[Line]:
    """The lines of a file that are not empty, without its head. Raises NotAFile."""
    if len(content) > MAX_FILE_BYTES:
        raise NotAFile(Wrong.TOO_LARGE)
    table = _sheet(content) if content.startswith(_ZIP) else _comma_separated(content)
    filled = [row for row in _bounded(table) if any(row)]
    if not filled:
        raise NotAFile(Wrong.EMPTY)
    columns, rows = _columns(filled)
    if not rows:
        raise NotAFile(Wrong.EMPTY)
    if len(rows) > MAX_ROWS:
        raise NotAFile(Wrong.TOO_MANY_ROWS)
    return [Line(nr, *(_cell(row, place) for place in columns)) for nr, row in enumerate(rows, 1)]


def _bounded(table: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    for place, row in enumerate(table):
        if place >= MAX_LINES:
            raise NotAFile(Wrong.TOO_MANY_ROWS)
        yield row


def _columns(filled: list[Sequence[str]]) -> tuple[list[int], list[Sequence[str]]]:
    """Where number, amount and reference stand, and the rows below the head, where there is one."""
    head = [cell.strip().lower() for cell in filled[0]]
    if any(_DIGIT.search(cell) for cell in head):
        return list(range(len(IN_ORDER))), filled
    places = [next((at for at, cell in enumerate(head) if cell in _NAMES[name]), -1) for name in IN_ORDER]
    if min(places[:2]) < 0:
        raise NotAFile(Wrong.NO_COLUMNS)
    return places, filled[1:]


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if 0 <= place < len(row) else ""


def _comma_separated(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_plain(cell) for cell in row[:MAX_COLUMNS]]
    except csv.Error as error:
        raise NotAFile(Wrong.BROKEN) from error


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 as spreadsheets save "Unicode text"; both with or without a mark, but for UTF-16."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotAFile(Wrong.NEITHER_KIND) from error
    if "\0" in text or text.lstrip()[:1] == "<" or text.startswith("%PDF"):
        raise NotAFile(Wrong.NEITHER_KIND)
    return text


def _sheet(content: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet."""
    try:
        _refuse_bomb(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield [_plain(_written(value)) for value in row]
    except NotAFile:
        raise
    except Exception as error:  # the boundary to a parser of foreign files: it raises anything
        raise NotAFile(Wrong.BROKEN) from error


def _refuse_bomb(content: bytes) -> None:
    """Raise NotAFile for what is no workbook, unpacks to too much, or has entities to be expanded."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if "xl/workbook.xml" not in packed.namelist():
            raise NotAFile(Wrong.NEITHER_KIND)
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise NotAFile(Wrong.UNPACKS_TOO_LARGE)
        for part in parts:  # no part is longer than it says: zipfile reads no further
            if any(mark in packed.read(part) for mark in _MARKUP):
                raise NotAFile(Wrong.BROKEN)


def _written(value: object) -> str:
    """A cell as a person reads it: a spreadsheet keeps `9121234567` as a number, perhaps as 9121234567.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _plain(cell: str) -> str:
    return cell.strip().replace("\0", "")[:MAX_CELL]
