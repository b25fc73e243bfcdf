"""A small client of our own HTTP API, for the proof and the health check at start."""

import http.client
import json
from types import TracebackType
from typing import Any, Self

# The slowest answer that a machine under first load gives; then something is wrong.
REQUEST_TIMEOUT_S = 30
# A problem document fits; a page that somebody else serves on this port need not.
SHOWN_MAX_BYTES = 500


class ApiError(RuntimeError):
    """An answer that was not the expected one."""


class Client:
    """One kept-alive connection to one server. Not for concurrent use."""

    def __init__(self, *, host: str, port: int, timeout_s: float = REQUEST_TIMEOUT_S) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def status(self, path: str) -> int:
        """The status of a GET; 0 where nobody answers."""
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return 0
        return answer.status

    def call(
        self, method: str, path: str, *, token: str, body: object = None, key: str | None = None
    ) -> Any:  # JSON of the contract's shape
        """Send a request and return the decoded answer. Raises ApiError unless it is a 2xx."""
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None if method == "GET" else json.dumps({} if body is None else body)
        try:
            self._connection.request(method, path, body=content, headers=headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(f"{method} {path}: {str(error) or type(error).__name__}") from error
        if not 200 <= answer.status < 300:  # noqa: PLR2004  # the class of HTTP successes
            shown = text[:SHOWN_MAX_BYTES].decode(errors="replace")
            raise ApiError(f"{method} {path} answered {answer.status}: {shown}")
        return json.loads(text)
