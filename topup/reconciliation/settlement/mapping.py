"""What the columns of an operator's file mean. Pure.

Owns the declared mapping and how it meets a header. A mapping is data that staff keep per operator; it
must never guess: a column that is not there is an error that names those that are.
"""

from typing import Annotated, Any, Literal, NamedTuple

import msgspec

MAX_NAMES = 50
"""Words for one state; an operator has a handful."""
Column = Annotated[
    str, msgspec.Meta(max_length=100, description="A name in the header, or without one a number from 1")
]
Words = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=60)]], msgspec.Meta(max_length=MAX_NAMES)
]


class MappingError(ValueError):
    """The mapping is not one, or does not fit the file. The message says what to change."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column is what, and how its values are written. An empty column is one that the file has not.

    Without a `state` column every line is a delivery. `time_format` is Python's (`%Y/%m/%d %H:%M:%S`),
    or `iso`. `authoritative`: what the file says of a recharge that is unknown settles it.
    """

    reference: Annotated[Column, msgspec.Meta(min_length=1)]
    amount: Annotated[Column, msgspec.Meta(min_length=1)]
    amount_unit: Literal["rial", "toman"] = "rial"
    thousands: Annotated[str, msgspec.Meta(max_length=1)] = ""
    state: Column = ""
    delivered: Words = []
    failed: Words = []
    operator_reference: Column = ""
    phone_number: Column = ""
    time: Column = ""
    time_format: Annotated[str, msgspec.Meta(max_length=60)] = "iso"
    time_zone: Annotated[str, msgspec.Meta(max_length=60)] = "Asia/Tehran"
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    encoding: Annotated[str, msgspec.Meta(max_length=40)] = "utf-8-sig"
    header: bool = True
    authoritative: bool = True


class Places(NamedTuple):
    """The places of the columns in a row, from 0; None for a column that the file has not."""

    reference: int
    amount: int
    state: int | None
    operator_reference: int | None
    phone_number: int | None
    time: int | None


def convert(content: Any) -> Mapping:  # what JSON or a form gave
    """A mapping from plain values. Raises MappingError."""
    try:
        mapping = msgspec.convert(content, Mapping)
    except msgspec.ValidationError as error:
        raise MappingError(f"The mapping: {error}.") from error
    return checked(mapping)


def decode(written: bytes) -> Mapping:
    """A mapping written as JSON. Raises MappingError."""
    try:
        return convert(msgspec.json.decode(written))
    except msgspec.DecodeError as error:
        raise MappingError(f"The mapping is not JSON: {error}.") from error


def checked(mapping: Mapping) -> Mapping:
    """The mapping, if its parts agree with each other. Raises MappingError."""
    if mapping.state and not mapping.delivered:
        raise MappingError("The mapping has a state column: say in `delivered` which words mean delivered.")
    both = set(map(folded, mapping.delivered)) & set(map(folded, mapping.failed))
    if both:
        raise MappingError(f"The mapping says that {min(both)!r} means delivered and failed.")
    if mapping.thousands.isalnum() or (mapping.thousands and mapping.thousands == mapping.delimiter):
        raise MappingError("The mapping's thousands separator is a digit, a letter or the delimiter itself.")
    if mapping.delimiter in '"\r\n':
        raise MappingError("The mapping's delimiter is a quote or the end of a line.")
    try:
        "".encode(mapping.encoding)
    except LookupError as error:
        raise MappingError(f"There is no encoding {mapping.encoding!r}; try utf-8-sig or cp1256.") from error
    return mapping


def folded(word: str) -> str:
    """A word as states are compared: without the spaces around it and without case."""
    return word.strip().casefold()


def places(mapping: Mapping, first_row: list[str]) -> Places:
    """Where the columns are, by the header or by their numbers. Raises MappingError."""
    header = [name.strip() for name in first_row]
    found = {
        field: _place(field, getattr(mapping, field), header, named=mapping.header)
        for field in Places._fields
        if getattr(mapping, field)
    }
    return Places(**{field: found.get(field) for field in Places._fields})  # type: ignore[arg-type]  # the two required columns are never empty


def _place(field: str, column: str, header: list[str], *, named: bool) -> int:
    if named:
        if header.count(column) == 1:
            return header.index(column)
        why = "no" if column not in header else "more than one"
        raise MappingError(
            f"The file has {why} column {column!r}, which the mapping says is the {field}. "
            f"Its columns are: {', '.join(header)[:500]}. Correct the mapping, or its delimiter."
        )
    if column.isascii() and column.isdecimal() and 1 <= int(column) <= len(header):
        return int(column) - 1
    raise MappingError(
        f"Without a header the {field} is the number of a column from 1 to {len(header)}, not {column!r}."
    )
