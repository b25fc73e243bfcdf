"""Debian's Chromium under Playwright: launched without a network, watched for every complaint.

Owns the browser, who is logged in, and what counts as a complaint: an error or a warning in the console,
a broken Content-Security-Policy, a request that failed.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand

Size = Literal["desktop", "phone"]
Theme = Literal["light", "dark"]
Language = Literal["en", "fa"]
Who = SellerAtHand | StaffAtHand | None
SIZES: dict[Size, Any] = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 360, "height": 740},
}
LANGUAGES: tuple[Language, ...] = ("en", "fa")
THEMES: tuple[Theme, ...] = ("light", "dark")
WAIT_MS = 15_000
"""How long a test waits for what must come; the machine may be busy."""
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
LOUD = frozenset({"error", "warning", "assert"})

_sessions: dict[tuple[str, str], Any] = {}  # Playwright's storage states


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """A browser that reaches the loopback alone."""
    # Chromium's own sandbox does not start as root; what it opens here is our own pages.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[NO_NETWORK, *as_root])
        try:
            yield browser
        finally:
            browser.close()


def opened(
    browser: Browser,
    url: str,
    who: Who = None,
    *,
    language: Language = "en",
    theme: Theme = "light",
    size: Size = "desktop",
) -> Page:
    """A page of a new context; `who` is logged in, by the form the first time."""
    settings = {
        "base_url": url, "viewport": SIZES[size], "color_scheme": theme, "reduced_motion": "reduce",
    }  # fmt: skip
    context = browser.new_context(**settings, storage_state=_session(browser, url, who))
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    context.set_default_timeout(WAIT_MS)
    return context.new_page()


def _session(browser: Browser, url: str, who: Who) -> Any:  # Playwright's storage state
    if who is None:
        return None
    name = (url, who.username)
    if name not in _sessions:
        context = browser.new_context(base_url=url)
        context.set_default_timeout(WAIT_MS)
        log_in(context.new_page(), who)
        _sessions[name] = context.storage_state()
        context.close()
    return _sessions[name]


def log_in(page: Page, who: SellerAtHand | StaffAtHand) -> None:
    """Log in by the form, as a person does."""
    page.goto("/account/login/")
    page.locator("[name=login]").fill(who.username)
    page.locator("[name=password]").fill(who.password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda there: "/account/login/" not in there)


def watch(context: BrowserContext, expected: Sequence[str] = ()) -> list[str]:
    """The complaints of a context, as they come; what contains one of `expected` is none."""
    complaints: list[str] = []

    def note(complaint: str) -> None:
        if not any(each in complaint for each in expected):
            complaints.append(complaint)

    def said(message: ConsoleMessage) -> None:
        if message.type in LOUD:
            note(f"{message.type}: {message.text}")

    context.on("console", said)
    context.on("weberror", lambda error: note(f"error: {error.error}"))
    return complaints
