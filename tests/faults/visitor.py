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
    """Logged in once it is made."""

    def __init__(self, url: str, *, username: str, password: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        found = TOKEN.search(self._once_it_opens(LOGIN))
        assert found, "a form to log in with"
        form = {"csrfmiddlewaretoken": found[1], "login": username, "password": password, "next": HOME}
        self._open(LOGIN, urlencode(form).encode())
        assert self.is_let_in(), "the log-in failed"

    def is_let_in(self) -> bool:
        """Whether the console's first page is shown, and not the log-in once more."""
        try:
            with self._opener.open(self._url + HOME, timeout=TIMEOUT_S) as answer:
                return bool(answer.status == 200 and answer.url.endswith(HOME))
        except OSError:
            return False

    def _once_it_opens(self, path: str) -> str:
        """A page, which may have to find its database again after what broke before."""
        until_s = time.monotonic() + TIMEOUT_S
        while True:
            try:
                return self._open(path)
            except urllib.error.HTTPError:
                if time.monotonic() > until_s:
                    raise
                time.sleep(PAUSE_S)

    def _open(self, path: str, form: bytes | None = None) -> str:
        request = urllib.request.Request(self._url + path, data=form, headers={"Referer": self._url + path})
        with self._opener.open(request, timeout=TIMEOUT_S) as answer:
            return str(answer.read(), "utf-8")
