"""Hand-written SQL is read by name, without its comments, and a name stands once."""

from pathlib import Path

import pytest

from topup import sqlfiles


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some.sql"
    path.write_text(text, encoding="utf-8")
    return path


def test_statements_are_found_by_name(tmp_path: Path) -> None:
    path = _file(
        tmp_path, "-- A title.\n\n-- name: one\n-- What it does.\nSELECT 1;\n\n-- name: two\nSELECT\n  2\n"
    )

    assert sqlfiles.load(path) == {"one": "SELECT 1", "two": "SELECT\n  2"}


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, "-- name: one\nSELECT 1\n-- name: one\nSELECT 2\n")

    with pytest.raises(ValueError, match=r"some\.sql.*'one'.*twice"):
        sqlfiles.load(path)


def test_a_file_without_names_has_no_statements(tmp_path: Path) -> None:
    assert sqlfiles.load(_file(tmp_path, "-- nothing\n")) == {}
