"""A file of sales is read by its content, within named limits, and never trusted."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topup.recharges import bulk_file
from topup.recharges.bulk import MAX_ROWS, Line
from topup.recharges.bulk_file import NotAFile, Wrong

BOMB_BYTES = bulk_file.MAX_UNPACKED_BYTES + 1
PART = "xl/worksheets/sheet1.xml"


def workbook(rows: Iterable[Iterable[object]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return file.getvalue()


def refused(content: bytes) -> Wrong:
    with pytest.raises(NotAFile) as caught:
        bulk_file.read(content)
    return caught.value.wrong


ONE = [Line(1, "09121234567", "5000", "a")]


@pytest.mark.parametrize(
    "content",
    [
        b"09121234567,5000,a",
        b"number,amount,reference\r\n09121234567,5000,a\r\n",
        b"\xef\xbb\xbfReference;Amount;Mobile Number\na;5000;09121234567\n",
        "شماره\tمبلغ\tشناسه\n09121234567\t5000\ta\n".encode("utf-16"),
        b'\n\n"number","amount","reference"\n,,\n" 09121234567 ","5000","a"\n',
    ],
    ids=["bare", "head", "other-order", "unicode-text", "empty-lines"],
)
def test_the_ways_people_write_a_csv_file(content: bytes) -> None:
    assert bulk_file.read(content) == ONE


def test_a_workbook_is_read_whatever_kind_its_cells_are() -> None:
    rows = [("number", "amount"), (9121234567, 5000.0), ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "۵٬۰۰۰"), (True, 0.5), (None, None)]

    assert [(line.number, line.amount) for line in bulk_file.read(workbook(rows))] == [
        ("9121234567", "5000"), ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "۵٬۰۰۰"), ("True", "0.5"),
    ]  # fmt: skip


def test_the_most_rows_are_read_and_one_more_is_not() -> None:
    assert len(bulk_file.read(b"09121234567,1000\n" * MAX_ROWS)) == MAX_ROWS
    assert refused(b"09121234567,1000\n" * (MAX_ROWS + 1)) is Wrong.TOO_MANY_ROWS


def test_empty_lines_are_not_looked_at_for_ever() -> None:
    assert refused(b",\n" * (bulk_file.MAX_LINES + 1) + b"09121234567,1000\n") is Wrong.TOO_MANY_ROWS


def test_a_row_that_says_it_is_the_last_of_a_million_is_refused() -> None:
    """A sheet may name any row: what lies between is not made up."""
    far = changed(
        workbook([("09121234567", 1000)]), lambda _, text: text.replace(b'<row r="1"', b'<row r="1048576"')
    )

    assert refused(far) in (Wrong.TOO_MANY_ROWS, Wrong.BROKEN)


def test_a_file_that_unpacks_to_too_much_is_refused_unread() -> None:
    bomb = changed(
        workbook([("09121234567", 1000)]),
        lambda name, text: text + b" " * BOMB_BYTES if name == PART else text,
    )

    assert len(bomb) < bulk_file.MAX_FILE_BYTES
    assert refused(bomb) is Wrong.UNPACKS_TOO_LARGE


def test_a_file_of_very_many_parts_is_refused() -> None:
    file = io.BytesIO(workbook([("09121234567", 1000)]))
    with zipfile.ZipFile(file, "a") as packed:
        for place in range(bulk_file.MAX_PARTS):
            packed.writestr(f"extra/{place}", b"")

    assert refused(file.getvalue()) is Wrong.UNPACKS_TOO_LARGE


def test_a_part_that_is_longer_than_it_says_is_refused() -> None:
    honest = workbook([("09121234567", 1000)])
    with zipfile.ZipFile(io.BytesIO(honest)) as packed:
        size = packed.getinfo(PART).file_size
    lying = honest.replace(size.to_bytes(4, "little"), (1).to_bytes(4, "little"))

    assert refused(lying) is Wrong.BROKEN


def test_entities_are_not_expanded() -> None:
    laughing = changed(
        workbook([("09121234567", 1000)]),
        lambda name, text: b'<!DOCTYPE x [<!ENTITY a "1">]>' + text if name == PART else text,
    )

    assert refused(laughing) is Wrong.BROKEN


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", Wrong.EMPTY),
        (b"\n\n,,\n", Wrong.EMPTY),
        (b"number,amount\n", Wrong.EMPTY),
        (b"who,what\nme,you\n", Wrong.NO_COLUMNS),
        (b"number,reference\n09121234567,a\n", Wrong.NO_COLUMNS),
        (b"<html>09121234567</html>", Wrong.NEITHER_KIND),
        (b"%PDF-1.7 09121234567", Wrong.NEITHER_KIND),
        (b"\xff\xd8\xff\xe0", Wrong.NEITHER_KIND),
        (b"0912\x001234567,1", Wrong.NEITHER_KIND),
        (b"PK\x03\x04", Wrong.BROKEN),
        (b"0" * (bulk_file.MAX_FILE_BYTES + 1), Wrong.TOO_LARGE),
        (b'"' + b"0" * (csv.field_size_limit() + 1), Wrong.BROKEN),
    ],
)
def test_what_is_no_file_of_sales_says_why(content: bytes, wrong: Wrong) -> None:
    assert refused(content) is wrong


def test_an_archive_of_something_else_is_no_workbook() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", b"09121234567,1000")

    assert refused(file.getvalue()) is Wrong.NEITHER_KIND


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda junk: b"PK\x03\x04" + junk))
def test_any_bytes_are_lines_or_a_reason(content: bytes) -> None:
    try:
        lines = bulk_file.read(content)
    except NotAFile:
        return
    assert 1 <= len(lines) <= MAX_ROWS
