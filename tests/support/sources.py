"""The product's own files, as the tests of its architecture read them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.installation import ROOT

PRODUCT = ROOT / "topup"
_COMMENT = re.compile(r"--.*$", re.MULTILINE)
_NAMED = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


class SqlText(NamedTuple):
    """A piece of SQL without comments; `where` is `folder/file.sql:name` for a reader of a failure."""

    where: str
    text: str


def python_files(*folders: str) -> list[Path]:
    """The Python files of the product, or of some of its folders and files, without migrations."""
    roots = [PRODUCT / folder for folder in folders] or [PRODUCT]
    found = [path for root in roots for path in ([root] if root.is_file() else sorted(root.rglob("*.py")))]
    assert found, folders
    return [path for path in found if "migrations" not in path.parts]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def statements() -> list[SqlText]:
    """Every named statement of the product's `.sql` files."""
    return [
        SqlText(f"{shown(path)}:{name}", text) for path in _sql_files() for name, text in _named_pieces(path)
    ]


def definitions() -> list[SqlText]:
    """Every CREATE, GRANT, … of the files that define the database, functions in one piece."""
    return [
        SqlText(f"{shown(path)}:{' '.join(text.split()[:4])}", text)
        for path in _sql_files()
        if not list(_named_pieces(path))
        for text in _pieces(_COMMENT.sub("", path.read_text(encoding="utf-8")))
    ]


def function_statements() -> list[SqlText]:
    """Every statement inside a function."""
    return [
        SqlText(f"{function.where}", statement)
        for function in definitions()
        if function.text.startswith("CREATE FUNCTION")
        for statement in function.text.split("$$")[1].split(";")
    ]


def _sql_files() -> list[Path]:
    return sorted(path for path in PRODUCT.rglob("*.sql") if path.parent.name != "embedded")


def _named_pieces(path: Path) -> Iterator[tuple[str, str]]:
    pieces = _NAMED.split(path.read_text(encoding="utf-8"))
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        yield name, _COMMENT.sub("", text).strip()


def _pieces(text: str) -> list[str]:
    """The commands of a file, split at semicolons outside `$$`."""
    parts = text.split("$$")
    marked = "$$".join(
        part if place % 2 == 0 else part.replace(";", "\x00") for place, part in enumerate(parts)
    )
    return [piece.replace("\x00", ";").strip() for piece in marked.split(";") if piece.strip()]
