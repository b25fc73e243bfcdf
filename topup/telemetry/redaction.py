"""What must not stand in a log, taken out of it. Pure.

Owns the patterns of phone numbers and secrets. Numbers keep their operator and their last two
digits; secrets keep nothing. It masks rather too much than too little: what only looks like a number
of ten digits that begins with 9 is masked too, but for ids and what is named an amount.
"""

import re
from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 8
"""Levels of a nested value that are looked into; what lies deeper is left out."""
HIDDEN = "[redacted]"
TOO_DEEP = "[too deep]"

# The same marks that `topup.phones` reads over, and a few more that people write between digits.
_BETWEEN = "[+ \\t\u00a0_./()\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069-]{0,3}"
_ASCII = {ord(d): str(v) for row in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩") for v, d in enumerate(row)}
_ENCODED_DIGIT = re.compile(r"%(?:DB%B|D9%A)([0-9])", re.IGNORECASE)
_ENCODED_MARK = re.compile(r"%(?:2B|20|28|29|2D|2E)", re.IGNORECASE)
_NUMBER = re.compile(
    # An id is passed over whole, so that no part of it is taken for a number.
    r"(?P<id>(?<![0-9A-Za-z])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,64})(?![0-9A-Za-z]))"
    rf"|(?P<iran>(?<!\d)(?:(?:\+|00){_BETWEEN})?(?:9{_BETWEEN}8{_BETWEEN})?(?:0{_BETWEEN})?9(?:{_BETWEEN}\d){{9}}(?!\d))"
    rf"|(?P<abroad>\+(?:{_BETWEEN}\d){{8,15}}(?!\d))"
)
_SUSPECT = re.compile(rf"[%$:=+]|tk_|[9۹٩](?:{_BETWEEN}\d){{9}}")
"""What any text has that is to be changed: most have none of it, and are passed on at once."""
_DIGIT = re.compile(r"\d")
_KEY = re.compile(r"tk_[A-Za-z0-9_-]{8,}")
_URL_PASSWORD = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^\s:/@]*:)\S*@")
_PASSWORD_HASH = re.compile(r"\b(?:pbkdf2_\w+|argon2\w*|bcrypt\w*|scrypt|md5)\$\S+")
_TO_THE_END = re.compile(r"(?im)((?:set-)?cookie|authorization)([\"']?\s*[:=]\s*).+$")
_NAMED = re.compile(
    r"(?i)((?:[\w-]*(?:password|passwd|pwd|secret|token|csrf)[\w-]*|session_?id|api[_-]?key)[\"']?\s*[:=]\s*)"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)"
)
_SECRET_PARTS = (
    *("password", "passwd", "secret", "authorization", "cookie", "csrf", "token", "sessionid", "apikey"),
)
_SECRET_NAMES = frozenset({"key", "session", "pwd", "dsn"})
_AMOUNTS = frozenset(
    {"amount", "available", "held", "limit", "remaining", "required", "version", "seller_id", "user_id"}
)
_PHONE_INTS = ((989_000_000_000, 989_999_999_999), (9_000_000_000, 9_999_999_999))


def phone(number: int) -> str:
    """A number of ours (E.164 without its plus), masked: `+98912*****89`."""
    written = str(number)
    return f"+{written[:5]}*****{written[-2:]}"


def text(written: str) -> str:
    """A text without secrets, its phone numbers masked, in digits of whatever script."""
    if _SUSPECT.search(written) is None:
        return written
    return _numbers(_secrets(written))


def value(given: Any, *, name: str = "", depth: int = 0) -> Any:  # a JSON value, or whatever was logged
    """Anything that is logged, redacted all the way down; what is no JSON value becomes its text."""
    if _is_secret(name):
        return HIDDEN
    if isinstance(given, bool | float) or given is None:
        return given
    if isinstance(given, int):
        return given if name in _AMOUNTS else _number(given)
    if depth >= MAX_DEPTH:
        return TOO_DEEP
    return _nested(given, name, depth)


def _nested(given: Any, name: str, depth: int) -> Any:  # as above
    if isinstance(given, Mapping):
        return {text(str(key)): value(part, name=str(key), depth=depth + 1) for key, part in given.items()}
    if isinstance(given, list | tuple | set | frozenset):
        return [value(part, name=name, depth=depth + 1) for part in given]
    if isinstance(given, bytes | bytearray):
        return text(given.decode("utf-8", "backslashreplace"))
    return text(str(given))


def _number(given: int) -> int | str:
    for low, high in _PHONE_INTS:
        if low <= given <= high:
            return _numbers(str(given))
    return given


def _is_secret(name: str) -> bool:
    plain = name.lower().replace("-", "").replace("_", "")
    return plain in _SECRET_NAMES or any(part in plain for part in _SECRET_PARTS)


def _secrets(written: str) -> str:
    if "tk_" in written:
        written = _KEY.sub(HIDDEN, written)
    if "://" in written:
        written = _URL_PASSWORD.sub(rf"\1{HIDDEN}@", written)
    if "$" in written:
        written = _PASSWORD_HASH.sub(HIDDEN, written)
    if "=" in written or ":" in written:
        written = _NAMED.sub(rf"\1{HIDDEN}", _TO_THE_END.sub(rf"\1\2{HIDDEN}", written))
    return written


def _numbers(written: str) -> str:
    if "%" in written:
        written = _ENCODED_MARK.sub(_decoded_mark, _ENCODED_DIGIT.sub(r"\1", written))
    plain = written.translate(_ASCII)  # digit for digit, so that places stay the same
    parts, end = [], 0
    for match in _NUMBER.finditer(plain):
        if match["id"] is None:
            parts += [written[end : match.start()], _masked(match[0])]
            end = match.end()
    return "".join([*parts, written[end:]]) if parts else written


def _decoded_mark(match: re.Match[str]) -> str:
    return chr(int(match[0][1:], 16))


def _masked(found: str) -> str:
    digits = "".join(_DIGIT.findall(found))
    national = digits[-10:]
    return f"+98{national[:3]}*****{national[-2:]}" if national[0] == "9" else f"+*****{digits[-2:]}"
