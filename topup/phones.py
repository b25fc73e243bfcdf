"""Phone numbers as people write them, and the one form that is kept: E.164 as an integer.

The only reader of phone numbers. What is valid comes from libphonenumber's metadata (the
`phonenumbers` package); the usual ways of writing an Iranian number are read by one expression
made from it, and only what that refuses is parsed in full, to say what is wrong.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata

REGION = "IR"
COUNTRY_CODE = "98"
MAX_CHARACTERS = 40
"""Longer than any way of writing a number."""

_metadata = PhoneMetadata.metadata_for_region(REGION)
assert _metadata is not None
assert _metadata.mobile is not None
_mobile = _metadata.mobile.national_number_pattern
_DIGITS = re.compile(r"\+?\d+")  # of any script
_USUAL = re.compile(rf"(?:\+98|0098|98|0)?({_mobile})", re.ASCII)
_WRITTEN = {ord(digit): str(value) for row in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩") for value, digit in enumerate(row)}
_SPACES = " \t\u00a0"
_INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069"  # right-to-left text brings them
)
_MARKS = "-\u2010\u2011\u2012\u2013.()/"
_BETWEEN = dict.fromkeys(map(ord, _SPACES + _INVISIBLE + _MARKS))
_TRANSLATION = _WRITTEN | _BETWEEN


class PhoneError(ValueError):
    """Not a number that can be recharged. The message says why and shows the form expected."""


def parse(written: str) -> int:
    """The E.164 number, without its plus sign, of a mobile number as people write it.

    >>> parse("۰۹۱۲ ۳۴۵ ۶۷۸۹")
    989123456789

    Raises PhoneError.
    """
    usual = _USUAL.fullmatch(written)  # as programs write it
    if usual is not None:
        return int(COUNTRY_CODE + usual[1])
    if len(written) <= MAX_CHARACTERS:
        usual = _USUAL.fullmatch(written.translate(_TRANSLATION))
        if usual is not None:
            return int(COUNTRY_CODE + usual[1])
    return _parse_unusual(written)


def beginning(written: str) -> str:
    """The national digits of a number that is still being typed; empty where it is none so far."""
    typed = written[:MAX_CHARACTERS].translate(_TRANSLATION).removeprefix("+")
    if not (typed.isascii() and typed.isdecimal()):
        return ""
    trunk = next((each for each in (f"00{COUNTRY_CODE}", COUNTRY_CODE, "0") if typed.startswith(each)), "")
    return typed.removeprefix(trunk)


def show(number: int) -> str:
    """`+989123456789`, as every answer writes a number."""
    return f"+{number}"


def national(number: int) -> str:
    """The digits after the country code, by which an operator's prefixes are compared."""
    return str(number)[len(COUNTRY_CODE) :]


def _parse_unusual(written: str) -> int:
    expected = "write a mobile number such as 09123456789 or +989123456789"
    if len(written) > MAX_CHARACTERS:
        raise PhoneError(f"longer than {MAX_CHARACTERS} characters; {expected}")
    if not _DIGITS.fullmatch(written.translate(_TRANSLATION)):
        # The library would read letters as the keys of a telephone, and extensions as nothing.
        raise PhoneError(f"not a phone number; {expected}")
    try:
        parsed = phonenumbers.parse(written, REGION)
    except NumberParseException as error:
        raise PhoneError(f"not a phone number; {expected}") from error
    if parsed.country_code != int(COUNTRY_CODE):
        raise PhoneError(f"not an Iranian number; {expected}")
    digits = str(parsed.national_number)
    if _USUAL.fullmatch(digits):
        return int(COUNTRY_CODE + digits)
    if phonenumbers.is_valid_number(parsed):
        raise PhoneError(f"not a mobile number; {expected}")
    raise PhoneError(f"no such number; {expected}")
