"""Values that somebody sends who means no good, and the requests of the OpenAPI document that carry them.

Owns the values, and where the document has room for one: every field of every body, at any depth, and every
parameter of every query. Pure.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

NUMBERS: Final = (
    "0", "-1", "true", "1.5", '"1000"', "1e3", "NaN", "Infinity", "-Infinity", "-0", str(2**63),
    "1" + "0" * 100, "1" + "0" * 5000,
)  # fmt: skip
TEXTS: Final = (
    "", " ", "\0", "a\0b", "\ud800", "\u202e00001", "\u200b", "\r\nSet-Cookie: a=b", "\x1b[2J", "=1+1",
    "<script>alert(1)</script>", "'; DROP TABLE ledger.book; --", "../../../etc/passwd",
    "%s%n{0}${7*7}{{7*7}}",
    "٠٩١٢", "🙂" * 300, "x" * 100_000, "0912 345 6789\0", "*140#", "2026-13-45T99:99:99Z", "9" * 400,
)  # fmt: skip
SHAPES: Final = ("null", "[]", "{}", '[[["x"]]]', '{"__proto__": {"admin": true}}')
VALUES: Final = (*NUMBERS, *(json.dumps(text) for text in TEXTS), *SHAPES)
"""As they stand in JSON: some of them are none."""
MAX_DEPTH: Final = 3
"""Of a body's objects that are looked into: the document has none that is deeper but free JSON."""


class Call(NamedTuple):
    """An operation of the document. `fields` are paths into its body, `sample` a body that may be taken."""

    verb: str
    path: str
    sample: dict[str, Any]  # a JSON object
    fields: tuple[tuple[str | int, ...], ...]
    queries: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.verb} {self.path}"


def calls(document: dict[str, Any]) -> Iterator[Call]:  # a JSON object
    for path, item in document["paths"].items():
        for verb, told in item.items():
            if verb in ("get", "post", "put", "patch", "delete"):
                yield _call(document, path, verb, told)


def _call(document: dict[str, Any], path: str, verb: str, told: dict[str, Any]) -> Call:  # JSON objects
    content = told.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    sample = _sample(document, schema, 0)
    queries = tuple(each["name"] for each in told.get("parameters", ()) if each["in"] == "query")
    return Call(
        verb.upper(), path, sample if isinstance(sample, dict) else {}, tuple(_paths(sample)), queries
    )


def _sample(document: dict[str, Any], schema: dict[str, Any], depth: int) -> Any:  # JSON
    """Something of this form, with all its fields."""
    for name in ("oneOf", "anyOf", "allOf"):
        if name in schema:
            schema = next(each for each in schema[name] if each.get("type") != "null")
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "properties" in schema and depth < MAX_DEPTH:
        fields = schema["properties"].items()
        return {name: _sample(document, part, depth + 1) for name, part in fields}
    if schema.get("type") == "array":
        return [_sample(document, schema.get("items", {}), depth + 1)]
    return schema.get("examples", schema.get("enum", ["x"]))[0]


def _paths(sample: Any) -> Iterator[tuple[str | int, ...]]:  # JSON
    parts: Any = (
        sample.items() if isinstance(sample, dict) else enumerate(sample) if isinstance(sample, list) else ()
    )
    for name, part in parts:
        yield (name,)
        yield from ((name, *rest) for rest in _paths(part))


def bodies(call: Call) -> Iterator[bytes]:
    """The sample with each hostile value in place of each field, one at a time."""
    mark = '"\u2e2e"'
    for field in call.fields:
        written = json.dumps(_with(call.sample, field), ensure_ascii=False)
        yield from (written.replace(mark, value).encode("utf-8", "surrogatepass") for value in VALUES)


def _with(sample: Any, field: tuple[str | int, ...]) -> Any:  # JSON
    """The sample with a mark at this place."""
    if not field:
        return "\u2e2e"
    name, rest = field[0], field[1:]
    if isinstance(sample, list):
        return [_with(part, rest) if place == name else part for place, part in enumerate(sample)]
    return {key: _with(part, rest) if key == name else part for key, part in sample.items()}
