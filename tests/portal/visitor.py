"""A person at the portal, without a browser: opens pages, logs in by the form, sends forms with their token.

Owns how a page is asked for and a form is sent. It follows redirects, as a browser does.
"""

import html
import re
from typing import Any

import httpx

from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand

LOGIN = "/account/login/"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Visitor:
    def __init__(self, url: str, *, language: str = "en") -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
        self.client.cookies.set("django_language", language)

    def open(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def send(self, path: str, **values: Any) -> httpx.Response:
        """The form of this page, opened anew: what it hides, and these values."""
        return self.answer(self.open(path), path, **values)

    def answer(self, page: httpx.Response, path: str, **values: Any) -> httpx.Response:
        """The form of a page that is open already."""
        inside = page.text.partition("<main")[2].partition("</main>")[0]  # outside are other forms
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(inside)}
        return self.client.post(path, data=hidden | values)

    def log_in(self, who: SellerAtHand | StaffAtHand, *, password: str = "") -> httpx.Response:
        return self.send(LOGIN, login=who.username, password=password or who.password)
