"""Reading requests: bodies into typed structs, strictly, and the headers that we know.

The only place where a body is parsed. A body that is not what its struct says becomes a `Problem`
that names the field.
"""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi.spec import Operation
from litestar.openapi.spec import Parameter as DescribedParameter
from litestar.params import HeaderParameter

from topup.api.errors import Code, Problem, invalid

MAX_BODY_BYTES = 512 * 1024
"""Room for a batch of 1,000 recharges; a single one has a hundred bytes."""

_KEY = re.compile(r"[ -~]{1,255}")
_JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_PATH = re.compile(r"^(.*?)(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(.*?)`")

T = TypeVar("T")

KeyHeader = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", description="1 to 255 printable ASCII; a retry has the same"),
]


@dataclass
class NeedsKey(Operation):
    """An operation whose description says that the Idempotency-Key must be sent."""

    def __post_init__(self) -> None:
        for parameter in self.parameters or []:
            if isinstance(parameter, DescribedParameter) and parameter.name == "Idempotency-Key":
                parameter.required = True


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}  # one per type that a route declares


class ApiRequest(Request[Any, Any, State]):
    """Litestar's request, whose body is decoded strictly into the type of the handler's `data`."""

    async def json(self) -> Any:  # an instance of the handler's own type
        check_media_type(self.headers.get("content-type"))
        declared = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        return decode(await self.body(), declared)

    async def body(self) -> bytes:
        # Litestar passes an empty body over; here it is a body that is not JSON.
        return await super().body() or b" "


def check_media_type(content_type: str | None) -> None:
    if content_type and not _JSON_TYPE.fullmatch(content_type):
        raise Problem(Code.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json.")


def decode(body: bytes, wanted: type[T]) -> T:
    """The body as this type. Raises Problem: not JSON, an unknown field, or a value that won't do."""
    try:
        return cast("T", _decoder(wanted).decode(body))
    except msgspec.ValidationError as error:
        raise explain(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_json(body, error) from None
    except RecursionError:
        raise Problem(Code.MALFORMED_JSON, "The body is nested too deeply.") from None


def _decoder(wanted: Any) -> "msgspec.json.Decoder[Any]":  # a type, and its decoder
    decoder = _decoders.get(wanted)
    if decoder is None:
        decoder = _decoders[wanted] = msgspec.json.Decoder(wanted)
    return decoder


def _not_json(body: bytes, error: Exception) -> Problem:
    """NaN and Infinity are no JSON, but people who send them mean a number: say which is wrong."""
    named: list[str] = []
    try:
        json.loads(body, parse_constant=named.append)
    except (ValueError, RecursionError):
        detail = "The body is empty." if not body.strip() else f"{error}."
        return Problem(Code.MALFORMED_JSON, detail)
    if not named:
        return Problem(Code.MALFORMED_JSON, f"{error}.")
    return invalid("amount", f"{named[0]} is not a whole number", code="not_an_integer")


def explain(message: str) -> Problem:
    """msgspec's sentence as a problem that names the field."""
    unknown = _UNKNOWN.search(message)
    if unknown:
        name = f"{unknown[2]}.{unknown[1]}" if unknown[2] else unknown[1]
        return Problem(
            Code.UNKNOWN_FIELD,
            f"The field {name!r} is not known here. Remove it, or correct its name.",
            errors=[{"field": name, "code": "unknown", "message": "is not known"}],
        )
    missing = _MISSING.search(message)
    if missing:
        return invalid(missing[1], "is required", code="required")
    match = _PATH.match(message)
    text, path = (match[1], match[2]) if match else (message, None)
    return invalid(path or "body", text[:1].lower() + text[1:])


def refuse_numbers(request: ApiRequest, *names: str) -> None:
    """A time in a query is written as one: Litestar would read `0.5` as half a second after 1970."""
    for name in names:
        if ":" not in request.query_params.get(name, ":"):
            raise invalid(name, "is no RFC 3339 time such as 2026-01-31T00:00:00Z")


def required_key(request: ApiRequest, key: str | None) -> str:
    """The Idempotency-Key header where it must be sent. Raises Problem."""
    if key is None:
        raise Problem(
            Code.MISSING_IDEMPOTENCY_KEY,
            "Send an Idempotency-Key of your own, such as your order's number; the same for a retry.",
        )
    if len(request.headers.getall("idempotency-key", [])) > 1:
        raise Problem(Code.INVALID_IDEMPOTENCY_KEY, "Send one Idempotency-Key; this request has several.")
    return check_key(key)


def optional_key(request: ApiRequest, key: str | None) -> str | None:
    """The Idempotency-Key header where it may be sent. Raises Problem where it is not valid."""
    return None if key is None else required_key(request, key)


def is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def check_key(key: str) -> str:
    if not is_key(key):
        raise Problem(
            Code.INVALID_IDEMPOTENCY_KEY, "An idempotency key has 1 to 255 printable ASCII characters."
        )
    return key
