"""Unfold's stylesheet for pages that read from right to left, made from unfold's own.

Owns the mirroring: left becomes right in properties and in the few values that name a side. Unfold has no
such stylesheet; `python -m topup.console.mirror` writes it, a test holds it to the unfold installed.
"""

import re
from importlib.util import find_spec
from pathlib import Path

SOURCE = "static/unfold/css/styles.css"
MADE = Path(__file__).with_name("static") / "console" / "rtl.css"
NOTICE = "/* Made by `python -m topup.console.mirror` from django-unfold's styles.css (MIT License). */\n"

_SIDE = re.compile(r"left|right")
_PROPERTY = re.compile(r"(?<=[{;])((?:[a-z]+-)*(?:left|right)(?:-[a-z]+)*)(?=:)")
_VALUE = re.compile(r"(?<=[{;])(text-align|float|clear|transform-origin|background-position):([^;}]*)")
_SHIFT = re.compile(r"(?<=[{;])(--tw-translate-x:)([^;}]+)")
_UNMOVED = {"0", "initial"}


def mirrored(css: str) -> str:
    """The stylesheet with its sides exchanged; what is the same on both sides stays as it is."""
    css = _PROPERTY.sub(lambda found: _exchanged(found[1]), css)
    css = _VALUE.sub(lambda found: f"{found[1]}:{_exchanged(found[2])}", css)
    return _SHIFT.sub(lambda found: found[1] + _opposite(found[2]), css)


def source() -> str:
    """The stylesheet of the unfold that is installed."""
    found = find_spec("unfold")
    if found is None or found.origin is None:
        raise FileNotFoundError("django-unfold is not installed; install the project's requirements first")
    return (Path(found.origin).parent / SOURCE).read_text(encoding="utf-8")


def write() -> None:
    MADE.write_text(NOTICE + mirrored(source()), encoding="utf-8")


def _exchanged(text: str) -> str:
    return _SIDE.sub(lambda side: "right" if side[0] == "left" else "left", text)


def _opposite(distance: str) -> str:
    return distance if distance in _UNMOVED else f"calc(-1 * ({distance}))"


if __name__ == "__main__":
    write()
