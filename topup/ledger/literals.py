"""Arrays as PostgreSQL's text literals. Pure.

A batch passes some forty arrays. As one string each they cost a join; as Python lists they would
cost an adapter per element.
"""

from collections.abc import Iterable


def numbers(values: Iterable[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def words(values: Iterable[str]) -> str:
    """Texts known to need no quotes: enum labels, currencies, UUIDs, dates."""
    return "{" + ",".join(values) + "}"


def texts(values: Iterable[str]) -> str:
    """Any texts without NUL."""
    return "{" + ",".join(_quoted(value) for value in values) + "}"


def nullable_texts(values: Iterable[str | None]) -> str:
    """Texts without NUL, and NULLs."""
    return "{" + ",".join("NULL" if value is None else _quoted(value) for value in values) + "}"


def byte_strings(values: Iterable[bytes]) -> str:
    return "{" + ",".join('"\\\\x' + value.hex() + '"' for value in values) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
