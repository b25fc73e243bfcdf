"""What an amount of money is: a whole number of a currency's minor unit, never a float.

The only reader and writer of amounts as people write them.
"""

import re
from typing import Annotated, NewType

import msgspec

Amount = NewType("Amount", int)
"""Minor units of the currency that stands beside it (rials for IRR)."""

# The largest number PostgreSQL's bigint holds; sums are held under it too, by the ledger's core.
MAX_MINOR = 2**63 - 1

PositiveMinor = Annotated[int, msgspec.Meta(ge=1, le=MAX_MINOR, description="Minor units (rials for IRR)")]
SignedMinor = Annotated[
    int, msgspec.Meta(ge=-MAX_MINOR, le=MAX_MINOR, description="Minor units (rials for IRR), not 0")
]

RIALS_PER_TOMAN = 10
_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]{0,18})(?:\.([0-9]{1,9}))?")


class AmountError(ValueError):
    """Not an amount that can be paid. The message says why."""


class Currency(msgspec.Struct, frozen=True):
    """A currency: its ISO 4217 code and how many decimals its minor unit has here."""

    code: str
    exponent: int


CURRENCIES = {"IRR": Currency(code="IRR", exponent=0)}


def read_decimal(written: str) -> Amount:
    """The rials of a positive amount written as a decimal, `50000.00` or `50000`; exact, never a float.

    Raises AmountError for anything else: a fraction that is not zero, an exponent, a sign, zero.
    """
    match = _DECIMAL.fullmatch(written)
    if match is None:
        raise AmountError("is not an amount such as 50000 or 50000.00")
    sign, whole, fraction = match.groups()
    if fraction and fraction.strip("0"):
        raise AmountError("has a fraction of a rial; write a whole number of rials, such as 50000.00")
    if sign or whole == "0":
        raise AmountError("must be 1 or more")
    if int(whole) > MAX_MINOR:
        raise AmountError(f"must be at most {MAX_MINOR}")
    return Amount(int(whole))


def with_separators(amount_minor: int) -> str:
    """`1234567` as `1,234,567`, for people."""
    return f"{amount_minor:,}"


def in_toman(amount_minor: int) -> str:
    """Rials as people in Iran say them, `1,234.5 toman`; exact, because ten rials make a toman."""
    toman, rial = divmod(abs(amount_minor), RIALS_PER_TOMAN)
    sign = "-" if amount_minor < 0 else ""
    fraction = f".{rial}" if rial else ""
    return f"{sign}{toman:,}{fraction} toman"
