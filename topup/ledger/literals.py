"""Arrays as PostgreSQL's text literals. Pure.

A batch passes some forty arrays. As one string each they cost a join; as Python lists they would
cost an adapter per element. Nothing here does a step of Python for each value of the usual kind.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])


def columns(form: type[T], rows: Sequence[T]) -> Any:  # a `form` whose every field is a tuple
    """Rows turned on their side: one of their form, with all their values in each of its fields."""
    return form(*zip(*rows, strict=True))


def numbers(values: Iterable[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def words(values: Iterable[str]) -> str:
    """Texts known to need no quotes: enum labels, currencies, UUIDs, dates."""
    return "{" + ",".join(values) + "}"


def texts(values: Iterable[str]) -> str:
    """Any texts without NUL."""
    texts = list(values)
    if not texts:
        return "{}"
    joined = '","'.join(texts)
    if "\\" in joined or joined.count('"') != 2 * (len(texts) - 1):
        joined = '","'.join(map(_escaped, texts))
    return '{"' + joined + '"}'


def nullable_texts(values: Iterable[str | None]) -> str:
    """Texts without NUL, and NULLs."""
    return "{" + ",".join("NULL" if value is None else _quoted(value) for value in values) + "}"


def byte_strings(values: Iterable[bytes]) -> str:
    written = list(map(bytes.hex, values))
    return '{"\\\\x' + '","\\\\x'.join(written) + '"}' if written else "{}"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
