"""No page does anything for a form of another site: without its token it is refused before it is looked at.

Made from the URL configuration, so that a page is held to it from the day it is there. The API asks a session
for the same token (tests/api/test_sessions.py); a key cannot be sent by another site.
"""

from typing import TYPE_CHECKING

import httpx

from tests.attack import routes
from tests.attack.table import PARAMETER
from topup import ids

if TYPE_CHECKING:
    from tests.attack.callers import Callers

NUMBERS = frozenset({"seller_id", "user_id", "session_id"})


def path_of(route: str) -> str:
    """Any address of this route: it is refused before anything is looked for."""
    return PARAMETER.sub(lambda found: "1" if found[1] in NUMBERS else ids.new(1), route)


def test_no_page_takes_a_form_without_its_token(callers: "Callers") -> None:
    paths = [path_of(route) for route in sorted(routes.of_the_pages())]

    for who in ("owner", "admin"):
        with callers.browser(who, token=False) as browser:
            taken = {path for path in paths if browser.post(path).status_code != httpx.codes.FORBIDDEN}
        assert taken == set(), who
    assert len(paths) > 150


def test_a_token_of_another_browser_is_none(callers: "Callers") -> None:
    with callers.browser("owner", token=False) as browser:
        answer = browser.post("/settings/keys/make/", headers={"X-CSRFToken": "u" * 32})

    assert answer.status_code == httpx.codes.FORBIDDEN


def test_a_form_of_another_site_is_refused_with_its_token_too(callers: "Callers") -> None:
    with callers.browser("owner") as browser:
        answer = browser.post("/settings/keys/make/", headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == httpx.codes.FORBIDDEN
