"""What a recharge tells of its life: to its seller the causes, to staff the evidence too."""

import pytest

from tests.recharges.driving import (
    IRANCELL,
    V1,
    assert_books_are_right,
    heard,
    life,
    place,
    sell,
    settle,
    submitted,
    succeeded,
    unknown,
)
from tests.recharges.place import Place
from topup import clock
from topup.gateways.contract import Result
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import Continue, Step

__all__ = ["place"]


def reverse(place: Place, recharge_id: str) -> None:
    answer = place.staff.post(f"{V1}/recharges/{recharge_id}/reverse", json={"reason": "wrong number"})
    assert answer.status_code == 200, answer.text


def test_an_instant_recharge_has_one_event_that_is_its_sale(place: Place) -> None:
    recharge_id = sell(place, number=IRANCELL)

    seen = place.shops[0].recharge(recharge_id)

    (event,) = seen["events"]
    assert (event["from"], event["to"], event["cause"], event["at"]) == (
        None, "succeeded", "sold", seen["created_at"],
    )  # fmt: skip
    (movement,) = place.shops[0].read(f"{V1}/transactions?limit=1")["data"]
    assert event["id"] == movement["id"]
    assert (seen["next_check_at"], seen["in_review"]) == (None, False)
    assert "attempts" not in seen


def test_the_events_are_the_whole_way_oldest_first(place: Place) -> None:
    recharge_id = sell(place)
    errand = unknown(place, recharge_id)
    settle(place, errand, State.SUCCEEDED)
    reverse(place, recharge_id)

    seen = place.shops[0].recharge(recharge_id)

    steps = [(event["from"], event["to"], event["cause"]) for event in seen["events"]]
    assert steps == [
        (None, "accepted", "sold"),
        ("accepted", "processing", "submitted"),
        ("processing", "unknown", "no_answer"),
        ("unknown", "succeeded", "query_delivered"),
        ("succeeded", "reversed", "reversed"),
    ]
    assert [event["at"] for event in seen["events"]] == sorted(event["at"] for event in seen["events"])


def test_a_seller_sees_no_evidence_and_staff_see_all_of_it(place: Place) -> None:
    recharge_id = sell(place)
    settle(place, unknown(place, recharge_id), State.FAILED)

    mine, theirs = place.shops[0].recharge(recharge_id), life(place, recharge_id)

    assert {event["evidence"] for event in mine["events"]} == {None}
    assert [event["evidence"] for event in theirs["events"][2:]] == [
        "what came, as it came", "the operator's words",
    ]  # fmt: skip
    assert "proposal" not in mine
    assert [(each["nr"], each["verb"], each["result"]) for each in theirs["attempts"]] == [
        (1, "submit", "unknown"), (2, "query", "refused"),
    ]  # fmt: skip
    assert {each["reference"] for each in theirs["attempts"]} == {recharge_id.replace("-", "") + "01"}


def test_the_next_look_is_told_until_it_is_final(place: Place) -> None:
    recharge_id = sell(place)
    sold = place.shops[0].recharge(recharge_id)
    errand = submitted(place, recharge_id)
    asked = place.shops[0].recharge(recharge_id)
    settle(place, errand, State.SUCCEEDED)

    assert sold["next_check_at"] == sold["created_at"]
    assert asked["next_check_at"] > sold["next_check_at"]
    assert place.shops[0].recharge(recharge_id)["next_check_at"] is None


def test_another_seller_sees_nothing(place: Place) -> None:
    recharge_id = sell(place)

    assert place.shops[1].client.get(f"{V1}/recharges/{recharge_id}").status_code == 404


def test_the_lists_keep_their_shape(place: Place) -> None:
    recharge_id = sell(place)

    (listed,) = place.shops[0].read(f"{V1}/recharges?limit=1")["data"]

    assert listed["id"] == recharge_id
    assert not listed.keys() & {"events", "attempts", "next_check_at"}


def test_a_reversal_of_what_a_gateway_carried_leaves_an_errand(place: Place) -> None:
    recharge_id = sell(place)
    first = submitted(place, recharge_id)
    heard(place, first, Result.RETRY_LATER, Continue(Step.SUBMIT, clock.now_us()))
    settle(place, submitted(place, recharge_id), State.SUCCEEDED)

    reverse(place, recharge_id)

    rows = place.owner.execute(
        "SELECT step::text, attempts, last_submit, gateway, operator, claim FROM recharges.errand"
        " WHERE recharge_id = %s",
        [recharge_id],
    ).fetchall()
    assert rows == [("reverse", 3, 2, "simulator", "mci", None)]
    assert life(place, recharge_id)["next_check_at"] is None


def test_a_reversal_of_an_instant_recharge_leaves_none(place: Place) -> None:
    recharge_id = sell(place, number=IRANCELL)

    reverse(place, recharge_id)

    assert place.steps(recharge_id) == []
    assert [event["to"] for event in life(place, recharge_id)["events"]] == ["succeeded", "reversed"]


@pytest.mark.parametrize("number", [IRANCELL, None])
def test_a_reversal_tells_who_and_why(place: Place, number: str | None) -> None:
    recharge_id = succeeded(place) if number is None else sell(place, number=number)

    reverse(place, recharge_id)

    last = life(place, recharge_id)["events"][-1]
    assert (last["from"], last["to"], last["cause"], last["evidence"]) == (
        "succeeded", "reversed", "reversed", "wrong number",
    )  # fmt: skip
    assert last["actor"]["type"] == "user"
    assert_books_are_right(place)
