"""Workers come and go: each event is delivered at least once, and once where none dies."""

from tests.api import calls
from tests.conftest import Api, NewSeller
from tests.support.installation import Installation
from tests.support.worker import working
from tests.webhooks.at_work import delivering, eventually
from tests.webhooks.conftest import Listening
from tests.webhooks.receiver import Receiver
from topup.trips import Connection

SALES = 200


def test_two_workers_at_once_deliver_each_event_once(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    seller = new_seller(available=SALES * calls.PRICE)
    hooks = listening(seller)
    calls.sell_batch(api(seller), [calls.an_item() for _ in range(SALES)])
    with delivering(installation), delivering(installation):
        eventually(lambda: len(receiver.at()) >= SALES)
        eventually(lambda: "pending" not in hooks.states())

    told = [message.event["id"] for message in receiver.at()]
    assert len(told) == len(set(told)) == SALES


def test_what_a_killed_worker_had_under_way_is_delivered_by_the_next(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    owner: Connection,
    listening: Listening,
    receiver: Receiver,
) -> None:
    seller = new_seller(available=100_000)
    hooks = listening(seller)
    receiver.answers["/hook"] = 0
    for _ in range(5):
        calls.sold(api(seller))
    with working(installation, WEBHOOK_ALLOWED_HOSTS="127.0.0.1") as worker:
        eventually(lambda: len(receiver.at()) == 5)
        worker.kill()
    receiver.answers["/hook"] = 204
    assert hooks.states() == ["pending"] * 5
    owner.execute("UPDATE webhooks.delivery SET next_at_us = 1 WHERE endpoint_id = %s", [hooks.id])
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"] * 5)

    assert len({message.headers["webhook-id"] for message in receiver.at()}) == 5
    assert len(receiver.at()) == 10


def test_a_stopped_worker_has_recorded_what_it_sent(
    installation: Installation,
    new_seller: NewSeller,
    api: Api,
    app: Connection,
    listening: Listening,
    receiver: Receiver,
) -> None:
    seller = new_seller(available=SALES * calls.PRICE)
    hooks = listening(seller)
    calls.sell_batch(api(seller), [calls.an_item() for _ in range(SALES)])
    with delivering(installation):
        eventually(lambda: len(receiver.at()) >= 1)

    counted = app.execute(
        "SELECT count(*) FILTER (WHERE state = 'delivered'), count(claim) FROM webhooks.delivery"
        " WHERE endpoint_id = %s",
        [hooks.id],
    ).fetchone()
    assert counted == (len(receiver.at()), 0)


def test_who_lost_a_claim_records_nothing(
    new_seller: NewSeller, app: Connection, owner: Connection, listening: Listening
) -> None:
    seller = new_seller()
    hooks = listening(seller)
    delivery = hooks.test()
    owner.execute("UPDATE webhooks.delivery SET claim = gen_random_uuid() WHERE id = %s", [delivery["id"]])
    recorded = app.execute(
        "SELECT recorded_id FROM webhooks.record_v1(%s, ARRAY[%s]::bigint[], ARRAY[%s]::uuid[],"
        " ARRAY[gen_random_uuid()], ARRAY['delivered']::webhooks.delivery_state[], ARRAY[1]::bigint[],"
        " ARRAY[1]::bigint[], ARRAY[1], ARRAY[200], ARRAY[NULL]::text[], ARRAY[''], 30, '{}', '{}', '{}', 1)",
        [seller.id, seller.id, delivery["id"]],
    ).fetchall()

    assert recorded == []
    assert hooks.deliveries() == [delivery]
