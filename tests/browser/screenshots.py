"""`python -m tests.browser.screenshots`: pictures of every page into `docs/screenshots/`.

In both languages, light and dark, on a phone and on a desktop, from an installation of its own: what a screen
shows of a page before anybody scrolls, as WebP, because they are many and kept in git. Names after the
command choose pages: `… screenshots home login`.
"""

import base64
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, product
from pathlib import Path

import django
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.browser import scene as scenes
from tests.browser.chromium import LANGUAGES, SIZES, THEMES
from tests.browser.pages import PAGES, Shown
from tests.browser.scene import Scene
from tests.support.installation import ROOT, Installation, installed
from tests.support.needs import needs
from tests.support.server import serving

FOLDER = ROOT / "docs" / "screenshots"
PICTURE = {"format": "webp", "quality": 75}
"""As Chromium's own protocol takes it; Playwright's pictures are PNG or JPEG, which are twice the size."""
LOOKS = tuple(product(LANGUAGES, THEMES, SIZES))
FONTS_READY = "document.fonts.ready.then(() => true)"


def main(names: list[str]) -> None:
    wanted = [shown for shown in PAGES if not names or shown.name in names]
    FOLDER.mkdir(exist_ok=True)
    with installed() as installation, serving(installation, OPEN_REGISTRATION="true") as server:
        with _django(installation):
            from tests.support import sellers  # noqa: PLC0415  # its models exist from here on

            with installation.connect("app") as connection:
                scene = scenes.made(sellers, connection, server.url)
        with chromium.launched(needs("chromium")) as browser:
            for _who, theirs in groupby(sorted(wanted, key=_eyes), key=_eyes):
                _take(browser, server.url, scene, list(theirs))


@contextmanager
def _django(installation: Installation) -> Iterator[None]:
    os.environ.update(installation.environment(DJANGO_SETTINGS_MODULE="topup.site.settings"))
    django.setup()
    yield


def _eyes(shown: Shown) -> str:
    return shown.who


def _take(browser: Browser, url: str, scene: Scene, pages: Sequence[Shown]) -> None:
    """What one person sees, each look in a browser of its own."""
    eyes = scene.eyes(pages[0].who)
    for language, theme, size in LOOKS:
        page = chromium.opened(browser, url, eyes, language=language, theme=theme, size=size)
        for shown in pages:
            page.goto(scene.path(shown), wait_until="networkidle")
            page.evaluate(FONTS_READY)
            Path(FOLDER, f"{shown.name}-{language}-{theme}-{size}.webp").write_bytes(_picture(page))
        page.context.close()


def _picture(page: Page) -> bytes:
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", PICTURE)
    session.detach()
    return base64.b64decode(taken["data"])


if __name__ == "__main__":
    main(sys.argv[1:])
