"""The lines of an operator's file, read by its mapping. Pure.

Owns how an amount, a state, a time and a reference are written there. A line that can't be read is told
with what is wrong with it; where its reference can be read it is still known that the file has it.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from topup.money import MAX_MINOR, RIALS_PER_TOMAN
from topup.reconciliation.settlement.mapping import Mapping, MappingError, Places, folded

DELIVERED, FAILED, UNREADABLE = "d", "f", "u"
MAX_TEXT = 100
"""Characters of a reference or a number that are kept, for the evidence of a case."""
TIMES_KEPT = 100_000
"""Times of a file that are remembered as read: more than a day has seconds."""
NO_SELLER = 0

_REFERENCE = re.compile(r"([0-9a-f]{24})([0-9a-f]{8})([0-9]{2})?", re.ASCII)
_AMOUNT = re.compile(r"([0-9]{1,19})(?:\.0+)?", re.ASCII)
_DIGITS = {ord(digit): str(value) for row in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩") for value, digit in enumerate(row)}
_DASHES = "-"


class Line(NamedTuple):
    """A line of the file. `recharge_id` (32 hexadecimal digits) and `seller_id` follow from a reference
    of ours; a foreign reference has seller 0 and an id made from it, which is nobody's."""

    nr: int
    reference: str
    seller_id: int
    recharge_id: str
    attempt: int | None
    state: str
    amount: int | None
    operator_reference: str | None
    phone_number: str | None
    at_us: int | None


class Bad(NamedTuple):
    """What is wrong with a line; `line` is what is known of it all the same, if anything."""

    nr: int
    why: str
    line: Line | None = None


class _WrongValueError(ValueError):
    pass


class Reader:
    """Reads the rows of one file."""

    def __init__(self, mapping: Mapping, places: Places) -> None:
        self._mapping = mapping
        self._places = places
        self._width = max(place for place in places if place is not None) + 1
        self._states = dict.fromkeys(map(folded, mapping.delivered), DELIVERED)
        self._states |= dict.fromkeys(map(folded, mapping.failed), FAILED)
        self._unit = RIALS_PER_TOMAN if mapping.amount_unit == "toman" else 1
        self._time = _reader_of_times(mapping) if places.time is not None else None

    def read(self, row: list[str], nr: int) -> Line | Bad:
        if len(row) < self._width:
            return Bad(nr, f"has {len(row)} columns, and the mapping needs {self._width}")
        reference = row[self._places.reference].strip()
        if not reference:
            return Bad(nr, "has no reference")
        line = _known_by(reference, nr)
        try:
            return line._replace(
                state=self._state(row),
                amount=self._amount(row[self._places.amount]),
                operator_reference=_text(row, self._places.operator_reference),
                phone_number=_text(row, self._places.phone_number),
                at_us=self._at_us(row),
            )
        except _WrongValueError as error:
            return Bad(nr, str(error), line)

    def _state(self, row: list[str]) -> str:
        if self._places.state is None:
            return DELIVERED
        written = row[self._places.state]
        state = self._states.get(written) or self._states.get(folded(written))
        if state is None:
            raise _WrongValueError(f"the state {written[:MAX_TEXT]!r} is not in the mapping's words")
        return state

    def _amount(self, written: str) -> int:
        text = written.strip()
        if not text.isascii():
            text = text.translate(_DIGITS)
        if self._mapping.thousands:
            text = text.replace(self._mapping.thousands, "")
        match = _AMOUNT.fullmatch(text)
        amount = int(match[1]) * self._unit if match else 0
        if not 0 < amount <= MAX_MINOR:
            raise _WrongValueError(
                f"the amount {written[:MAX_TEXT]!r} is not a whole number of {self._mapping.amount_unit}s"
            )
        return amount

    def _at_us(self, row: list[str]) -> int | None:
        if self._time is None or self._places.time is None:
            return None
        written = row[self._places.time].strip()
        try:
            return self._time(written) if written else None
        except ValueError as error:
            raise _WrongValueError(
                f"the time {written[:MAX_TEXT]!r} is not like {self._mapping.time_format}"
            ) from error


def _known_by(reference: str, nr: int) -> Line:
    """A line of which only the reference has been read."""
    plain = reference.replace(_DASHES, "").lower()
    match = _REFERENCE.fullmatch(plain)
    if match:
        seller_id, attempt = int(match[2], 16), int(match[3]) if match[3] else None
        recharge_id = plain[:32]
    else:
        seller_id, attempt = NO_SELLER, None
        recharge_id = blake2b(reference.encode(errors="replace"), digest_size=16).hexdigest()
    kept = _clean(reference)
    return Line(nr, kept, seller_id, recharge_id, attempt, UNREADABLE, None, None, None, None)


def _text(row: list[str], place: int | None) -> str | None:
    return _clean(row[place].strip()) or None if place is not None else None


def _clean(text: str) -> str:
    """A text that PostgreSQL keeps, and no longer than a case needs."""
    return text[:MAX_TEXT].replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _reader_of_times(mapping: Mapping) -> Callable[[str], int]:
    """What reads a time of this mapping as microseconds. Raises MappingError for a zone there is not."""
    try:
        zone = ZoneInfo(mapping.time_zone)
    except (LookupError, ValueError, OSError) as error:
        raise MappingError(f"There is no time zone {mapping.time_zone!r}; try Asia/Tehran.") from error

    @lru_cache(maxsize=TIMES_KEPT)
    def read(written: str) -> int:
        text = written if written.isascii() else written.translate(_DIGITS)
        iso = mapping.time_format == "iso"
        moment = datetime.fromisoformat(text) if iso else datetime.strptime(text, mapping.time_format)  # noqa: DTZ007  # its zone is the mapping's, next line
        local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return int(local.timestamp()) * 1_000_000

    return read
