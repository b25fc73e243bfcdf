"""Texts with places for what an order brings: `{reference}`, `{amount}`, `{secret:NAME}`. Pure.

Owns the language: which places there are, and how they are filled in a URL, a header and a body. A
place that is not known is refused when staff save it, not when an order is sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from topup.clock import US_PER_SECOND
from topup.gateways.contract import Order
from topup.phones import national, show

MINOR_IN_TOMAN: Final = 10
NUMBERS: Final = frozenset({"amount", "amount_toman"})
"""Places that stand for a number where they are the whole of a text in a body."""
OF_AN_ORDER: Final = (
    "reference", "recharge_id", "phone_number", "national", "amount", "amount_text", "amount_toman",
    "amount_toman_text", "currency", "timestamp",
)  # fmt: skip
OF_A_SIGNATURE: Final = ("body", "timestamp", "method", "path", "reference")
OF_A_CALLBACK: Final = ("body",)
MAX_DEPTH: Final = 10
"""Levels of a body's template."""

_PLACE = re.compile(r"\{([a-z_]+)(?::([A-Za-z0-9_-]+))?\}")

Values = Mapping[str, str]


class NotInToman(ValueError):
    """This amount has no whole number of toman, so that no order can say it."""


def places(text: str) -> Iterator[tuple[str, str | None]]:
    """The places of a template: a name, and for `secret` and `header` whose."""
    for match in _PLACE.finditer(text):
        yield match[1], match[2]


def problem(text: str, *, known: tuple[str, ...], named: tuple[str, ...] = ()) -> str | None:
    """What is wrong with a template; `named` are the places that take a name, such as `secret`."""
    for name, of in places(text):
        if (of is None and name not in known) or (of is not None and name not in named):
            may = [f"{{{each}}}" for each in known] + [f"{{{each}:NAME}}" for each in named]
            return f"{{{name}}} is not known here; there are {', '.join(may)}"
    if set(_PLACE.sub("", text)) & {"{", "}"}:
        return "a brace stands for nothing; write a place such as {reference}"
    return None


def of_order(order: Order, *, now_us: int) -> dict[str, str]:
    """What an order puts into the places."""
    toman, rest = divmod(order.amount, MINOR_IN_TOMAN)
    values = {
        "reference": order.reference,
        "recharge_id": order.recharge_id,
        "phone_number": show(order.phone_number),
        "national": f"0{national(order.phone_number)}",
        "amount": str(order.amount),
        "amount_text": str(order.amount),
        "currency": order.currency,
        "timestamp": str(now_us // US_PER_SECOND),
    }
    if not rest:
        values |= {"amount_toman": str(toman), "amount_toman_text": str(toman)}
    return values


def fill(text: str, values: Values, secrets: Values, *, escape: Callable[[str], str] = str) -> str:
    """A template with its places filled. Raises NotInToman."""

    def value(match: re.Match[str]) -> str:
        if match[1] == "secret":
            return escape(secrets[match[2]])
        if match[1] not in values:
            raise NotInToman
        return escape(values[match[1]])

    return _PLACE.sub(value, text)


def fill_body(body: Any, values: Values, secrets: Values) -> Any:  # JSON, both
    """A JSON body whose texts are templates; one that is nothing but `{amount}` becomes a number."""
    if isinstance(body, str):
        whole = _PLACE.fullmatch(body)
        filled = fill(body, values, secrets)
        return int(filled) if whole and whole[1] in NUMBERS else filled
    if isinstance(body, dict):
        return {key: fill_body(part, values, secrets) for key, part in body.items()}
    if isinstance(body, list):
        return [fill_body(part, values, secrets) for part in body]
    return body


def texts(body: Any, depth: int = 0) -> Iterator[str]:  # JSON
    """Every text of a body, at any depth. Raises ValueError for one that is too deep."""
    if depth > MAX_DEPTH:
        raise ValueError(f"body: nest it at most {MAX_DEPTH} levels deep")
    if isinstance(body, str):
        yield body
    parts = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    for part in parts:
        yield from texts(part, depth + 1)
