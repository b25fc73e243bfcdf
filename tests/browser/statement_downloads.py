"""A statement as a person downloads it from the page, and the figures that each of its files tells.

Owns how the files are read back. All figures are whole rials.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from openpyxl import load_workbook
from playwright.sync_api import Page

from tests.support import pdf_text

CHANGE, CHANGE_HELD, AVAILABLE, HELD = 7, 8, 9, 10
"""The columns of both tables, as their heads say."""


class Told(NamedTuple):
    """What a table of movements says: opening and closing are what is available and what is held."""

    opening: tuple[int, int]
    change: tuple[int, int]
    closing: tuple[int, int]

    def adds_up(self) -> bool:
        moved = [before + change for before, change in zip(self.opening, self.change, strict=True)]
        return moved == list(self.closing)


def download(page: Page, form: str) -> Path:
    with page.expect_download() as waiting:
        page.locator(f"a[href*='/statement/{form}/']").click()
    return Path(waiting.value.path())


def of_csv(file: Path) -> Told:
    return _told(list(csv.reader(file.read_text("utf-8-sig").splitlines())))


def of_xlsx(file: Path) -> Told:
    # Playwright's downloads have no ending, which openpyxl would want of a path.
    with file.open("rb") as content:
        sheet = load_workbook(content).worksheets[1]
        return _told([[str(value or 0) for value in row] for row in sheet.iter_rows(values_only=True)])


def of_pdf(file: Path) -> str:
    """All that stands on the paper."""
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    return "".join(pdf_text.pieces(content))


def _told(rows: list[list[str]]) -> Told:
    _head, opening, *moved, closing = rows
    change = sum(int(row[CHANGE]) for row in moved), sum(int(row[CHANGE_HELD]) for row in moved)
    return Told(_end(opening), change, _end(closing))


def _end(row: list[str]) -> tuple[int, int]:
    return int(row[AVAILABLE]), int(row[HELD])
