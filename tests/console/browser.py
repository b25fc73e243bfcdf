"""A person at the console: logs in by the form, opens pages, fills in their forms and sends them.

Owns how a page is read. What it sends is what the page's own form would have sent, CSRF token and
hidden fields too, with the changes that a test makes.
"""

import html
import re
from typing import Any

import httpx

CONSOLE = "/console/"
LOGIN = "/account/login/"
SELLERS = "/console/sellers/seller/"
REQUESTS = "/console/credit/creditrequest/"
RECHARGES = "/console/recharges/recharge/"
MOVEMENTS = "/console/ledger/movement/"
BOOKS = "/console/ledger/book/"
USERS = "/console/sellers/user/"
KEYS = "/console/sellers/apikey/"
OPERATORS = "/console/gateways/operator/"
AUDIT = "/console/audit/entry/"
EXPLORER = "/console/ledger/explorer/"

_INPUT = re.compile(r"<input\b[^>]*>")
_CLASSES = re.compile(r'class="[^"]*"')  # which name states that the input may never be in
_AREA = re.compile(r'<textarea\b[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)"[^>]*\bselected')
_MESSAGE = re.compile(r'<li class="\*:mb-0!">\s*<div[^>]*>(.*?)</div>', re.DOTALL)


class Browser:
    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)

    def log_in(self, username: str, password: str) -> httpx.Response:
        return self.send(LOGIN, login=username, password=password, next=CONSOLE)

    def open(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def form(self, path: str) -> dict[str, Any]:
        """What the form of a page would send, unchanged."""
        page = self.open(path)
        assert page.status_code == httpx.codes.OK, (path, page.status_code)
        return fields(page.text)

    def send(self, path: str, **changes: Any) -> httpx.Response:
        """The form of a page, sent with these changes."""
        return self.post(path, self.form(path) | changes)

    def post(self, path: str, data: dict[str, Any]) -> httpx.Response:
        """A form sent as it is; the token is that of this browser."""
        token = {"csrfmiddlewaretoken": self.client.cookies.get("csrftoken", "")}
        return self.client.post(path, data=token | data)

    def act(self, path: str, action: str, *identifiers: object, **more: Any) -> httpx.Response:
        """An action of a list on these rows, whether the list shows them or not."""
        chosen = [str(identifier) for identifier in identifiers]
        token = self.client.cookies.get("csrftoken", "")
        sent = {"action": action, "_selected_action": chosen, "csrfmiddlewaretoken": token} | more
        return self.client.post(path, data=sent)


def fields(page: str) -> dict[str, Any]:
    """The names and values of a page's inputs, except those of buttons and searches."""
    form = page.rsplit('id="content"', maxsplit=1)[-1]
    found: dict[str, Any] = {name: html.unescape(value).strip() for name, value in _AREA.findall(form)}
    for name, options in _SELECT.findall(form):
        found[name] = _CHOSEN.findall(options)
    for tag in _INPUT.findall(form):
        written = _CLASSES.sub("", tag)
        given = dict(re.findall(r'(\w+)="([^"]*)"', written))
        kind, name = given.get("type", "text"), given.get("name")
        if name and kind not in ("submit", "button") and (kind != "checkbox" or " checked" in written):
            found[name] = html.unescape(given.get("value", "on" if kind == "checkbox" else ""))
    return found


def messages(page: httpx.Response) -> str:
    return " ".join(html.unescape(text).strip() for text in _MESSAGE.findall(page.text))
