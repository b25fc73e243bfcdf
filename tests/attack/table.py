"""The table of who may what (`answers.txt`): one line for each route and method, and how a line is tried.

Owns the form of a line and what an answer is called there. It must decide nothing: what is right stands in
the table alone.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx

if TYPE_CHECKING:
    from tests.attack.callers import Callers

CALLERS: Final = (
    "nobody", "revoked", "stranger", "owner", "cashier", "viewer", "support", "finance", "admin",
)  # fmt: skip
"""Who asks, in the order of the table's columns (`callers.py`)."""
FILE: Final = Path(__file__).with_name("answers.txt")
LED_TO: Final = {
    "/account/login/": "login",
    "/console/login/": "login",
    "/console/": "console",
    "/": "portal",
}
"""What a redirect is called by where it leads; any other is `302`."""
PARAMETER: Final = re.compile(r"\{(\w+)\}")
OF_THE_API: Final = ("/api", "/docs/", "/static/")
Of = Callable[..., str]
"""`Things.of`."""


class Row(NamedTuple):
    """`answers` has one word for each of CALLERS; `body` is JSON, or a form's fields, of a template."""

    method: str
    route: str
    answers: tuple[str, ...]
    body: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def is_page(self) -> bool:
        return not self.route.startswith(OF_THE_API)


def rows() -> list[Row]:
    lines = (line.partition("#")[0].strip() for line in FILE.read_text("utf-8").splitlines())
    return [_row(line) for line in lines if line]


def _row(line: str) -> Row:
    said, _, body = line.partition("|")
    method, route, *answers = said.split()
    assert len(answers) == len(CALLERS), f"one answer for each of {CALLERS}: {line}"
    return Row(method, route, tuple(answers), body.strip())


def tried(row: Row, callers: "Callers", of: Of) -> tuple[str, ...]:
    """What each caller is answered."""
    answers = tuple(_asked(row, callers, caller, of) for caller in CALLERS)
    if row.method != "GET":
        callers.forget_sessions()
    return answers


def _asked(row: Row, callers: "Callers", caller: str, of: Of) -> str:
    changes = row.method != "GET"
    path = PARAMETER.sub(lambda found: of(row.route, found[1], fresh=changes), row.route)
    body = Template(row.body).safe_substitute(_Lazily(lambda name: of(row.route, name, fresh=True)))
    with callers.browser(caller, fresh=changes) if row.is_page else callers.api(caller) as client:
        if row.is_page:
            answer = client.request(row.method, path, data=dict(httpx.QueryParams(body)) if changes else None)
        else:
            headers = {"Idempotency-Key": f"{caller} {path}"} if changes else {}
            answer = client.request(
                row.method, path, json=json.loads(body) if body else None, headers=headers
            )
    return called(answer)


class _Lazily(dict[str, str]):
    """What a body speaks of is made when it does."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> str:
        return self._make(name)


def called(answer: httpx.Response) -> str:
    """An answer by its name in the table."""
    if not answer.is_redirect:
        return str(answer.status_code)
    there = httpx.URL(answer.headers["location"]).path
    return LED_TO.get(there, str(answer.status_code))
