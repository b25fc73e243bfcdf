"""What an HTTP answer means by an operator's mapping. Pure: bytes in, an `Answer` out.

Anything that is not mapped is UNKNOWN. It must never guess from a status of 2xx alone: a proxy's page
has it as well.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from topup.gateways.contract import MAX_EVIDENCE, Answer, Result
from topup.gateways.http_json.configuration import Reading

SERVER_ERROR: Final = 500
HIDDEN: Final = "[secret]"
TOLD_HEADERS: Final = (
    "content-type", "date", "server", "via", "retry-after", "location", "x-request-id", "request-id",
)  # fmt: skip
"""Headers that help whoever argues with the operator later."""


def at(path: str, said: Any) -> Any:  # JSON
    """The value at a dotted path, whose numbers are places in lists; None where there is none."""
    for part in path.split(".") if path else ():
        if isinstance(said, dict):
            said = said.get(part)
        elif isinstance(said, list) and part.isascii() and part.isdecimal() and int(part) < len(said):
            said = said[int(part)]
        else:
            return None
    return said if path else None


def word(value: Any) -> str | None:  # JSON
    """A plain value as tables name it: `OK`, `0`, `true`; None for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else None


def answer(reading: Reading, *, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """What was heard; the evidence still holds whatever it holds."""
    said = parsed(body)
    evidence = told(status, headers, body)
    value = word(at(reading.result, said))
    mapped = reading.results.get(value) if value is not None else reading.statuses.get(str(status))
    if mapped is None:
        code = "unmapped" if value is not None else f"http_{status}"
        return Answer(Result.UNKNOWN, code, evidence=evidence, healthy=status < SERVER_ERROR)
    return Answer(
        mapped,
        word(at(reading.code, said)) or (None if mapped is Result.DELIVERED else value or f"http_{status}"),
        word(at(reading.operator_reference, said)),
        evidence,
    )


def parsed(body: bytes) -> Any:  # JSON
    """The body as JSON; None where it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def told(status: int, headers: Mapping[str, str], body: bytes) -> str:
    lines = [str(status), *(f"{name}: {headers[name]}" for name in TOLD_HEADERS if name in headers)]
    return "\n".join([*lines, "", body.decode("utf-8", "replace")])


def masked(text: str, secrets: Iterable[str]) -> str:
    """A text of an operator without our secrets, should it repeat them, cut to what is kept."""
    for secret in sorted(secrets, key=len, reverse=True):
        for written in (secret, quote(secret, safe=""), msgspec.json.encode(secret).decode()[1:-1]):
            text = text.replace(written, HIDDEN)
    return text[:MAX_EVIDENCE]
