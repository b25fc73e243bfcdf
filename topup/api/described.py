"""The OpenAPI document, as a client may rely on it: Litestar's, with what Litestar does not know.

Owns what holds for all operations: how each refuses, and which of them ask for no key. What one operation
takes and gives is written where it is; nothing of that may be changed here.
"""

from typing import Any, Final

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from topup.api.errors import MEANINGS, MEDIA_TYPE, RETRY_AFTER_S

V1: Final = "/api/v1/"
OPEN: Final = frozenset(
    {
        ("get", "/api/health"),
        ("post", "/api/callbacks/{operator}"),
        ("post", "/api/v1/tokens"),
        ("post", "/api-token-auth"),
    }
)
"""Operations that look at no key."""
OPEN_BY_SETTING: Final = frozenset(
    {("get", "/api/metrics"), ("post", "/api/v1/sellers"), ("post", "/api/sellers")}
)
"""Operations that need none where a setting says so."""
OF_LITESTAR: Final = "400"
"""What Litestar says of parameters that won't do; ours are refused as everything is."""
_VERBS: Final = frozenset({"get", "post", "put", "patch", "delete"})
_FIELD: Final = {name: {"type": "string"} for name in ("field", "code", "message")}
PROBLEM: Final[dict[str, Any]] = {  # a JSON schema
    "type": "object",
    "description": "RFC 9457; `code` is one of /docs/errors, and some codes bring members of their own.",
    "required": ["type", "title", "status", "detail", "code", "request_id", "retryable", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": [str(code) for code in MEANINGS]},
        "request_id": {"type": "string"},
        "retryable": {"type": "boolean"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "required": list(_FIELD), "properties": _FIELD},
        },
    },
}
REFUSED: Final = (
    f"Refused: nothing was done. 429 and 503 say in Retry-After when to come back ({RETRY_AFTER_S} s)."
)


class Document(JsonRenderPlugin):
    """Litestar's plug-in for the document, which is completed when it is asked for first."""

    def __init__(self, *, path: str) -> None:
        super().__init__(path=path)
        self._rendered = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # JSON
        if not self._rendered:
            self._rendered = self.render_json(request, complete(openapi_schema))
        return self._rendered


def complete(document: dict[str, Any]) -> dict[str, Any]:  # JSON objects
    """The document with the refusals of each operation, and what needs no key marked so."""
    paths = {path: _item(path, item) for path, item in document["paths"].items()}
    schemas = {**document["components"]["schemas"], "Problem": PROBLEM}
    return {**document, "paths": paths, "components": {**document["components"], "schemas": schemas}}


def _item(path: str, item: dict[str, Any]) -> dict[str, Any]:  # JSON objects
    return {verb: _operation(verb, path, told) if verb in _VERBS else told for verb, told in item.items()}


def _operation(verb: str, path: str, told: dict[str, Any]) -> dict[str, Any]:  # JSON objects
    answers = {status: answer for status, answer in told["responses"].items() if status != OF_LITESTAR}
    content: dict[str, Any] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if not path.startswith(V1):  # the systems of the brief refuse in forms of their own
        content["application/json"] = {"schema": {"type": "object"}}
    completed = {**told, "responses": {**answers, "default": {"description": REFUSED, "content": content}}}
    if (verb, path) in OPEN:
        completed["security"] = []
    elif (verb, path) in OPEN_BY_SETTING:
        completed["security"] = [{}, {"key": []}]
    return completed
