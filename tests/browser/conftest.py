"""A browser for the tests: `browse(who)` opens a page in which somebody is logged in.

- `browse(who=None, language=, theme=, size=, expected=, on=)`: a Playwright page on the shared server, or on
  another. A test fails on whatever the browser complains about, but for what contains one of `expected`.
- `axe(page)`: fails on what is serious for people who use assistive technology.
- `scene`: people and sales to look at, one for the whole run.

Without Chromium these tests are skipped; CI refuses that (`tests/support/needs.py`). A module has a browser
of its own: Playwright holds the thread's event loop, which other modules' coroutines need.
"""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import accessibility, chromium
from tests.browser import scene as scenes
from tests.browser.chromium import Language, Size, Theme, Who
from tests.browser.scene import Scene
from tests.support.installation import Installation
from tests.support.needs import needs
from tests.support.server import Server

expect.set_options(timeout=chromium.WAIT_MS)


class Browse(Protocol):
    def __call__(
        self,
        who: Who = None,
        *,
        language: Language = "en",
        theme: Theme = "light",
        size: Size = "desktop",
        expected: tuple[str, ...] = (),
        on: Server | None = None,
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.launched(needs("chromium")) as launched:
        yield launched


@pytest.fixture
def browse(browser: Browser, server: Server) -> Iterator[Browse]:
    opened: list[tuple[Page, list[str]]] = []

    def browse(
        who: Who = None,
        *,
        language: Language = "en",
        theme: Theme = "light",
        size: Size = "desktop",
        expected: tuple[str, ...] = (),
        on: Server | None = None,
    ) -> Page:
        page = chromium.opened(browser, (on or server).url, who, language=language, theme=theme, size=size)
        opened.append((page, chromium.watch(page.context, expected)))
        return page

    yield browse
    for page, _ in opened:
        page.context.close()
    assert [complaints for _, complaints in opened if complaints] == []


@pytest.fixture
def axe() -> Callable[[Page], None]:
    def look(page: Page) -> None:
        assert accessibility.findings(page) == []

    return look


@pytest.fixture(scope="session")
def scene(people: ModuleType, installation: Installation, server_of_the_run: Server) -> Scene:
    connection = installation.connect("app")
    try:
        return scenes.made(people, connection, server_of_the_run.url)
    finally:
        connection.close()
