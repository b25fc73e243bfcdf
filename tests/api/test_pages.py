"""Lists come in pages, newest first, in both directions, without a row twice or left out."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.calls import V1, an_item, asked, ok, sell_batch, sold
from tests.conftest import Api, NewSeller

LISTS = ("/recharges", "/transactions", "/credit-requests")
ROWS = 230


@pytest.fixture
def many(api: Api, new_seller: NewSeller) -> httpx.Client:
    """A seller with more than two full pages of everything."""
    client = api(new_seller(available=ROWS))  # the first movement is its credit
    assert {each["status"] for each in sell_batch(client, [an_item(amount=1) for _ in range(ROWS - 1)])} == {
        201
    }
    sold(client, amount=1)
    return client


def forwards(client: httpx.Client, path: str, limit: int) -> Iterator[list[dict[str, Any]]]:  # JSON objects
    query: dict[str, str | int] = {"limit": limit}
    while True:
        page = ok(client.get(V1 + path, params=query))
        yield page["data"]
        if not page["has_more"]:
            return
        query["starting_after"] = page["data"][-1]["id"]


def backwards(
    client: httpx.Client, path: str, limit: int, start: str
) -> Iterator[list[dict[str, Any]]]:  # JSON objects
    query: dict[str, str | int] = {"limit": limit, "ending_before": start}
    while True:
        page = ok(client.get(V1 + path, params=query))
        yield page["data"]
        if not page["has_more"]:
            return
        query["ending_before"] = page["data"][0]["id"]


def flat(pages: list[list[dict[str, Any]]]) -> list[str]:  # JSON objects
    return [row["id"] for page in pages for row in page]


@pytest.mark.parametrize("path", ["/recharges", "/transactions"])
def test_pages_are_read_from_end_to_end_in_both_directions(many: httpx.Client, path: str) -> None:
    down = list(forwards(many, path, 100))
    up = list(backwards(many, path, 100, flat(down)[-1]))

    ids = flat(down)
    assert [len(page) for page in down] == [100, 100, len(ids) - 200]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == ROWS + (path == "/transactions")
    assert flat(up[::-1]) == ids[:-1]


def test_a_page_has_twenty_five_rows_unless_asked_otherwise(many: httpx.Client) -> None:
    page = ok(many.get(f"{V1}/recharges"))

    assert (len(page["data"]), page["has_more"]) == (25, True)


@pytest.mark.parametrize("limit", [1, 3, 5, 6, 100])
@pytest.mark.parametrize("path", LISTS)
def test_a_page_knows_whether_it_is_the_last(selling: httpx.Client, path: str, limit: int) -> None:
    for _ in range(4):
        asked(selling)
        sold(selling)

    rows = 4 if path == "/recharges" else 5  # its first credit was asked for, and moved
    page = ok(selling.get(V1 + path, params={"limit": limit}))

    assert (len(page["data"]), page["has_more"]) == (min(rows, limit), rows > limit)
    assert len(flat(list(forwards(selling, path, limit)))) == rows


def test_what_is_made_meanwhile_shifts_no_page(selling: httpx.Client) -> None:
    made = [sold(selling)["id"] for _ in range(4)]
    first = ok(selling.get(f"{V1}/recharges?limit=2"))["data"]

    sold(selling)

    second = ok(selling.get(f"{V1}/recharges?limit=2&starting_after={first[-1]['id']}"))["data"]
    assert [row["id"] for row in first + second] == made[::-1]


@pytest.mark.parametrize("path", LISTS)
def test_a_new_seller_has_an_empty_page(api: Api, new_seller: NewSeller, path: str) -> None:
    assert ok(api(new_seller()).get(V1 + path)) == {"data": [], "has_more": False}
