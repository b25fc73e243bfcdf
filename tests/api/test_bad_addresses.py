"""Paths, queries and changes that won't do are refused, named, change nothing, and tell nothing."""

import httpx
import pytest

from tests.api.calls import LEAKS, NOBODY, V1, fields, ok, problem
from tests.support.sellers_at_hand import SellerAtHand

pytestmark = pytest.mark.usefixtures("nothing_written")

IDS = (
    "1",
    "x",
    NOBODY[:-1],
    NOBODY + "0",
    NOBODY.replace("-", ""),
    "%00",
    "%FF",
    "..%2F..",
    "'--",
    "{}",
    "٣" * 36,
)


@pytest.mark.parametrize("identifier", IDS)
@pytest.mark.parametrize("path", ["/recharges/{}", "/credit-requests/{}", "/sellers/{}"])
def test_an_id_that_is_none_is_not_found(selling: httpx.Client, path: str, identifier: str) -> None:
    problem(selling.get(V1 + path.format(identifier)), 404, "not_found")


@pytest.mark.parametrize("identifier", IDS)
@pytest.mark.parametrize(
    "path", ["/credit-requests/{}/approve", "/credit-requests/{}/reject", "/recharges/{}/reverse"]
)
def test_nothing_is_decided_about_an_id_that_is_none(
    deciding: httpx.Client, path: str, identifier: str
) -> None:
    answer = deciding.post(V1 + path.format(identifier), json={"reason": "x"})

    problem(answer, 404, "not_found")


LISTS = ("/recharges", "/credit-requests", "/transactions")
QUERIES = (
    "limit=0", "limit=101", "limit=-1", "limit=abc", "limit=", "limit=1.5", f"limit={10**30}", "limit=%00",
    "starting_after=abc", "ending_before=abc", "starting_after=%00", f"starting_after={NOBODY}0",
    f"starting_after={NOBODY}&ending_before={NOBODY}",
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", LISTS)
def test_a_page_is_asked_for_properly(selling: httpx.Client, path: str, query: str) -> None:
    problem(selling.get(f"{V1}{path}?{query}"), 422, "validation_error")


@pytest.mark.parametrize(
    "query",
    [
        "status=nothing",
        "status=",
        "status=%00",
        "phone_number=abc",
        "phone_number=%00",
        "created_from=yesterday",
        "created_from=2026-11-20T00:00:00",
        "created_to=2026-02-30T00:00:00Z",
        "created_to=",
        "created_from=%00",
        "created_from=99999-01-01T00:00:00Z",
    ],
)
def test_a_filter_of_recharges_is_asked_for_properly(selling: httpx.Client, query: str) -> None:
    problem(selling.get(f"{V1}/recharges?{query}"), 422, "validation_error")


@pytest.mark.parametrize(
    "query",
    [
        "reference=%00",
        "reference=%FF",
        "reference=",
        "reference=" + "x" * 5000,
        "created_from=0001-01-01T00:00:00Z",
        "created_to=9999-12-31T23:59:59-23:59",
        "created_from=0001-01-01T00:00:00%2B14:00",
    ],
)
def test_a_filter_that_matches_nothing_is_no_fault(selling: httpx.Client, query: str) -> None:
    answer = selling.get(f"{V1}/recharges?{query}")

    assert answer.status_code in {200, 422}
    assert not LEAKS.search(answer.text)


@pytest.mark.parametrize(
    "at",
    ["", "now", "2026-11-20", "2026-11-20T00:00:00", "2026-13-01T00:00:00Z", "%00", "10000-01-01T00:00:00Z"],
)
def test_a_balance_is_asked_for_at_a_moment(selling: httpx.Client, at: str) -> None:
    refusal = problem(selling.get(f"{V1}/balance?at={at}"), 422, "validation_error")

    assert fields(refusal) == ["at"]


@pytest.mark.parametrize("seller_id", ["abc", "", "1.5", "%00"])
@pytest.mark.parametrize("path", [f"{V1}{path}" for path in LISTS] + ["/api/balance/verify/"])
def test_a_seller_is_named_by_a_number(deciding: httpx.Client, path: str, seller_id: str) -> None:
    problem(deciding.get(f"{path}?seller_id={seller_id}"), 422, "validation_error")


@pytest.mark.parametrize("seller_id", [0, -1, 2**32, 2**63, 10**30])
@pytest.mark.parametrize("path", [f"{V1}{path}" for path in LISTS] + ["/api/balance/verify/"])
def test_a_seller_that_cannot_be_has_nothing(deciding: httpx.Client, path: str, seller_id: int) -> None:
    answer = deciding.get(f"{path}?seller_id={seller_id}")

    assert answer.status_code in {200, 404, 422}, answer.text
    if answer.status_code == 200:
        assert answer.json()["data"] == []


@pytest.mark.parametrize("written", ["-1", "0", str(2**63), "1" + "0" * 100])
def test_a_number_that_no_seller_has_is_not_found(deciding: httpx.Client, written: str) -> None:
    problem(deciding.get(f"{V1}/sellers/{written}"), 404, "not_found")
    problem(deciding.patch(f"{V1}/sellers/{written}", json={"status": "active"}), 404, "not_found")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "closed"},
        {"daily_limit": -1},
        {"daily_limit": 2**63},
        {"per_recharge_max": 1.5},
        {"allowed_ips": ["nowhere"]},
        {"allowed_ips": ["10.0.0.0/33"]},
        {"allowed_ips": "10.0.0.1"},
        {"allowed_ips": ["10.0.0.1"] * 101},
        {"status": "suspended", "allowed_ips": ["nowhere"]},
        {"daily_limit": 7, "allowed_ips": ["a\u0000"]},
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    deciding: httpx.Client, seller: SellerAtHand, change: dict[str, object]
) -> None:
    path = f"{V1}/sellers/{seller.id}"
    before = ok(deciding.get(path))

    problem(deciding.patch(path, json=change), 422, "validation_error")

    assert ok(deciding.get(path)) == before


@pytest.mark.parametrize(
    "change",
    [{"min": 0}, {"min": 10, "max": 9}, {"max": 2**63}, {"status": "broken"}, {"min": "1"}, {"max": None}],
)
def test_an_operator_is_changed_to_something_possible(
    deciding: httpx.Client, change: dict[str, object]
) -> None:
    before = ok(deciding.get(f"{V1}/operators"))

    problem(deciding.patch(f"{V1}/operators/rightel", json=change), 422, "validation_error")

    assert ok(deciding.get(f"{V1}/operators")) == before


@pytest.mark.parametrize(
    "authorization",
    ["", "Token", "Basic YTpi", "Token x", "Token tk_1_2", "Bearer " + "a" * 8000, "tk_a_b",
     f"Token tk_{'0' * 32}_{'A' * 43}", "Token \xff", "Token tk_\u0661"],
)  # fmt: skip
def test_a_key_that_is_none_is_refused_the_same_way(selling: httpx.Client, authorization: str) -> None:
    sent = {b"Authorization": authorization.encode(), b"Request-Id": b"one"}

    answer = selling.get(f"{V1}/balance", headers=list(sent.items()))

    nothing = httpx.get(f"{selling.base_url}{V1}/balance", headers={"Request-Id": "one"})
    problem(answer, 401, "unauthenticated")
    assert answer.content == nothing.content
