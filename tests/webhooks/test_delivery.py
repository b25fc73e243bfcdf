"""What happened to a seller's money is sent to its endpoints: signed, as the API shows it, until taken."""

from base64 import b64decode

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.api import calls
from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand
from tests.webhooks.at_work import delivering, eventually
from tests.webhooks.conftest import Listening
from tests.webhooks.receiver import DROPS, Message, Receiver
from topup.trips import Connection
from topup.webhooks import schedule


def make_due(owner: Connection, endpoint_id: str) -> None:
    """Let time pass until the next attempts."""
    owner.execute(
        "UPDATE webhooks.delivery SET next_at_us = 1 WHERE endpoint_id = %s AND state = 'pending'"
        "   AND claim IS NULL",
        [endpoint_id],
    )


def verified(message: Message, secret: str) -> object:
    return Webhook(secret).verify(message.body, message.headers)


def test_a_sale_is_told_as_the_api_shows_it(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    seller = new_seller(available=100_000)
    hooks = listening(seller)
    recharge = calls.sold(api(seller))
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"])

    (message,) = receiver.at()
    assert message.event["type"] == "recharge.succeeded"
    assert message.event["timestamp"] == recharge["created_at"]
    assert message.event["data"] == recharge
    assert message.headers["content-type"] == "application/json"
    assert verified(message, hooks.secret) == message.event


def test_what_was_before_the_endpoint_is_not_told(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    seller = new_seller(available=100_000)
    calls.sold(api(seller))
    hooks = listening(seller)
    later = calls.sold(api(seller))
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"])

    assert [message.event["data"]["id"] for message in receiver.at()] == [later["id"]]


def test_another_sellers_events_are_not_told(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    one, other = new_seller(available=100_000), new_seller(available=100_000)
    listening(one, path="/one")
    hooks = listening(other, path="/other")
    calls.sold(api(other))
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"])

    assert len(receiver.at("/other")) == 1
    assert receiver.at("/one") == []


def test_an_endpoint_hears_only_of_the_types_that_it_chose(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    staff: StaffAtHand,
    listening: Listening,
    receiver: Receiver,
) -> None:
    seller = new_seller(available=100_000)
    listening(seller, path="/reversals", types=["recharge.reversed"])
    hooks = listening(seller, path="/all")
    recharge = calls.sold(api(seller))
    api(staff).post(f"{calls.V1}/recharges/{recharge['id']}/reverse", json={"reason": "wrong number"})
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"] * 2 and bool(receiver.at("/reversals")))

    assert sorted(receiver.types("/all")) == ["recharge.reversed", "recharge.succeeded"]
    assert receiver.types("/reversals") == ["recharge.reversed"]


def test_an_event_shows_its_thing_as_it_stood_then(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    staff: StaffAtHand,
    listening: Listening,
    receiver: Receiver,
) -> None:
    seller = new_seller(available=100_000)
    hooks = listening(seller, types=["recharge.succeeded"])
    recharge = calls.sold(api(seller))
    api(staff).post(f"{calls.V1}/recharges/{recharge['id']}/reverse", json={"reason": "wrong number"})
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"])

    assert receiver.at()[0].event["data"] == recharge


def test_decisions_on_credit_requests_are_told(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    staff: StaffAtHand,
    listening: Listening,
    receiver: Receiver,
) -> None:
    seller = new_seller()
    hooks = listening(seller)
    asked = [api(seller).post(f"{calls.V1}/credit-requests", json={"amount": n}).json()["id"] for n in (7, 8)]
    api(staff).post(f"{calls.V1}/credit-requests/{asked[0]}/approve")
    api(staff).post(f"{calls.V1}/credit-requests/{asked[1]}/reject", json={"reason": "no transfer"})
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"] * 2)

    told = {message.type: message.event["data"] for message in receiver.at()}
    shown = [api(seller).get(f"{calls.V1}/credit-requests/{each}").json() for each in asked]
    assert told == {"credit_request.approved": shown[0], "credit_request.rejected": shown[1]}


@pytest.mark.parametrize("status", [500, 404, 302, DROPS])
def test_what_is_not_taken_is_sent_again_the_same_to_the_byte(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    owner: Connection,
    listening: Listening,
    receiver: Receiver,
    status: int,
) -> None:
    seller = new_seller(available=100_000)
    hooks = listening(seller)
    receiver.answers["/hook"], receiver.location = status, receiver.url("/elsewhere")
    calls.sold(api(seller))
    with delivering(installation):
        eventually(lambda: len(hooks.deliveries()[0]["attempts"]) == 1 if hooks.deliveries() else False)
        receiver.answers["/hook"] = 204
        make_due(owner, hooks.id)
        eventually(lambda: hooks.states() == ["delivered"])

    first, second = receiver.at()
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert receiver.at("/elsewhere") == []


def test_attempts_are_shown_with_what_was_heard(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    seller = new_seller(available=100_000)
    hooks = listening(seller)
    receiver.answers["/hook"], receiver.said = 500, b"out of order\x00" + b"x" * 5_000
    calls.sold(api(seller))
    with delivering(installation):
        eventually(lambda: [len(each["attempts"]) for each in hooks.deliveries()] == [1])

    (delivery,) = hooks.deliveries()
    (attempt,) = delivery["attempts"]
    assert (attempt["number"], attempt["status"], attempt["error"]) == (1, 500, None)
    assert attempt["answer"].startswith("out of order\N{REPLACEMENT CHARACTER}x")
    assert len(attempt["answer"]) == 1_000
    assert delivery["next_attempt_at"] > delivery["created_at"]


def test_410_disables_the_endpoint_at_once(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    seller = new_seller(available=100_000)
    hooks = listening(seller)
    receiver.answers["/hook"] = 410
    calls.sold(api(seller))
    with delivering(installation):
        eventually(lambda: hooks.states() == ["failed"])

    assert hooks.read()["status"] == "disabled"
    assert hooks.read()["disabled_because"] == schedule.GONE_BECAUSE
    assert len(receiver.at()) == 1


def test_after_the_last_attempt_the_delivery_failed_and_the_endpoint_is_disabled(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    owner: Connection,
    listening: Listening,
    receiver: Receiver,
) -> None:
    seller = new_seller(available=100_000)
    hooks = listening(seller)
    receiver.answers["/hook"] = 503
    calls.sold(api(seller))
    with delivering(installation):
        for attempt in range(1, schedule.MAX_TRIES + 1):
            eventually(lambda n=attempt: len(receiver.at()) == n)  # type: ignore[misc]  # a number as default
            eventually(lambda n=attempt: [len(d["attempts"]) for d in hooks.deliveries()] == [n])  # type: ignore[misc]  # the same
            make_due(owner, hooks.id)

    assert hooks.states() == ["failed"]
    assert hooks.read()["disabled_because"] == schedule.EXHAUSTED_BECAUSE
    assert len({message.headers["webhook-id"] for message in receiver.at()}) == 1


def test_a_slow_endpoint_slows_no_other(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    slow, quick = new_seller(available=1_000_000), new_seller(available=1_000_000)
    for place in range(10):
        listening(slow, path=f"/slow-{place}")
        receiver.answers[f"/slow-{place}"] = 0
    hooks = listening(quick, path="/quick")
    for _ in range(20):
        calls.sold(api(slow))
        calls.sold(api(quick))
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"] * 20)
        receiver.ended.set()

    assert len(receiver.at("/quick")) == 20


def test_for_a_day_after_a_rotation_both_secrets_sign(
    installation: Installation,
    new_seller: NewSeller,
    owner: Connection,
    listening: Listening,
    receiver: Receiver,
) -> None:
    hooks = listening(new_seller())
    another = hooks.rotate()
    with delivering(installation):
        hooks.test()
        eventually(lambda: hooks.states() == ["delivered"])
        owner.execute("UPDATE webhooks.endpoint SET previous_until_us = 1 WHERE id = %s", [hooks.id])
        hooks.test()
        eventually(lambda: hooks.states() == ["delivered"] * 2)

    during, afterwards = receiver.at()
    assert verified(during, hooks.secret) == verified(during, another)
    assert verified(afterwards, another) == afterwards.event
    with pytest.raises(WebhookVerificationError):
        verified(afterwards, hooks.secret)


def test_a_test_goes_the_way_of_every_event(
    installation: Installation, new_seller: NewSeller, listening: Listening, receiver: Receiver
) -> None:
    hooks = listening(new_seller(), types=["balance.low"])
    sent = hooks.test()
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"])

    (message,) = receiver.at()
    assert message.type == "webhook.test"
    assert message.event == sent["payload"]
    assert verified(message, hooks.secret) == message.event


def test_a_replay_sends_the_same_again(
    installation: Installation, new_seller: NewSeller, listening: Listening, receiver: Receiver
) -> None:
    hooks = listening(new_seller())
    with delivering(installation):
        delivery = hooks.test()
        eventually(lambda: hooks.states() == ["delivered"])
        hooks.replay(delivery["id"])
        eventually(lambda: len(hooks.deliveries()[0]["attempts"]) == 2)

    first, second = receiver.at()
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_the_database_holds_no_secret_in_the_clear(
    new_seller: NewSeller, owner: Connection, listening: Listening
) -> None:
    hooks = listening(new_seller())
    row = owner.execute("SELECT e::text FROM webhooks.endpoint e WHERE id = %s", [hooks.id]).fetchone()

    bare = b64decode(hooks.secret.removeprefix("whsec_"))
    assert row is not None
    assert bare.hex() not in row[0]
    assert hooks.secret not in row[0]
