"""Callbacks: kept before anything follows, once; only what the order's own gateway proves moves money."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.recharges.driving import (
    IRANCELL,
    assert_books_are_right,
    call_back,
    heard,
    kept,
    life,
    notice,
    place,
    sell,
    settle,
    submitted,
    unknown,
)
from tests.recharges.place import Place
from topup import clock, database, trips
from topup.api.engine import UNSIGNED_CALLBACK_RATE
from topup.clock import US_PER_SECOND
from topup.gateways.contract import Answer, Notice, Result
from topup.ledger.poster import Poster
from topup.recharges import callbacks
from topup.recharges.callbacks import Note
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import Continue, Step, Verb
from topup.recharges.settle import Settlements
from topup.recharges.sweep import Sweep

__all__ = ["place"]

MANY = 4_000
"""Callbacks after which some must have been refused, however slow the machine is."""
DAY_US = 86_400 * US_PER_SECOND


@pytest.mark.parametrize(("result", "state"), [("delivered", "succeeded"), ("refused", "failed")])
def test_a_signed_callback_settles_an_unknown_recharge(place: Place, result: str, state: str) -> None:
    recharge_id = sell(place)
    reference = unknown(place, recharge_id).order.reference

    answer = call_back(place, notice(reference, result))

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert place.state(recharge_id) == state
    assert life(place, recharge_id)["attempts"][-1]["verb"] == "callback"
    assert kept(place, recharge_id) == [(True, "done", Note.SETTLED)]
    assert_books_are_right(place)


def test_a_callback_may_come_before_the_answer_to_the_submit(place: Place) -> None:
    recharge_id = sell(place)
    errand = submitted(place, recharge_id)

    call_back(place, notice(errand.order.reference))
    late = settle(place, errand, State.SUCCEEDED, verb=Verb.SUBMIT)

    assert late.outcome == "replayed"
    assert place.path(recharge_id) == ["accepted", "processing", "succeeded"]


def test_the_same_bytes_again_change_nothing(place: Place) -> None:
    recharge_id = sell(place)
    body = notice(unknown(place, recharge_id).order.reference)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: call_back(place, body), range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert kept(place, recharge_id) == [(True, "done", Note.SETTLED)]


def test_other_bytes_that_say_the_same_are_kept_and_move_nothing(place: Place) -> None:
    recharge_id = sell(place)
    reference = unknown(place, recharge_id).order.reference
    call_back(place, notice(reference))

    call_back(place, notice(reference, sent_at="later"))

    assert [note for _, _, note in kept(place, recharge_id)] == [Note.SETTLED, Note.AGREED]
    assert_books_are_right(place)


@pytest.mark.parametrize("secret", [None, b"another secret"])
def test_a_callback_that_nobody_proves_only_makes_a_query_due(place: Place, secret: bytes | None) -> None:
    recharge_id = sell(place)
    reference = unknown(place, recharge_id).order.reference
    later = life(place, recharge_id)["next_check_at"]

    call_back(place, notice(reference), signed=secret is not None, secret=secret)

    assert place.state(recharge_id) is State.UNKNOWN
    assert life(place, recharge_id)["next_check_at"] < later
    assert kept(place, recharge_id) == [(False, "done", Note.ASKED)]


def test_an_unsigned_copy_does_not_stand_for_the_signed_one(place: Place) -> None:
    recharge_id = sell(place)
    body = notice(unknown(place, recharge_id).order.reference)

    call_back(place, body, signed=False)
    call_back(place, body)

    assert place.state(recharge_id) is State.SUCCEEDED


def test_a_signed_callback_that_is_unclear_only_makes_a_query_due(place: Place) -> None:
    recharge_id = sell(place)
    reference = unknown(place, recharge_id).order.reference

    call_back(place, notice(reference, "unknown"))

    assert place.state(recharge_id) is State.UNKNOWN
    assert kept(place, recharge_id) == [(True, "done", Note.ASKED)]


@pytest.mark.parametrize(
    ("before", "said", "case"),
    [(State.FAILED, "delivered", "late_success"), (State.SUCCEEDED, "refused", "late_failure")],
)
def test_a_contradiction_overwrites_nothing_and_opens_one_case(
    place: Place, before: State, said: str, case: str
) -> None:
    recharge_id = sell(place)
    errand = submitted(place, recharge_id)
    settle(place, errand, before, verb=Verb.SUBMIT)

    call_back(place, notice(errand.order.reference, said))
    call_back(place, notice(errand.order.reference, said, sent_at="again"))

    assert place.state(recharge_id) is before
    assert place.cases(recharge_id) == [case]
    assert_books_are_right(place)


def test_a_refusal_of_an_earlier_attempt_does_not_fail_the_last_one(place: Place) -> None:
    recharge_id = sell(place)
    first = submitted(place, recharge_id)
    heard(place, first, Result.RETRY_LATER, Continue(Step.SUBMIT, clock.now_us()))
    submitted(place, recharge_id)

    call_back(place, notice(first.order.reference, "refused"))

    assert place.state(recharge_id) is State.PROCESSING


@pytest.mark.parametrize("reference", ["0" * 34, "rubbish", "\u0000", "f" * 34 + "01"])
def test_a_reference_of_nobody_is_kept_and_does_nothing(place: Place, reference: str) -> None:
    before = len(kept(place, None))

    answer = call_back(place, notice(reference))

    assert answer.status_code == 200
    assert kept(place, None)[before:] == [(True, "done", Note.NOT_OURS)]


def test_an_operator_speaks_of_its_own_recharges_only(place: Place) -> None:
    recharge_id = sell(place)
    reference = unknown(place, recharge_id).order.reference

    call_back(place, notice(reference), operator="irancell")

    assert place.state(recharge_id) is State.UNKNOWN
    assert kept(place, recharge_id) == []


def test_the_gateway_of_the_order_is_believed_after_a_switch(place: Place) -> None:
    recharge_id = sell(place)
    reference = unknown(place, recharge_id).order.reference
    place.choose("mci", "instant")
    try:
        call_back(place, notice(reference))
    finally:
        place.choose("mci", "simulator")

    assert place.state(recharge_id) is State.SUCCEEDED


def test_an_instant_sale_has_nothing_to_be_called_back_about(place: Place) -> None:
    recharge_id = sell(place, number=IRANCELL)
    reference = recharge_id.replace("-", "") + "01"

    assert call_back(place, notice(reference), operator="irancell").status_code == 200
    assert place.state(recharge_id) is State.SUCCEEDED


@pytest.mark.parametrize("operator", ["nobody", "MCI", "m%00ci", "x" * 21])
def test_there_is_no_address_for_who_is_no_operator(place: Place, operator: str) -> None:
    answer = call_back(place, notice("0" * 34), operator=operator)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_body_that_is_too_large_is_refused(place: Place) -> None:
    answer = call_back(place, b"x" * (callbacks.MAX_BODY_BYTES + 1))

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert str(callbacks.MAX_BODY_BYTES) in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\x00\xfe", b"[" * 50_000, b'{"reference": 7}'])
def test_any_bytes_are_kept(place: Place, body: bytes) -> None:
    assert call_back(place, body).status_code == 200


def test_no_secret_of_a_header_is_kept(place: Place) -> None:
    recharge_id = sell(place)
    call_back(place, notice(unknown(place, recharge_id).order.reference))

    ((headers,),) = place.owner.execute(
        "SELECT headers FROM recharges.callback WHERE recharge_id = %s", [recharge_id]
    ).fetchall()

    assert "x-simulator-signature" in headers
    assert "authorization" not in headers
    assert "not-for-the-database" not in headers


def test_who_sends_too_many_without_a_signature_is_told_to_wait(place: Place) -> None:
    def send(number: int) -> httpx.Response:
        return call_back(place, b"flood %d" % number, signed=False, operator="rightel")

    told: list[httpx.Response] = []
    with ThreadPoolExecutor(16) as pool:
        while not any(answer.status_code == 429 for answer in told):
            assert len(told) < MANY
            told += pool.map(send, range(len(told), len(told) + 10 * UNSIGNED_CALLBACK_RATE.quota))

    assert {answer.status_code for answer in told} == {200, 429}
    (refused, *_) = (answer for answer in told if answer.status_code == 429)
    assert refused.headers["RateLimit-Policy"].startswith('"unsigned_callback"')
    assert refused.json()["code"] == "rate_limited"


def test_of_those_without_a_signature_the_oldest_gives_way(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "MAX_UNSIGNED_KEPT", 3)
    with place.installation.connect("app") as app:
        for n in range(5):
            unsigned = Notice(None, Answer(Result.UNKNOWN), signed=False)
            heard_of = callbacks.heard(unsigned, operator="ring", attempt=None, body=b"%d" % n, now_us=n)
            trips.run(app, [callbacks.keep(heard_of, gateway=None, headers={})])

    rows = place.owner.execute("SELECT body FROM recharges.callback WHERE operator = 'ring' ORDER BY 1")
    assert [bytes(row[0]) for row in rows] == [b"2", b"3", b"4"]


def swept(place: Place) -> None:
    """One sweep of a worker."""

    async def sweep() -> None:
        config = place.installation.config
        settling = Poster(lambda: database.connect_async(config), Settlements(), lanes=1, zone="UTC")
        await settling.start()
        worker = Sweep(lambda: database.connect_async(config), settling=settling)
        await worker.once()
        await worker.stop()
        await settling.stop()

    asyncio.run(sweep())


def test_what_a_crash_left_behind_is_followed_up_by_a_worker(place: Place) -> None:
    recharge_id = sell(place)
    errand = unknown(place, recharge_id)
    body = notice(errand.order.reference)
    call_back(place, body, signed=False)  # then as if it had been signed, and its process had ended
    place.owner.execute(
        "UPDATE recharges.callback SET state = 'new', note = NULL, signed = true, result = 'delivered',"
        " received_at_us = %s WHERE recharge_id = %s",
        [clock.now_us() - 60 * US_PER_SECOND, recharge_id],
    )

    swept(place)
    swept(place)

    assert place.path(recharge_id) == ["accepted", "processing", "unknown", "succeeded"]
    assert kept(place, recharge_id) == [(True, "done", Note.SETTLED)]


def test_a_callback_of_a_moment_ago_is_left_to_its_own_process(place: Place) -> None:
    recharge_id = sell(place)
    call_back(place, notice(unknown(place, recharge_id).order.reference, "unknown"))
    place.owner.execute(
        "UPDATE recharges.callback SET state = 'new', note = NULL WHERE recharge_id = %s", [recharge_id]
    )

    swept(place)

    assert kept(place, recharge_id) == [(True, "new", None)]


@pytest.mark.parametrize(
    ("standing", "days", "left"),
    [("unsigned", 8, 0), ("unsigned", 6, 1), ("signed", 91, 0), ("signed", 89, 1)],
)
def test_callbacks_are_forgotten_by_their_age(place: Place, standing: str, days: int, left: int) -> None:
    recharge_id = sell(place)
    call_back(place, notice(unknown(place, recharge_id).order.reference), signed=standing == "signed")
    place.owner.execute(
        "UPDATE recharges.callback SET received_at_us = %s WHERE recharge_id = %s",
        [clock.now_us() - days * DAY_US, recharge_id],
    )

    swept(place)

    assert len(kept(place, recharge_id)) == left
