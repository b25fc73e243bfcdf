"""Every page that `bench.pages` times is one of the product's: none is timed that says it is missing."""

from types import ModuleType

import pytest
from django.urls import resolve

from bench import pages
from bench.many_rows import Plan
from topup import clock

PLAN = Plan(sellers=3, sales=300, most=100)
EVERY = {
    f"{where} {name}": path for where in ("PORTAL", "CONSOLE") for name, path in getattr(pages, where).items()
}


@pytest.mark.parametrize("path", EVERY.values(), ids=EVERY)
def test_a_page_that_is_timed_is_there(people: ModuleType, path: str) -> None:
    written = path.format_map(pages.names_of(PLAN, clock.now_us()))

    assert resolve(written.partition("?")[0]).func.__name__ != "missing"


def test_all_sales_are_dealt_out() -> None:
    assert sum(PLAN.of(seller) for seller in range(1, PLAN.sellers + 1)) == PLAN.sales
