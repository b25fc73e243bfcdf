"""Reads `.sql` files of named statements: the only way hand-written SQL reaches Python.

A statement begins with `-- name: word`; lines of `--` under that describe it. Parameters are
PostgreSQL's own `$1`, `$2`, … (psycopg's raw cursors).
"""

import re
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load(path: Path) -> dict[str, str]:
    """The statements of a file by name. Raises ValueError for a name that stands twice."""
    pieces = _NAME.split(path.read_text(encoding="utf-8"))
    statements: dict[str, str] = {}
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in statements:
            raise ValueError(f"{path.name}: the statement {name!r} stands twice")
        statements[name] = _without_comments(text)
    return statements


def _without_comments(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")
