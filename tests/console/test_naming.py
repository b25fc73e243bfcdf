"""What Django and unfold call things by themselves is called in the reader's language, as we write it."""

import re

from tests.console.browser import OPERATORS, SELLERS, Browser
from tests.support.installation import Installation
from topup.console import naming


def in_persian(browser: Browser, path: str) -> str:
    """The words of a page."""
    page = browser.client.get(path, headers={"Accept-Language": "fa"})
    return re.sub(r"<script.*?</script>|<[^>]*>", " ", page.text, flags=re.DOTALL)


def test_every_thing_that_has_a_page_has_a_name(installation: Installation) -> None:
    from django.contrib import admin  # noqa: PLC0415  # Django is set up by the installation

    registered = {model._meta.label_lower for model in admin.site._registry}

    assert registered == set(naming.MODELS)


def test_a_list_is_persian_but_for_what_it_lists(browser: Browser) -> None:
    page = in_persian(browser, OPERATORS)

    assert "پیش‌شماره‌ها" in page
    assert "نام (انگلیسی)" in page
    assert not re.search(r"\b(Name|Status|Gateway|operators|Instant|Active)\b", page)


def test_a_list_without_rows_says_so_in_persian(browser: Browser) -> None:
    assert "چیزی پیدا نشد" in in_persian(browser, f"{SELLERS}?q=no-such-seller")
