"""Every route has its row in the table of answers, and answers everybody as the row says.

The routes are those that the product is made of, not a list of these tests': a route without a row fails.
What a role may do beyond being let in is told where it is done (tests/api, tests/portal, tests/console).
"""

import warnings
from typing import TYPE_CHECKING

import pytest

from tests.attack import routes, table
from tests.attack.table import CALLERS

if TYPE_CHECKING:
    from tests.attack.callers import Callers
    from tests.attack.things import Things

ROWS = table.rows()


@pytest.fixture(scope="module")
def ways_in(callers: "Callers") -> set[str]:
    """Every route with the methods that it has; a page's are those that it looks at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Litestar's, about our handlers' arguments
        from topup.site.asgi import api_application  # noqa: PLC0415  # Django is set up by `callers`
    api = {f"{method} {path}" for method, path in routes.of_the_api(api_application)}
    pages = {f"GET {path}" for path in routes.of_the_pages()}
    return api | pages | {f"POST {path}" for path in routes.that_take_forms()}


def test_every_way_in_has_a_row(ways_in: set[str]) -> None:
    assert len(ways_in) > 250
    assert ways_in - {row.name for row in ROWS} == set()


def test_no_row_is_of_a_way_that_there_is_not(ways_in: set[str]) -> None:
    known = {way.partition(" ")[2] for way in ways_in}

    assert {row.route for row in ROWS} - known == set()


def test_a_row_is_written_once() -> None:
    names = [row.name for row in ROWS]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_everybody_is_answered_as_the_table_says(
    callers: "Callers", things: "Things", row: table.Row
) -> None:
    answers = table.tried(row, callers, things.of)

    assert dict(zip(CALLERS, answers, strict=True)) == dict(zip(CALLERS, row.answers, strict=True))
