"""Operators: everybody may read them, staff change them, and a change holds from the next sale."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.calls import V1, ok, problem, sell, sold

PATH = f"{V1}/operators/rightel"
NUMBER = "09211234567"


@pytest.fixture
def rightel(deciding: httpx.Client) -> Iterator[dict[str, Any]]:  # a JSON object
    """The operator that a test may change, put back at the end."""
    before = {row["code"]: row for row in ok(deciding.get(f"{V1}/operators"))["data"]}["rightel"]
    yield before
    ok(deciding.patch(PATH, json={name: before[name] for name in ("status", "min", "max")}))


def test_operators_are_told_with_their_names_and_prefixes(selling: httpx.Client) -> None:
    rows = ok(selling.get(f"{V1}/operators"))["data"]

    assert [row["code"] for row in rows] == ["irancell", "mci", "rightel"]
    assert rows[1].keys() == {"code", "name", "prefixes", "gateway", "min", "max", "status"}
    assert rows[1]["name"] == {"en": "MCI", "fa": "همراه اول"}
    assert "0912"[:3] in {prefix[:3] for prefix in rows[1]["prefixes"]}
    assert (rows[1]["gateway"], rows[1]["status"]) == ("instant", "active")


def test_an_operator_that_is_inactive_sells_nothing(
    selling: httpx.Client, deciding: httpx.Client, rightel: dict[str, Any]
) -> None:
    sold(selling, phone_number=NUMBER)

    assert ok(deciding.patch(PATH, json={"status": "inactive"})) == {**rightel, "status": "inactive"}

    problem(sell(selling, phone_number=NUMBER), 422, "unknown_operator")
    problem(sell(selling, operator="rightel"), 422, "unknown_operator")
    sold(selling)  # the others sell on


def test_a_retry_after_an_operator_was_closed_is_a_replay(
    selling: httpx.Client, deciding: httpx.Client, rightel: dict[str, Any]
) -> None:
    first = sold(selling, "before", phone_number=NUMBER)
    ok(deciding.patch(PATH, json={"status": "inactive"}))

    assert rightel["status"] == "active"
    assert sold(selling, "before", phone_number=NUMBER) == first


@pytest.mark.parametrize(("amount", "status"), [(999, 422), (1_000, 201), (2_000, 201), (2_001, 422)])
def test_an_operators_range_holds_from_the_next_sale(
    selling: httpx.Client, deciding: httpx.Client, rightel: dict[str, Any], amount: int, status: int
) -> None:
    sold(selling, phone_number=NUMBER, amount=rightel["min"])
    ok(deciding.patch(PATH, json={"min": 1_000, "max": 2_000}))

    answer = sell(selling, phone_number=NUMBER, amount=amount)

    assert answer.status_code == status
    if status == 422:
        assert problem(answer, 422, "validation_error")["errors"][0]["code"] == "amount_out_of_range"


def test_an_operator_that_there_is_not_is_not_found(deciding: httpx.Client) -> None:
    problem(deciding.patch(f"{V1}/operators/nobody", json={"status": "active"}), 404, "not_found")
