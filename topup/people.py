"""How people read and write amounts, numbers, days and times, in English and in Persian.

Owns the words and digits of both languages that an amount, a phone number or a moment is shown in, and
the way back from what people type. Pure: the language and the time zone are told, nothing is translated
elsewhere. Amounts stay whole minor units throughout; a fraction of a toman is a number of rials.
"""

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

import jdatetime

from topup.money import MAX_MINOR, RIALS_PER_TOMAN, AmountError
from topup.phones import COUNTRY_CODE

PERSIAN: Final = "fa"
Unit = Literal["toman", "rial"]
MINUS: Final = "\u2212"
LEFT_TO_RIGHT_MARK: Final = "\u200e"
ISOLATE_BEGIN, ISOLATE_END = "\u2066", "\u2069"
ISOLATE_AS_IT_BEGINS = "\u2068"
MAX_CHARACTERS: Final = 60
"""Longer than any way of writing an amount or a day."""
FIRST_GREGORIAN_YEAR: Final = 1700
"""A year before this was meant in the Persian calendar, which is in its fifteenth century."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TO_PERSIAN = str.maketrans("0123456789,.%", "۰۱۲۳۴۵۶۷۸۹٬٫٪")
_SCRIPTS = ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
_TO_ASCII = {ord(digit): str(value) for row in _SCRIPTS for value, digit in enumerate(row)}
_UNITS: dict[tuple[str, str], str] = {
    ("en", "toman"): "toman",
    ("en", "rial"): "rial",
    (PERSIAN, "toman"): "تومان",
    (PERSIAN, "rial"): "ریال",
}
_UNITS_TYPED: dict[str, Unit] = {
    "toman": "toman",
    "tomans": "toman",
    "irt": "toman",
    "تومان": "toman",
    "تومن": "toman",
    "rial": "rial",
    "rials": "rial",
    "irr": "rial",
    "ریال": "rial",
    "ريال": "rial",
}
_MARKS = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_INVISIBLE = dict.fromkeys(map(ord, _MARKS))
_SEPARATORS = dict.fromkeys(map(ord, "٬،'’_\u00a0\u202f \t"), ",")
_TYPED = re.compile(r"([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_APART = re.compile(f"([{ISOLATE_BEGIN}-{ISOLATE_AS_IT_BEGINS}][^{ISOLATE_END}]*{ISOLATE_END})")
_TO_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_MONTHS: Final = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
    PERSIAN: (
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
}  # fmt: skip


class Wrong(StrEnum):
    """What is wrong with an amount as it was typed; a form has a sentence for each."""

    UNREADABLE = "unreadable"
    TOO_FINE = "too_fine"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"


class NotAnAmount(AmountError):
    """What was typed is no amount that can be paid; `wrong` says why."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong


class NotADay(ValueError):
    """What was typed is no day of either calendar."""


def digits(text: str, language: str) -> str:
    """A text of digits, `,`, `.` and `%` in the digits and marks of a language."""
    return text.translate(_TO_PERSIAN) if language == PERSIAN else text


def number(count: int, language: str) -> str:
    """`12,500` or `۱۲٬۵۰۰`. A minus stands left of the number in both."""
    sign = _minus(language) if count < 0 else ""
    return sign + digits(f"{abs(count):,}", language)


def amount(amount_minor: int, currency: str, language: str, unit: Unit = "toman") -> str:
    """The figure of an amount without its unit, for columns whose head names it."""
    sign = _minus(language) if amount_minor < 0 else ""
    if currency != "IRR" or unit == "rial":
        return sign + digits(f"{abs(amount_minor):,}", language)
    toman, rials = divmod(abs(amount_minor), RIALS_PER_TOMAN)
    return sign + digits(f"{toman:,}.{rials}" if rials else f"{toman:,}", language)


def unit_name(currency: str, language: str, unit: Unit = "toman") -> str:
    """`toman`, `تومان`; of a currency that has no such word, its code."""
    return _UNITS[_known(language), unit] if currency == "IRR" else currency


def money(amount_minor: int, currency: str, language: str, unit: Unit = "toman") -> str:
    """`12,500 toman` or `۱۲٬۵۰۰ تومان`: exact, and never without its unit."""
    return f"{amount(amount_minor, currency, language, unit)}\u00a0{unit_name(currency, language, unit)}"


def read_money(written: str, unit: Unit = "toman") -> int:
    """The rials of a positive amount as people type it, in `unit` where they name none.

    Digits of any of the three scripts, thousands with any usual separator, and a unit are understood; a
    fraction is one digit, a rial. `12.500` is refused: it means two things. Raises NotAnAmount.
    """
    if len(written) > MAX_CHARACTERS:
        raise NotAnAmount(Wrong.UNREADABLE)
    plain = written.translate(_TO_ASCII).translate(_INVISIBLE).strip().lower()
    figure, named = _without_unit(plain)
    figure = figure.strip().replace("٫", ".")
    if figure[:1] in ("-", MINUS):
        raise NotAnAmount(Wrong.NOT_POSITIVE)
    match = _TYPED.fullmatch(figure.translate(_SEPARATORS))
    if match is None:
        raise NotAnAmount(Wrong.UNREADABLE)
    return _rials(match[1].replace(",", ""), match[2] or "", named or unit)


def percent(part: int, whole: int, language: str) -> str:
    """`98.7%`, `۹۸٫۷٪`, rounded down so that only all is 100 %; `–` of nothing."""
    if whole <= 0:
        return "–"
    thousandths = part * 1000 // whole
    shown = f"{thousandths // 10}.{thousandths % 10}%" if thousandths % 10 else f"{thousandths // 10}%"
    return digits(shown, language)


def phone(e164: int, language: str) -> str:
    """`0912 345 6789` in the digits of the language; a number from elsewhere begins with its plus sign."""
    written = str(e164)
    national = written.removeprefix(COUNTRY_CODE)
    if national == written or len(national) != len("9123456789"):
        return digits(f"+{written}", language)
    return digits(f"0{national[:3]} {national[3:6]} {national[6:]}", language)


def isolated(text: str) -> str:
    """A text that reads left to right wherever it stands, for plain text; HTML has `<bdi dir="ltr">`."""
    return f"{ISOLATE_BEGIN}{text}{ISOLATE_END}"


def named(text: str, language: str) -> str:
    """A name or another text of somebody's own in a sentence, for plain text; HTML has `<bdi>`.

    Where reading goes from right to left, its own direction begins and ends with it.
    """
    return f"{ISOLATE_AS_IT_BEGINS}{text}{ISOLATE_END}" if language == PERSIAN else text


def spoken(text: str, language: str) -> str:
    """A sentence that a library made, in the digits of the language; what is isolated in it stays."""
    if language != PERSIAN:
        return text
    return "".join(
        part if place % 2 else part.translate(_TO_PERSIAN_DIGITS)
        for place, part in enumerate(_APART.split(text))
    )


def day(when: date, language: str) -> str:
    """`2026-11-20`, or `۱۴۰۵/۰۸/۲۹` by the Persian calendar."""
    if language != PERSIAN:
        return f"{when:%Y-%m-%d}"
    jalali = jdatetime.date.fromgregorian(date=when)
    return digits(f"{jalali.year:04}/{jalali.month:02}/{jalali.day:02}", language)


def day_in_words(when: date, language: str) -> str:
    """`20 November 2026` or `۲۹ آبان ۱۴۰۵`."""
    year, month, monthday = _parts(when, language)
    return f"{digits(str(monthday), language)} {_month_name(month, language)} {digits(str(year), language)}"


def month_in_words(when: date, language: str) -> str:
    """`November 2026` or `آبان ۱۴۰۵`: the month of a day, in the language's calendar."""
    year, month, _ = _parts(when, language)
    return f"{_month_name(month, language)} {digits(str(year), language)}"


def month_begins(when: date, language: str) -> date:
    """The first day of the month of a day, in the language's calendar."""
    year, month, _ = _parts(when, language)
    if language != PERSIAN:
        return date(year, month, 1)
    begins: date = jdatetime.date(year, month, 1).togregorian()
    return begins


def local(moment_us: int, zone: str) -> datetime:
    """A moment as a datetime in the zone that people live in."""
    return (_EPOCH + timedelta(microseconds=moment_us)).astimezone(ZoneInfo(zone))


def time(moment_us: int, language: str, zone: str, *, seconds: bool = False) -> str:
    """`14:05`, `۱۴:۰۵`."""
    return digits(f"{local(moment_us, zone):{'%H:%M:%S' if seconds else '%H:%M'}}", language)


def moment(moment_us: int, language: str, zone: str, *, seconds: bool = False) -> str:
    """`2026-11-20 14:05` or `۱۴۰۵/۰۸/۲۹ ۱۴:۰۵`, in the zone that people live in."""
    when = local(moment_us, zone).date()
    return f"{day(when, language)} {time(moment_us, language, zone, seconds=seconds)}"


def read_day(written: str) -> date:
    """A day as people type it in either calendar, `2026-11-20` or `۱۴۰۵/۸/۲۹`. Raises NotADay."""
    plain = written[:MAX_CHARACTERS].translate(_TO_ASCII).translate(_INVISIBLE).strip()
    match = _DAY.fullmatch(plain)
    if match is None:
        raise NotADay(written)
    year, month, monthday = map(int, match.groups())
    try:
        if year >= FIRST_GREGORIAN_YEAR:
            return date(year, month, monthday)
        found: date = jdatetime.date(year, month, monthday).togregorian()
    except ValueError as error:
        raise NotADay(written) from error
    return found


def _known(language: str) -> str:
    return PERSIAN if language == PERSIAN else "en"


def _minus(language: str) -> str:
    # Without the mark a minus would wander to the right of the number in a right-to-left line.
    return LEFT_TO_RIGHT_MARK + MINUS if language == PERSIAN else MINUS


def _parts(when: date, language: str) -> tuple[int, int, int]:
    if language != PERSIAN:
        return when.year, when.month, when.day
    jalali = jdatetime.date.fromgregorian(date=when)
    return jalali.year, jalali.month, jalali.day


def _month_name(month: int, language: str) -> str:
    return _MONTHS[_known(language)][month - 1]


def _without_unit(plain: str) -> tuple[str, Unit | None]:
    for word, unit in _UNITS_TYPED.items():
        if plain.endswith(word):
            return plain.removesuffix(word), unit
    return plain, None


def _rials(whole: str, fraction: str, unit: Unit) -> int:
    if len(fraction) > 1 or (fraction not in ("", "0") and unit == "rial"):
        raise NotAnAmount(Wrong.TOO_FINE)
    found = int(whole) * RIALS_PER_TOMAN + int(fraction or "0") if unit == "toman" else int(whole)
    if found <= 0:
        raise NotAnAmount(Wrong.NOT_POSITIVE)
    if found > MAX_MINOR:
        raise NotAnAmount(Wrong.TOO_LARGE)
    return found
