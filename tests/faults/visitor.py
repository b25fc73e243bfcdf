"""Staff at the console with a browser's means: cookies, a log-in, a page that asks the database.

Owns the log-in, which comes before anything breaks, and what counts as the console being open.
"""

import re
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

TIMEOUT_S = 30
PAUSE_S = 0.2
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HOME = "/console/"
LOGIN = "/account/login/"


class Visitor:
    """Logged in once it is made, by whoever tries again where a page must find its database first."""

    def __init__(self, url: str, *, username: str, password: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        until_s = time.monotonic() + TIMEOUT_S
        while not (self._logs_in(username, password) and self.is_let_in()):
            assert time.monotonic() < until_s, "the log-in failed"
            time.sleep(PAUSE_S)

    def _logs_in(self, username: str, password: str) -> bool:
        try:
            found = TOKEN.search(self._open(LOGIN))
            if found:  # else a try before was as good as its answer was not
                form = {
                    "csrfmiddlewaretoken": found[1],
                    "login": username,
                    "password": password,
                    "next": HOME,
                }
                self._open(LOGIN, urlencode(form).encode())
        except urllib.error.HTTPError:
            return False
        return True

    def is_let_in(self) -> bool:
        """Whether the console's first page is shown, and not the log-in once more."""
        try:
            with self._opener.open(self._url + HOME, timeout=TIMEOUT_S) as answer:
                return bool(answer.status == 200 and answer.url.endswith(HOME))
        except OSError:
            return False

    def _open(self, path: str, form: bytes | None = None) -> str:
        request = urllib.request.Request(self._url + path, data=form, headers={"Referer": self._url + path})
        with self._opener.open(request, timeout=TIMEOUT_S) as answer:
            return str(answer.read(), "utf-8")
