"""Cases: opened once whoever finds them, seen by staff alone, and closed once with a reason."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.api.calls import NOBODY, V1, ok, problem
from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.recharges import cases
from topup.recharges.case_kinds import Kind
from topup.recharges.cases import Opening
from topup.trips import Connection

PATH = f"{V1}/cases"
_subjects = itertools.count(1)


def an_opening(seller_id: int, **changes: Any) -> Opening:  # fields of Opening
    opening = Opening(
        seller_id, Kind.LATE_SUCCESS, f"subject {next(_subjects)}", ids.new(seller_id), "mci", "it said so",
        clock.now_us(),
    )  # fmt: skip
    return opening._replace(**changes)


def opened(app: Connection, *some: Opening) -> int:
    (((count,),),) = trips.run(app, [cases.openings(some)])
    return int(count)


def listed(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:  # JSON objects
    rows: list[dict[str, Any]] = ok(client.get(PATH, params=query))["data"]
    return rows


def test_a_case_is_told_to_the_field(app: Connection, deciding: httpx.Client, seller: SellerAtHand) -> None:
    opening = an_opening(seller.id)
    opened(app, opening)

    (row,) = [each for each in listed(deciding) if each["subject"] == opening.subject]

    assert row == {
        "id": row["id"], "kind": "late_success", "status": "open", "operator": "mci", "seller_id": seller.id,
        "recharge_id": opening.recharge_id, "subject": opening.subject, "evidence": "it said so",
        "resolution": None, "opened_at": clock.rfc3339(opening.at_us), "closed_at": None, "closed_by": None,
    }  # fmt: skip
    assert ok(deciding.get(f"{PATH}/{row['id']}")) == row


def test_the_same_thing_opens_one_case(app: Connection, seller: SellerAtHand) -> None:
    opening = an_opening(seller.id)

    again = opening._replace(evidence="another word", at_us=0)

    assert [opened(app, opening, again), opened(app, again), opened(app, opening)] == [1, 0, 0]
    assert opened(app, again._replace(kind=Kind.LATE_FAILURE), an_opening(seller.id)) == 2


def test_a_race_opens_one_case_and_fails_nobody(installation: Installation, seller: SellerAtHand) -> None:
    some = [an_opening(seller.id) for _ in range(50)]

    def open_them(order: int) -> int:
        with closing(installation.connect("app")) as connection:
            return sum(opened(connection, *(some if order % 2 else some[::-1])) for _ in range(3))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(open_them, range(8))) == 50


def test_a_case_is_opened_with_what_it_is_about_or_not_at_all(app: Connection, seller: SellerAtHand) -> None:
    opening = an_opening(seller.id)
    app.execute("BEGIN")
    opened(app, opening)
    app.execute("ROLLBACK")

    assert opened(app, opening) == 1


@pytest.mark.parametrize("evidence", ["\x00 <html>", '"quoted" \\ {a,b} NULL', "x" * 100_000, ""])
def test_any_evidence_can_be_kept(
    app: Connection, deciding: httpx.Client, seller: SellerAtHand, evidence: str
) -> None:
    opening = an_opening(seller.id, evidence=evidence, recharge_id=None)
    opened(app, opening)

    (row,) = [each for each in listed(deciding) if each["subject"] == opening.subject]
    assert row["evidence"] == evidence.replace("\x00", "\N{REPLACEMENT CHARACTER}")[: cases.MAX_EVIDENCE]


def test_a_case_of_no_seller_has_none(app: Connection, deciding: httpx.Client) -> None:
    opening = an_opening(cases.NO_SELLER, recharge_id=None)
    opened(app, opening)

    (row,) = [each for each in listed(deciding) if each["subject"] == opening.subject]
    assert (row["seller_id"], row["recharge_id"]) == (None, None)
    assert ok(deciding.get(f"{PATH}/{row['id']}")) == row


def test_a_case_is_closed_once_with_a_reason(
    app: Connection, deciding: httpx.Client, seller: SellerAtHand
) -> None:
    opening = an_opening(seller.id)
    opened(app, opening)
    (row,) = [each for each in listed(deciding) if each["subject"] == opening.subject]

    closed = ok(deciding.post(f"{PATH}/{row['id']}/close", json={"resolution": "paid by the operator"}))

    assert (closed["status"], closed["resolution"]) == ("closed", "paid by the operator")
    again = deciding.post(f"{PATH}/{row['id']}/close", json={"resolution": "another"})
    problem(again, 409, "already_decided")
    assert ok(deciding.get(f"{PATH}/{row['id']}")) == closed
    assert opened(app, opening) == 0  # what is closed is not opened again


@pytest.mark.parametrize("body", [{}, {"resolution": ""}, {"resolution": "x" * 501}, {"resolution": 1}])
def test_closing_needs_a_reason(
    app: Connection, deciding: httpx.Client, seller: SellerAtHand, body: dict[str, object]
) -> None:
    opening = an_opening(seller.id)
    opened(app, opening)
    (row,) = [each for each in listed(deciding) if each["subject"] == opening.subject]

    problem(deciding.post(f"{PATH}/{row['id']}/close", json=body), 422, "validation_error")
    assert ok(deciding.get(f"{PATH}/{row['id']}"))["status"] == "open"


def test_filters_and_pages(app: Connection, deciding: httpx.Client, new_seller: NewSeller) -> None:
    some = [an_opening(new_seller().id, operator="rightel", kind=Kind.REVERSAL_REFUSED) for _ in range(3)]
    opened(app, *some)
    asked = {"operator": "rightel", "kind": "reversal_refused", "status": "open"}

    every = listed(deciding, **asked)
    first = listed(deciding, **asked, limit=2)
    rest = listed(deciding, **asked, starting_after=first[1]["id"])

    assert {each.subject for each in some} <= {row["subject"] for row in every}
    assert first + rest == every == sorted(every, key=lambda row: row["id"], reverse=True)
    assert listed(deciding, **asked, ending_before=first[1]["id"]) == first[:1]
    assert listed(deciding, **(asked | {"status": "closed"})) == []
    problem(deciding.get(PATH, params={"kind": "nothing"}), 422, "validation_error")


def test_cases_are_for_staff_alone(selling: httpx.Client, app: Connection, seller: SellerAtHand) -> None:
    opened(app, an_opening(seller.id))

    problem(selling.get(PATH), 403, "forbidden")
    problem(selling.get(f"{PATH}/{NOBODY}"), 403, "forbidden")
    problem(selling.post(f"{PATH}/{NOBODY}/close", json={"resolution": "mine"}), 403, "forbidden")


@pytest.mark.parametrize("case_id", [NOBODY, "nothing"])
def test_a_case_that_there_is_not_is_not_found(deciding: httpx.Client, case_id: str) -> None:
    problem(deciding.get(f"{PATH}/{case_id}"), 404, "not_found")
    problem(deciding.post(f"{PATH}/{case_id}/close", json={"resolution": "x"}), 404, "not_found")


def test_open_cases_are_counted_by_kind(app: Connection, seller: SellerAtHand) -> None:
    before = cases.by_kind(trips.run(app, [cases.count_open()]))
    opened(app, an_opening(seller.id), an_opening(seller.id), an_opening(seller.id, kind=Kind.LATE_FAILURE))

    after = cases.by_kind(trips.run(app, [cases.count_open()]))

    assert after.keys() == set(Kind)
    assert (after[Kind.LATE_SUCCESS], after[Kind.LATE_FAILURE]) == (
        before[Kind.LATE_SUCCESS] + 2, before[Kind.LATE_FAILURE] + 1,
    )  # fmt: skip
