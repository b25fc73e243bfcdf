"""Callback, query and a decision of staff for one recharge at once: one of them settles it, no two.

All three come over HTTP, each in its own thread, while the worker asks. Who comes later and agrees
changes nothing; an operator that says otherwise later has opened a case, and moved nothing.
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx
import pytest

from tests.recharges import place as places
from tests.recharges.place import Place, wait
from tests.recharges.ways import CALLBACK_SECRET, http_json
from tests.support.operator_server import Manner, OperatorServer, operating
from tests.support.worker import working
from topup import clock
from topup.gateways.simulator.callbacks import SIGNATURE, TIMESTAMP, signature
from topup.recharges.errands import gateway_reference
from topup.recharges.lifecycle import State

MANY = 50
THREADS = 12
ROUNDS = 5
HEAD_START_S = 0.03
HOUR_US = 3_600 * clock.US_PER_SECOND
NUMBER = "09123456789"


class Racers(NamedTuple):
    place: Place
    operator: OperatorServer


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    """An operator that delivers, says so of no order, and tells the truth when it is asked."""
    with places.opened() as place, operating(lambda _: Manner(says="accepted")) as operator:
        place.connect("mci", "http_json", **http_json(operator.port))
        place.choose("mci", "http_json")
        with working(place.installation, port=place.port):
            yield Racers(place, operator)


def unknown_ones(place: Place, name: str) -> list[str]:
    recharges = place.shops[0].sell_many([NUMBER] * MANY, prefix=name)
    wait(lambda: all_unknown(place, recharges), what="unknown recharges")
    return recharges


def all_unknown(place: Place, recharges: list[str]) -> bool:
    """Whether all are; what is unknown already is not asked about meanwhile, however long the others take."""
    place.owner.execute(
        "UPDATE recharges.errand SET due_at_us = %s WHERE claim IS NULL AND step = 'query'",
        [clock.now_us() + HOUR_US],
    )
    return set(place.states(recharges).values()) == {State.UNKNOWN}


def patiently(send: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, once it is not that the book was locked for too long."""
    until = time.monotonic() + places.PATIENCE_S
    while (answer := send()).status_code == httpx.codes.SERVICE_UNAVAILABLE and time.monotonic() < until:
        time.sleep(places.POLL_S)
    return answer


def call_back(place: Place, recharge_id: str) -> None:
    body = json.dumps({"reference": gateway_reference(recharge_id, 1), "result": "delivered"}).encode()
    now = str(int(time.time()))
    secret = CALLBACK_SECRET.encode()
    headers = {TIMESTAMP: now, SIGNATURE: signature(secret, timestamp=now, body=body)}
    url = f"{place.server.url}/api/callbacks/mci"
    answer = patiently(lambda: httpx.post(url, content=body, headers=headers, timeout=30))
    assert (answer.status_code, answer.json()) == (200, {"received": True})


def ask_again(place: Place, recharge_id: str) -> None:
    answer = patiently(lambda: place.staff.post(f"/api/v1/recharges/{recharge_id}/query"))
    assert answer.status_code in (202, 409), answer.text


def decide(place: Place, recharge_id: str, outcome: str) -> bool:
    """Whether the decision held."""
    told = {"outcome": outcome, "evidence": "a letter"}
    answer = patiently(lambda: place.staff.post(f"/api/v1/recharges/{recharge_id}/resolve", json=told))
    assert answer.status_code in (200, 409), answer.text
    assert answer.status_code == 200 or answer.json()["code"] == "already_decided", answer.text
    return answer.status_code == 200


def _come(way: Callable[[str], object], recharge_id: str, *, late: bool) -> object:
    """Who begins has a start, or one of them would win throughout on some machines."""
    if late:
        time.sleep(HEAD_START_S)
    return way(recharge_id)


def race(racers: Racers, recharges: list[str], outcome: str) -> list[str]:
    """All three for each recharge, in turns of who begins; the recharges that staff decided."""
    place = racers.place
    ways: list[Callable[[str], object]] = [
        lambda each: ask_again(place, each),
        lambda each: call_back(place, each),
        lambda each: decide(place, each, outcome),
    ]
    with ThreadPoolExecutor(THREADS) as threads:
        runs = [
            (each, n % 3 == 2, threads.submit(_come, ways[n % 3], each, late=n > turn % 3))
            for turn, each in enumerate(recharges)
            for n in range(turn % 3, turn % 3 + 3)
        ]
        decided = [each for each, by_staff, run in runs if run.result() is True and by_staff]
    wait(lambda: place.all_final(recharges), what="the end of every recharge")
    return decided


def assert_settled_once(place: Place, recharges: list[str]) -> None:
    places.assert_books_are_right(place)
    for each in recharges:
        path = place.path(each)
        assert path[:3] == ["accepted", "processing", "unknown"]
        assert path[3:] == [place.state(each)]


def test_when_all_agree_one_of_them_settles_and_nobody_is_contradicted(racers: Racers) -> None:
    recharges = unknown_ones(racers.place, "agree")

    race(racers, recharges, "delivered")

    assert_settled_once(racers.place, recharges)
    assert set(racers.place.states(recharges).values()) == {State.SUCCEEDED}
    assert [each for each in recharges if racers.place.cases(each)] == []


def test_when_staff_say_otherwise_the_first_one_counts_and_the_others_are_a_case(racers: Racers) -> None:
    place, rounds = racers.place, 0
    recharges, decided = list[str](), list[str]()
    while not 0 < len(decided) < MANY:  # a round that one of them won throughout tells nothing
        rounds += 1
        assert rounds <= ROUNDS
        recharges = unknown_ones(place, f"differ-{rounds}")
        decided = race(racers, recharges, "failed")

    assert_settled_once(place, recharges)
    states = place.states(recharges)
    assert sorted(each for each, state in states.items() if state is State.FAILED) == sorted(decided)
    # A callback that met a locked book is followed up by the worker's sweep.
    wait(lambda: all(place.cases(each) for each in decided), what="a case of each that was decided")
    assert [bool(place.cases(each)) for each in recharges] == [each in decided for each in recharges]
    assert {kind for each in decided for kind in place.cases(each)} <= {"late_success"}
