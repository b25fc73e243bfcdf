"""Rows as CSV for a spreadsheet. Pure, and the only place that knows what a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as RFC 4180, each cell made harmless."""
    text = io.StringIO()
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def cell(value: object) -> object:
    """A value for a spreadsheet, which would take a text that begins so for a formula and run it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
