"""What a PDF of ours says, read back from its bytes: as much of the format as Typst writes, and no more.

Owns the way from a page's content to text. A piece is what stands in one place, such as a cell; letters of a
right-to-left text come as they stand on the paper, figures in their own order.
"""

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.DOTALL)
_LENGTH = re.compile(rb"/Length (\d+)")
_BEGINS = b"stream\n"
_FONTS = re.compile(rb"/Font<<(.*?)>>")
_NAMED = re.compile(rb"/(f\d+) (\d+) 0 R")
_CHARACTER = re.compile(rb"<([0-9A-F]+)> <([0-9A-F]+)>")
_PIECE = re.compile(rb"\bBT\b(.*?)ET\n", re.DOTALL)
_IN_A_FONT = re.compile(rb"/(f\d+) [\d.]+ Tf")
_INSTEAD = re.compile(rb"<</ActualText.*?>>BDC", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

Characters = dict[int, str]


def pieces(pdf: bytes) -> list[str]:
    """The texts of all pages, in the order in which they were written."""
    objects = dict(_OBJECT.findall(pdf))
    found: list[str] = []
    for page in (content for content in objects.values() if re.search(rb"/Type/Page\b", content)):
        fonts = _fonts(objects, page)
        content = re.search(rb"/Contents (\d+) 0 R", page)
        assert content is not None
        found += _said(_inflated(objects[content[1]]), fonts)
    return found


def _fonts(objects: dict[bytes, bytes], page: bytes) -> dict[bytes, Characters]:
    resources = re.search(rb"/Resources (\d+) 0 R", page)
    named = _FONTS.search(objects[resources[1]] if resources else page)
    return (
        {name: _characters(objects, objects[font]) for name, font in _NAMED.findall(named[1])}
        if named
        else {}
    )


def _characters(objects: dict[bytes, bytes], font: bytes) -> Characters:
    table = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert table is not None
    pairs = _CHARACTER.findall(_inflated(objects[table[1]]).partition(b"beginbfchar")[2])
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _said(content: bytes, fonts: dict[bytes, Characters]) -> Iterator[str]:
    for piece in _PIECE.findall(content):
        _before, *shown = _IN_A_FONT.split(_INSTEAD.sub(b"", piece))
        yield "".join(
            _text(glyphs, fonts[font]) for font, glyphs in zip(shown[::2], shown[1::2], strict=True)
        )


def _text(shown: bytes, characters: Characters) -> str:
    glyphs = b"".join(_ESCAPE.sub(_unescaped, string) for string in _strings(shown))
    return "".join(characters[int.from_bytes(glyphs[at : at + 2])] for at in range(0, len(glyphs), 2))


def _strings(shown: bytes) -> Iterator[bytes]:
    """The strings in an operator's operands; a parenthesis may stand inside one where its pair does too."""
    depth, began, escaped = 0, 0, False
    for at, byte in enumerate(shown):
        if escaped or byte == ord("\\"):
            escaped = not escaped
        elif byte == ord("("):
            began = began if depth else at + 1
            depth += 1
        elif byte == ord(")"):
            depth -= 1
            if depth == 0:
                yield shown[began:at]


def _unescaped(found: re.Match[bytes]) -> bytes:
    written = found[1]
    return bytes([int(written, 8)]) if written.isdigit() else _ESCAPED.get(written, written)


def _inflated(content: bytes) -> bytes:
    length = _LENGTH.search(content)
    assert length is not None
    begins = content.index(_BEGINS) + len(_BEGINS)
    return zlib.decompress(content[begins : begins + int(length[1])])
