"""Calls as a person makes them: with curl and a body written by hand, to the letter.

Owns how a call is sent and its answer read. Where there is no curl, httpx sends the same bytes.
"""

import json
import re
import shutil
import subprocess
from typing import Any, NamedTuple, Protocol

import httpx

from tests.conftest import HasKey
from tests.support.server import Server

CURL = shutil.which("curl")
TIMEOUT_S = 30
_STATUS = re.compile(r"HTTP/[\d.]+ (\d{3})")


class Answer(NamedTuple):
    """A status, headers by their lower-case names, and the JSON of the body."""

    status: int
    headers: dict[str, str]
    body: Any  # JSON

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotent-replayed") == "true"


class Call(Protocol):
    """`call("POST /api/topup/", '{"amount": 50000.00}', by=seller)`."""

    def __call__(
        self, line: str, body: str | None = None, *, by: HasKey | str | None = None, key: str | None = None
    ) -> Answer: ...


def calling(server: Server) -> Call:
    """Calls to this server."""

    def call(
        line: str, body: str | None = None, *, by: HasKey | str | None = None, key: str | None = None
    ) -> Answer:
        method, path = line.split(" ")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if by is not None:
            headers["Authorization"] = f"Token {by if isinstance(by, str) else by.key}"
        if key is not None:
            headers["Idempotency-Key"] = key
        sending = _by_httpx if CURL is None else _by_curl
        return sending(method, server.url + path, headers, body)

    return call


def _by_curl(method: str, url: str, headers: dict[str, str], body: str | None) -> Answer:
    words = ["--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", str(TIMEOUT_S)]
    for name, value in headers.items():
        words += ["--header", f"{name}: {value}"]
    if body is not None:
        words += ["--data", body]
    assert CURL is not None
    done = subprocess.run([CURL, *words, "--request", method, url], capture_output=True, check=True)
    head, _, content = done.stdout.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    status = _STATUS.match(first)
    assert status, first
    named = dict(line.split(": ", 1) for line in lines)
    return Answer(int(status[1]), {name.lower(): value for name, value in named.items()}, json.loads(content))


def _by_httpx(method: str, url: str, headers: dict[str, str], body: str | None) -> Answer:
    response = httpx.request(method, url, headers=headers, content=body, timeout=TIMEOUT_S)
    return Answer(response.status_code, dict(response.headers), response.json())
