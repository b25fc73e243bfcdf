"""One look at every page in each language, of which all rules about pages are read.

Owns what a visit notes. A page is loaded once in English, and once more by its own switch to Persian: the
one in light, the other in dark, the one on a desktop, the other on a phone, in turns from page to page.
"""

from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as TookTooLong

from tests.browser import accessibility, chromium, foreign
from tests.browser.chromium import LANGUAGES, SIZES, THEMES, Language
from tests.browser.pages import PAGES, Eyes, Shown
from tests.browser.scene import Scene

SWITCH = "فارسی"
MISSING = ("404",)
_FITS = "width => document.documentElement.scrollWidth <= width"
_TOO_WIDE = """
(width) => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > width + 1 || each.getBoundingClientRect().left < -1)
  .slice(0, 8).map((each) => each.cloneNode(false).outerHTML.slice(0, 160))
"""


class Seen(NamedTuple):
    """A page in one language. `too_wide` are the screens that it does not fit, with what sticks out."""

    url: str
    language: str
    direction: str
    grave: list[str]
    too_wide: dict[str, list[str]]
    foreign: list[str]
    complaints: list[str]


class Visits:
    """Visits are remembered, so that each test may ask for what it needs."""

    def __init__(self, browser: Browser, url: str, scene: Scene) -> None:
        self._browser, self._url, self._scene = browser, url, scene
        self._open: dict[Eyes, tuple[Page, list[str]]] = {}
        self._seen: dict[tuple[str, Language], Seen] = {}

    def seen(self, shown: Shown, language: Language) -> Seen:
        if (shown.name, language) not in self._seen:
            self._visit(shown)
        return self._seen[shown.name, language]

    def close(self) -> None:
        for page, _ in self._open.values():
            page.context.close()

    def _visit(self, shown: Shown) -> None:
        page, complaints = self._page(shown.who)
        place = PAGES.index(shown)
        for turn, language in enumerate(LANGUAGES):
            page.emulate_media(color_scheme=THEMES[(place + turn) % 2])
            page.set_viewport_size(SIZES[tuple(SIZES)[(place // 2 + turn) % 2]])
            if turn:
                page.get_by_role("button", name=SWITCH).first.click()
                page.wait_for_load_state()
            else:
                page.context.add_cookies([{"name": "django_language", "value": language, "url": self._url}])
                page.goto(self._scene.path(shown))
            self._seen[shown.name, language] = _noted(page, complaints)

    def _page(self, who: Eyes) -> tuple[Page, list[str]]:
        """One page for all that one person sees: what a browser has once, it does not load again."""
        if who not in self._open:
            page = chromium.opened(self._browser, self._url, self._scene.eyes(who))
            self._open[who] = (page, chromium.watch(page.context, MISSING))
        return self._open[who]


def _noted(page: Page, complaints: list[str]) -> Seen:
    html = page.locator("html")
    said = (html.get_attribute("lang") or "", html.get_attribute("dir") or "")
    seen = Seen(page.url, *said, accessibility.findings(page), {}, foreign.words(page), complaints[:])
    complaints.clear()
    for size, screen in SIZES.items():
        page.set_viewport_size(screen)
        try:
            page.wait_for_function(_FITS, arg=screen["width"])  # a chart is drawn anew some time later
        except TookTooLong:
            sticking_out: Any = page.evaluate(_TOO_WIDE, screen["width"])
            seen.too_wide[size] = list(sticking_out)
    return seen
