"""Disputes: one open at a time, answered once, by a reversal in the same transaction or a refusal."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.recharges.driving import (
    IRANCELL,
    V1,
    assert_books_are_right,
    life,
    place,
    sell,
    succeeded,
    unknown,
)
from tests.recharges.place import Place
from topup import ids

__all__ = ["place"]

REASON = "the customer got nothing"
NOBODY = "01920000-0000-7000-8000-00000000000a"


def open_dispute(
    place: Place, recharge_id: str, *, shop: int = 0, key: str | None = None, reason: str = REASON
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    path = f"{V1}/recharges/{recharge_id}/disputes"
    return place.shops[shop].client.post(path, json={"reason": reason}, headers=headers)


def opened(place: Place, **sale: Any) -> dict[str, Any]:  # arguments of `sell`; a JSON object
    """An open dispute of a recharge that an operator delivered."""
    answer = open_dispute(place, succeeded(place, **sale))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def give_back(place: Place, dispute_id: str, **headers: str) -> httpx.Response:
    path = f"{V1}/disputes/{dispute_id}/reverse"
    return place.staff.post(path, json={"reason": "they are right"}, headers=headers)


def refuse(place: Place, dispute_id: str) -> httpx.Response:
    body = {"reason": "it arrived", "evidence": "operator's log, line 7"}
    return place.staff.post(f"{V1}/disputes/{dispute_id}/refuse", json=body)


def reverse(place: Place, recharge_id: str) -> httpx.Response:
    return place.staff.post(f"{V1}/recharges/{recharge_id}/reverse", json={"reason": "wrong number"})


def told(place: Place, dispute_id: str) -> list[tuple[str, str]]:
    """The types of the events that sellers are told of a dispute, and the status that each shows."""
    rows = place.owner.execute(
        "SELECT type, object FROM webhooks.event WHERE object_id = %s ORDER BY at_us, id", [dispute_id]
    )
    return [(row[0], json.loads(row[1])["status"]) for row in rows]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_seller_opens_a_dispute_and_both_see_it(place: Place) -> None:
    dispute = opened(place)

    mine = place.shops[0].read(f"{V1}/disputes/{dispute['id']}")
    listed = place.staff.get(f"{V1}/disputes", params={"status": "open", "limit": 1}).json()

    assert mine == dispute == listed["data"][0]
    assert (mine["status"], mine["reason"], mine["answer"]) == ("open", REASON, None)
    assert [event["type"] for event in mine["events"]] == ["opened"]
    assert told(place, dispute["id"]) == [("dispute.opened", "open")]


def test_a_dispute_answered_with_a_reversal_gives_the_price_back_once(place: Place) -> None:
    before = place.shops[0].balance()["available"]
    dispute = opened(place)

    answers = [give_back(place, dispute["id"]) for _ in range(2)]

    assert answers[0].json()["status"] == "reversed"
    assert [event["type"] for event in answers[0].json()["events"]] == ["opened", "reversed"]
    assert refusal(answers[1]) == (409, "already_decided")
    assert place.shops[0].balance()["available"] == before
    assert life(place, dispute["recharge_id"])["status"] == "reversed"
    assert told(place, dispute["id"])[1][1] == "reversed"
    assert_books_are_right(place)


def test_a_refusal_moves_nothing_and_shows_its_evidence(place: Place) -> None:
    dispute = opened(place)

    assert refuse(place, dispute["id"]).status_code == 200
    assert refusal(refuse(place, dispute["id"])) == (409, "already_decided")
    assert refusal(give_back(place, dispute["id"])) == (409, "already_decided")

    seen = place.shops[0].read(f"{V1}/disputes/{dispute['id']}")
    assert (seen["status"], seen["answer"], seen["evidence"]) == (
        "refused", "it arrived", "operator's log, line 7",
    )  # fmt: skip
    assert life(place, dispute["recharge_id"])["status"] == "succeeded"
    assert told(place, dispute["id"]) == [("dispute.opened", "open"), ("dispute.refused", "refused")]
    assert open_dispute(place, dispute["recharge_id"]).status_code == 201


def test_a_reversal_elsewhere_closes_the_dispute(place: Place) -> None:
    dispute = opened(place)

    assert reverse(place, dispute["recharge_id"]).status_code == 200

    closed = place.shops[0].read(f"{V1}/disputes/{dispute['id']}")
    assert (closed["status"], closed["answer"]) == ("reversed", "wrong number")
    assert len(told(place, dispute["id"])) == 2


def test_one_dispute_of_a_recharge_is_open_at_a_time(place: Place) -> None:
    dispute = opened(place)

    again = open_dispute(place, dispute["recharge_id"])

    assert refusal(again) == (409, "not_open")
    assert again.json()["dispute_id"] == dispute["id"]


def test_a_retry_with_the_same_key_is_the_same_dispute(place: Place) -> None:
    recharge_id = succeeded(place)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: open_dispute(place, recharge_id, key=recharge_id), range(6)))

    # Those that met the first one in the middle are told so, and find it when they ask again.
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    again = open_dispute(place, recharge_id, key=recharge_id)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert refusal(open_dispute(place, recharge_id, key=recharge_id, reason="other")) == (
        422, "idempotency_mismatch",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["accepted", "unknown", "reversed"])
def test_only_what_succeeded_can_be_disputed(place: Place, state: str) -> None:
    recharge_id = succeeded(place) if state == "reversed" else sell(place)
    if state == "reversed":
        reverse(place, recharge_id)
    if state == "unknown":
        unknown(place, recharge_id)

    assert refusal(open_dispute(place, recharge_id)) == (409, "not_reversible")


def test_an_instant_recharge_can_be_disputed_too(place: Place) -> None:
    dispute = open_dispute(place, sell(place, number=IRANCELL)).json()

    assert give_back(place, dispute["id"]).json()["status"] == "reversed"


def test_nobody_sees_or_opens_a_dispute_of_another_seller(place: Place) -> None:
    dispute = opened(place)
    other = place.shops[1].client

    assert open_dispute(place, dispute["recharge_id"], shop=1).status_code == 404
    assert other.get(f"{V1}/disputes/{dispute['id']}").status_code == 404
    assert other.get(f"{V1}/disputes").json()["data"] == []
    assert other.get(f"{V1}/disputes", params={"seller_id": ids.seller_of(dispute["id"])}).status_code == 404


def test_staff_open_none_and_sellers_answer_none(place: Place) -> None:
    dispute = opened(place)
    path = f"{V1}/disputes/{dispute['id']}"
    seller = place.shops[0].client

    answers = [
        place.staff.post(f"{V1}/recharges/{dispute['recharge_id']}/disputes", json={"reason": "x"}),
        seller.post(f"{path}/reverse", json={"reason": "x"}),
        seller.post(f"{path}/refuse", json={"reason": "x", "evidence": "y"}),
    ]

    assert {refusal(answer) for answer in answers} == {(403, "forbidden")}


@pytest.mark.parametrize("wrong", ["rubbish", NOBODY])
def test_what_is_no_dispute_is_not_found(place: Place, wrong: str) -> None:
    assert give_back(place, wrong).status_code == refuse(place, wrong).status_code == 404
    assert open_dispute(place, wrong).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "\u0000"}, {"why": "x"}]
)
def test_a_dispute_needs_a_reason(place: Place, body: dict[str, str]) -> None:
    path = f"{V1}/recharges/{succeeded(place)}/disputes"

    assert place.shops[0].client.post(path, json=body).status_code == 422


def test_answers_of_every_kind_at_once_are_one(place: Place) -> None:
    for _ in range(5):
        dispute = opened(place)
        answering = [
            lambda: give_back(place, dispute["id"]),  # noqa: B023  # called before the next round
            lambda: refuse(place, dispute["id"]),  # noqa: B023
            lambda: reverse(place, dispute["recharge_id"]),  # noqa: B023
        ] * 2
        with ThreadPoolExecutor(6) as pool:
            codes = Counter(each.result().status_code for each in [pool.submit(one) for one in answering])

        closed = place.shops[0].read(f"{V1}/disputes/{dispute['id']}")
        assert set(codes) <= {200, 409}
        assert closed["status"] in {"reversed", "refused"}
        assert len(told(place, dispute["id"])) == 2
    assert_books_are_right(place)


def test_no_dispute_stays_open_that_races_with_a_reversal(place: Place) -> None:
    for _ in range(10):
        recharge_id = succeeded(place)
        with ThreadPoolExecutor(2) as pool:
            racing = pool.submit(open_dispute, place, recharge_id), pool.submit(reverse, place, recharge_id)
            opening, reversing = (each.result() for each in racing)

        assert reversing.status_code == 200
        assert opening.status_code in {201, 409}
        rows = place.owner.execute(
            "SELECT state::text FROM recharges.dispute WHERE recharge_id = %s", [recharge_id]
        ).fetchall()
        assert rows in ([], [("reversed",)])
