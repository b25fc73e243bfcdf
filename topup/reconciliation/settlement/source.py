"""A settlement file on the disk: its digest, and its lines as text, plain or gzipped.

Owns every limit on what is read, so that a file of any size or content costs flat memory.
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from django.utils.translation import gettext as _

from topup.reconciliation.settlement import mapping as mappings
from topup.reconciliation.settlement.lines import Bad, Line, Reader
from topup.reconciliation.settlement.mapping import Mapping

MAX_FILE_BYTES = 2 * 2**30
"""Unpacked: a day of twenty million recharges. More is another file, or an archive made to fill a disk."""
MAX_LINE_CHARACTERS = 10_000
"""Of one line: longer ones are no table."""
GZIP = b"\x1f\x8b"
PIECE_BYTES = 2**20


class FileError(ValueError):
    """The file can't be imported. The message says why and what to do; nothing was changed."""


class Digested(NamedTuple):
    """A file's unpacked content: its SHA-256 in hexadecimal, and its size."""

    sha256: str
    size_bytes: int


def digest(path: Path) -> Digested:
    """Read a file once, whole. Raises FileError."""
    sha, size = hashlib.sha256(), 0
    with _opened(path) as file:
        while piece := file.read(PIECE_BYTES):
            sha.update(piece)
            size += len(piece)
            if size > MAX_FILE_BYTES:
                raise FileError(
                    _("The file has more than %(most)s bytes unpacked. Split it.")
                    % {"most": f"{MAX_FILE_BYTES:,}"}
                )
    if size == 0:
        raise FileError(_("The file is empty. Ask the operator for the file again."))
    return Digested(sha.hexdigest(), size)


def lines(path: Path, mapping: Mapping) -> Iterator[Line | Bad]:
    """The lines of a file after its header, in order. Raises FileError and MappingError."""
    with _opened(path) as file:
        text = io.TextIOWrapper(file, encoding=mapping.encoding, newline="")
        rows = csv.reader(_bounded(text), delimiter=mapping.delimiter)
        try:
            first = next(rows, [])
            reader = Reader(mapping, mappings.places(mapping, first))
            if not mapping.header:
                yield reader.read(first, rows.line_num)
            for row in rows:
                if row:
                    yield reader.read(row, rows.line_num)
        except UnicodeError as error:
            raise FileError(
                _(
                    "The file is not %(encoding)s after line %(line)s. Set the mapping's encoding, such as"
                    " utf-16 or cp1256."
                )
                % {"encoding": mapping.encoding, "line": rows.line_num}
            ) from error
        except csv.Error as error:
            raise FileError(
                _("The file, line %(line)s: %(error)s. Is the delimiter right?")
                % {"line": rows.line_num, "error": error}
            ) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The unpacked content of a file. Raises FileError for whatever goes wrong while it is read."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(
            _("The file is a damaged gzip file: %(error)s. Fetch it again.") % {"error": error}
        ) from error
    except OSError as error:
        raise FileError(
            _("The file can't be read: %(error)s.") % {"error": error.strerror or error}
        ) from error


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE_CHARACTERS + 1):
        number += 1
        if len(line) > MAX_LINE_CHARACTERS:
            raise FileError(
                _(
                    "The file, line %(line)s: more than %(most)s characters. Is it a table with a line for"
                    " each recharge?"
                )
                % {"line": number, "most": f"{MAX_LINE_CHARACTERS:,}"}
            )
        yield line
