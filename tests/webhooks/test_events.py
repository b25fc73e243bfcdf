"""`GET /events` tells the same as webhooks, to those who would rather ask."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.api import calls
from tests.conftest import Api, NewSeller
from tests.support import posting, samples
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.webhooks.at_work import delivering, eventually
from tests.webhooks.conftest import Listening
from tests.webhooks.receiver import Receiver
from topup import ids
from topup.api.events import MAX_LOOKED_AT
from topup.ledger import direct
from topup.ledger.core import Kind
from topup.trips import Connection

EVENTS = f"{calls.V1}/events"


def listed(api: Api, seller: SellerAtHand, query: str = "") -> list[dict[str, Any]]:  # JSON objects
    """Every event, page after page."""
    found: list[dict[str, Any]] = []
    edge = ""
    while True:
        page = calls.ok(api(seller).get(f"{EVENTS}?limit=3{query}{edge}"))
        found += page["data"]
        if not page["has_more"]:
            return found
        edge = f"&starting_after={page['next']}"


def a_story(api: Api, seller: SellerAtHand, staff: StaffAtHand) -> None:
    """Credit, sales, a rejection, a reversal and a low balance."""
    api(seller).patch(f"{calls.V1}/balance", json={"low_balance_threshold": 15_000})
    recharge = calls.sold(api(seller))
    asked = api(seller).post(f"{calls.V1}/credit-requests", json={"amount": 5}).json()["id"]
    api(staff).post(f"{calls.V1}/credit-requests/{asked}/reject", json={"reason": "no transfer"})
    calls.sold(api(seller))
    api(staff).post(f"{calls.V1}/recharges/{recharge['id']}/reverse", json={"reason": "wrong number"})


STORY = [
    "recharge.reversed",
    "balance.low",
    "recharge.succeeded",
    "credit_request.rejected",
    "recharge.succeeded",
]


def test_it_tells_what_webhooks_tell(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    staff: StaffAtHand,
    listening: Listening,
    receiver: Receiver,
) -> None:
    seller = new_seller(available=20_000)
    hooks = listening(seller)
    a_story(api, seller, staff)
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"] * len(STORY))

    told = sorted((message.event for message in receiver.at()), key=lambda event: event["id"], reverse=True)
    asked = listed(api, seller)
    assert [event["type"] for event in asked] == [*STORY, "credit_request.approved"]
    assert asked[: len(STORY)] == told


@pytest.mark.parametrize("type_", sorted({*STORY, "credit_request.approved", "recharge.unknown"}))
def test_it_can_be_asked_for_one_type(
    new_seller: NewSeller, api: Api, staff: StaffAtHand, type_: str
) -> None:
    seller = new_seller(available=20_000)
    a_story(api, seller, staff)

    wanted = [each for each in [*STORY, "credit_request.approved"] if each == type_]
    assert [event["type"] for event in listed(api, seller, f"&type={type_}")] == wanted


def test_it_can_be_read_from_the_old_end(new_seller: NewSeller, api: Api, staff: StaffAtHand) -> None:
    seller = new_seller(available=20_000)
    a_story(api, seller, staff)
    whole = [event["id"] for event in listed(api, seller)]
    page = calls.ok(api(seller).get(f"{EVENTS}?limit=2&ending_before={whole[-1]}"))

    assert [event["id"] for event in page["data"]] == whole[-3:-1]
    assert (page["has_more"], page["next"]) == (True, whole[-3])


def test_staff_name_the_seller_and_sellers_see_their_own(
    new_seller: NewSeller, api: Api, staff: StaffAtHand
) -> None:
    one, other = new_seller(available=1), new_seller(available=1)
    seen = calls.ok(api(staff).get(f"{EVENTS}?seller_id={one.id}"))

    assert seen == calls.ok(api(one).get(EVENTS))
    calls.problem(api(other).get(f"{EVENTS}?seller_id={one.id}"), 404, "not_found")
    calls.problem(api(staff).get(EVENTS), 422, "validation_error")


def test_a_type_that_is_none_is_refused(new_seller: NewSeller, api: Api) -> None:
    calls.problem(api(new_seller()).get(f"{EVENTS}?type=recharge.done"), 422, "validation_error")


def test_an_unknown_recharge_is_told_as_it_stood_then(
    new_seller: NewSeller, api: Api, owner: Connection
) -> None:
    seller = new_seller(available=20_000)
    recharge = calls.sold(api(seller))
    owner.execute(
        "INSERT INTO webhooks.event (seller_id, id, type, object_id, at_us) VALUES (%s, %s, %s, %s, 1)",
        [seller.id, ids.new(seller.id), "recharge.unknown", recharge["id"]],
    )
    (event,) = listed(api, seller, "&type=recharge.unknown")

    changed = {"status": "unknown", "is_final": False, "updated_at": event["timestamp"]}
    assert event["data"] == {**recharge, **changed}


def test_a_rare_type_is_found_below_a_long_journal(new_seller: NewSeller, api: Api, app: Connection) -> None:
    seller = new_seller(available=10 * MAX_LOOKED_AT)
    move(app, seller, [Kind.HOLD] * (MAX_LOOKED_AT + 10))
    first = calls.ok(api(seller).get(f"{EVENTS}?type=credit_request.approved"))
    then = calls.ok(api(seller).get(f"{EVENTS}?type=credit_request.approved&starting_after={first['next']}"))

    assert (first["data"], first["has_more"]) == ([], True)
    assert [event["type"] for event in then["data"]] == ["credit_request.approved"]
    assert then["has_more"] is False


def move(app: Connection, seller: SellerAtHand, kinds: Sequence[Kind]) -> None:
    """These movements of one unit each, through the door."""
    for start in range(0, len(kinds), 500):
        commands = [
            samples.a_command(kind, 1, seller_id=seller.id, source_id=ids.new(seller.id))
            for kind in kinds[start : start + 500]
        ]
        direct.post(app, commands, posting.Moves(), zone="UTC")
