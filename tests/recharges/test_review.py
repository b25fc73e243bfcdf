"""Review: staff decide with evidence what nobody else tells, two of them above a limit, and once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.recharges.driving import (
    ABOVE_MINOR,
    V1,
    another_of_staff,
    assert_books_are_right,
    call_back,
    life,
    notice,
    place,
    sell,
    settle,
    submitted,
    unknown,
)
from tests.recharges.place import Place
from topup.audit.log import Act
from topup.recharges.lifecycle import State

__all__ = ["place"]

EVIDENCE = "the operator's clerk said so on the phone"


@pytest.fixture(scope="module")
def colleague(place: Place) -> Iterator[httpx.Client]:
    """A second person of staff."""
    with another_of_staff(place) as client:
        yield client


def resolve(
    who: httpx.Client, recharge_id: str, outcome: str, key: str | None = None, **more: Any
) -> httpx.Response:
    body = {"outcome": outcome, "evidence": EVIDENCE} | more
    headers = {"Idempotency-Key": key} if key else {}
    return who.post(f"{V1}/recharges/{recharge_id}/resolve", json=body, headers=headers)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("where", ["in review", "not yet"])
@pytest.mark.parametrize(("outcome", "state"), [("delivered", "succeeded"), ("failed", "failed")])
def test_staff_decide_an_unknown_recharge_with_evidence(
    place: Place, outcome: str, state: str, where: str
) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id, review=where == "in review")

    answer = resolve(place.staff, recharge_id, outcome)

    assert (answer.status_code, answer.json()["status"]) == (200, state)
    last = answer.json()["events"][-1]
    assert (last["cause"], last["evidence"], last["actor"]["type"]) == (
        f"decided_{outcome}",
        EVIDENCE,
        "user",
    )
    assert_books_are_right(place)


def test_the_queue_shows_what_staff_must_decide(place: Place) -> None:
    first, second, not_yet = (sell(place) for _ in range(3))
    for recharge_id in (first, second):
        unknown(place, recharge_id, review=True)
    unknown(place, not_yet)

    page = place.staff.get(f"{V1}/reviews", params={"operator": "mci", "limit": 2}).json()
    other = place.staff.get(f"{V1}/reviews", params={"operator": "irancell"}).json()

    assert [each["id"] for each in page["data"]] == [second, first]
    assert page["data"][0].keys() >= {"in_review_since", "unknown_since", "amount", "attempts", "gateway"}
    assert (life(place, first)["in_review"], life(place, first)["next_check_at"]) == (True, None)
    assert other["data"] == []
    older = place.staff.get(f"{V1}/reviews", params={"starting_after": second, "limit": 1}).json()
    assert [each["id"] for each in older["data"]] == [first]


def test_a_query_can_be_asked_again_now(place: Place) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id, review=True)

    answer = place.staff.post(f"{V1}/recharges/{recharge_id}/query")

    assert answer.status_code == 202
    assert answer.json()["next_check_at"] is not None
    settle(place, submitted(place, recharge_id), State.SUCCEEDED)
    assert refusal(place.staff.post(f"{V1}/recharges/{recharge_id}/query")) == (409, "already_decided")


@pytest.mark.parametrize("step", ["submit", "sending"])
def test_what_is_on_its_way_is_nobodys_to_decide(place: Place, step: str) -> None:
    recharge_id = sell(place)
    if step == "sending":
        submitted(place, recharge_id)

    answers = [
        resolve(place.staff, recharge_id, "failed"),
        place.staff.post(f"{V1}/recharges/{recharge_id}/query"),
    ]

    assert [refusal(answer) for answer in answers] == [(409, "not_open")] * 2


@pytest.mark.parametrize("again", ["delivered", "failed"])
def test_a_second_decision_changes_nothing(place: Place, again: str) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id)
    resolve(place.staff, recharge_id, "delivered")

    assert refusal(resolve(place.staff, recharge_id, again)) == (409, "already_decided")
    assert place.path(recharge_id)[-1] == "succeeded"


def test_a_retry_with_the_same_key_is_answered_alike(place: Place) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id)

    first = resolve(place.staff, recharge_id, "failed", "decision-1")
    again = resolve(place.staff, recharge_id, "failed", "decision-1")
    other = resolve(place.staff, recharge_id, "delivered", "decision-1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert refusal(other) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("evidence", ["", "x" * 2_001, "\u0000", None, 1])
def test_a_decision_without_evidence_is_refused(place: Place, evidence: object) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id)

    assert resolve(place.staff, recharge_id, "failed", evidence=evidence).status_code == 422
    assert place.state(recharge_id) is State.UNKNOWN


def test_a_seller_neither_decides_nor_sees_the_queue(place: Place) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id)
    seller = place.shops[0].client

    answers = [
        resolve(seller, recharge_id, "failed"),
        seller.post(f"{V1}/recharges/{recharge_id}/query"),
        seller.delete(f"{V1}/recharges/{recharge_id}/proposal"),
        seller.get(f"{V1}/reviews"),
    ]

    assert {refusal(answer) for answer in answers} == {(403, "forbidden")}


def test_a_large_failure_is_decided_by_two(place: Place, colleague: httpx.Client) -> None:
    recharge_id = sell(place, amount=ABOVE_MINOR + 1)
    unknown(place, recharge_id, review=True)

    first = resolve(place.staff, recharge_id, "failed")
    assert (first.status_code, first.json()["status"]) == (202, "unknown")
    assert first.json()["proposal"]["evidence"] == EVIDENCE
    assert refusal(resolve(place.staff, recharge_id, "failed")) == (403, "forbidden")
    assert place.state(recharge_id) is State.UNKNOWN
    second = resolve(colleague, recharge_id, "failed", evidence="and in writing")

    assert (second.status_code, second.json()["status"], second.json()["proposal"]) == (200, "failed", None)
    said = second.json()["events"][-1]["evidence"]
    assert "and in writing" in said
    assert EVIDENCE in said
    assert_books_are_right(place)


def test_a_failure_at_the_limit_and_a_large_success_need_one(place: Place) -> None:
    at_the_limit, large = sell(place, amount=ABOVE_MINOR), sell(place, amount=ABOVE_MINOR + 1)
    for recharge_id in (at_the_limit, large):
        unknown(place, recharge_id)

    assert resolve(place.staff, at_the_limit, "failed").json()["status"] == "failed"
    assert resolve(place.staff, large, "delivered").json()["status"] == "succeeded"


def test_a_proposal_that_is_withdrawn_counts_no_more(place: Place, colleague: httpx.Client) -> None:
    recharge_id = sell(place, amount=ABOVE_MINOR + 1)
    unknown(place, recharge_id)
    resolve(place.staff, recharge_id, "failed")

    assert place.staff.delete(f"{V1}/recharges/{recharge_id}/proposal").status_code == 204
    assert place.staff.delete(f"{V1}/recharges/{recharge_id}/proposal").status_code == 404

    assert resolve(colleague, recharge_id, "failed").status_code == 202
    assert place.state(recharge_id) is State.UNKNOWN


def test_of_many_who_propose_at_once_one_other_decides(place: Place, colleague: httpx.Client) -> None:
    recharge_id = sell(place, amount=ABOVE_MINOR + 1)
    unknown(place, recharge_id)

    with ThreadPoolExecutor(8) as pool:
        who = [place.staff, colleague] * 4
        answers = list(pool.map(lambda each: resolve(each, recharge_id, "failed"), who))

    told = Counter(answer.status_code for answer in answers)
    assert told[202] <= 1
    assert told[200] == 1, told
    assert place.path(recharge_id) == ["accepted", "processing", "unknown", "failed"]
    assert_books_are_right(place)


def test_an_operator_that_speaks_after_the_decision_opens_a_case(place: Place) -> None:
    recharge_id = sell(place)
    reference = unknown(place, recharge_id, review=True).order.reference
    resolve(place.staff, recharge_id, "delivered")

    call_back(place, notice(reference, "refused"))

    assert place.state(recharge_id) is State.SUCCEEDED
    assert place.cases(recharge_id) == ["late_failure"]


def test_callback_query_and_decision_at_once_are_one_settlement(place: Place) -> None:
    for _ in range(8):
        recharge_id = sell(place)
        errand = unknown(place, recharge_id, review=True)
        reference = errand.order.reference
        racing = [
            lambda: call_back(place, notice(reference)),  # noqa: B023  # called before the next round
            lambda: call_back(place, notice(reference, "refused")),  # noqa: B023
            lambda: settle(place, errand, State.SUCCEEDED),  # noqa: B023
            lambda: settle(place, errand, State.FAILED),  # noqa: B023
            lambda: resolve(place.staff, recharge_id, "delivered"),  # noqa: B023
            lambda: resolve(place.staff, recharge_id, "failed"),  # noqa: B023
        ]
        with ThreadPoolExecutor(len(racing)) as pool:
            told = [each.result() for each in [pool.submit(race) for race in racing]]

        assert {each.status_code for each in told if isinstance(each, httpx.Response)} <= {200, 409}
        assert len(place.path(recharge_id)) == 4
        with closing(place.installation.connect("app")) as app:
            kinds = app.execute(
                "SELECT count(*) FROM ledger.journal WHERE source_id = %s AND kind <> 'hold'", [recharge_id]
            ).fetchone()
        assert kinds == (1,)
    assert_books_are_right(place)


def test_asking_again_over_the_api_is_on_record(place: Place) -> None:
    recharge_id = sell(place)
    unknown(place, recharge_id)

    assert place.staff.post(f"{V1}/recharges/{recharge_id}/query").status_code == 202

    acts = place.owner.execute("SELECT act FROM audit.entry WHERE subject_id = %s", [recharge_id]).fetchall()
    assert acts == [(str(Act.OPERATOR_ASKED),)]
