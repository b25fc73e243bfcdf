"""Trouble with one operator stays with it, and a worker's end loses nothing that it began.

Each test counts what the operators received. Nothing here measures time: a test waits, within bounds,
until something came about, and looks at what had not.
"""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial

import pytest

from tests.recharges import place as places
from tests.recharges.place import PRICE, Place, wait
from tests.recharges.ways import http_json
from tests.support.operator_server import Manner, OperatorServer, operating
from tests.support.worker import working
from topup.clock import US_PER_SECOND
from topup.gateways.simulator.book import Book
from topup.recharges.dispatch import FAILURES_MAX
from topup.recharges.errands import gateway_reference
from topup.recharges.lifecycle import State

SLOTS = 5
MCI, IRANCELL, RIGHTEL = "0912345678", "0935345678", "0921345678"
GAP_S = 2
_names = (f"order-{n}" for n in itertools.count(1))


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with places.opened() as made:
        yield made


@pytest.fixture
def operator(place: Place) -> Iterator[OperatorServer]:
    """The operator of the numbers that begin with MCI."""
    with operating() as made:
        reach(place, "mci", made)
        yield made


def reach(
    place: Place, code: str, operator: OperatorServer, *, timeout_s: int = 2, min_gap_s: int = 0
) -> None:
    terms = http_json(operator.port, timeout_s=timeout_s, max_in_flight=SLOTS, min_gap_s=min_gap_s)
    place.connect(code, "http_json", **terms)
    place.choose(code, "http_json")


def sell(place: Place, prefix: str, count: int) -> list[str]:
    numbers = [f"{prefix}{n % 10}" for n in range(count)]
    return place.shops[0].sell_many(numbers, prefix=next(_names))


def all_succeeded(place: Place, recharges: list[str]) -> bool:
    return set(place.states(recharges).values()) == {State.SUCCEEDED}


def test_a_dead_operator_keeps_nothing_from_another_one_nor_from_instant_sales(
    place: Place, operator: OperatorServer
) -> None:
    """All its slots hang, and more waits for them than the other one has in all."""
    operator.silent = True
    reach(place, "mci", operator, timeout_s=100)
    with operating() as other, working(place.installation, port=place.port) as worker:
        reach(place, "irancell", other)
        dead = sell(place, MCI, 100)
        wait(lambda: len(operator.waiting) == SLOTS, what="hanging requests")

        alive, instant = sell(place, IRANCELL, 50), sell(place, RIGHTEL, 50)
        wait(lambda: all_succeeded(place, alive), what="the other operator's deliveries")

        assert all_succeeded(place, instant)
        assert (operator.submits.total(), other.submits.total()) == (SLOTS, 50)
        assert State.SUCCEEDED not in place.states(dead).values()
        operator.silent = False
        operator.let_go()
        wait(partial(place.all_final, dead), what="the end of the dead operator's recharges")
        worker.stop()
    places.assert_books_are_right(place)


def test_a_circuit_spares_orders_from_a_dead_operator_and_closes_when_it_is_back(
    place: Place, operator: OperatorServer
) -> None:
    operator.silent = True
    reach(place, "mci", operator, timeout_s=1)
    with working(place.installation, port=place.port) as worker:
        recharges = sell(place, MCI, 60)
        wait(lambda: "left alone" in worker.tail(), what="an open circuit")
        met = operator.submits.total()
        operator.silent = False
        wait(partial(place.all_final, recharges), what="the end of every recharge")
        assert "the operator mci is back" in worker.tail()

    assert FAILURES_MAX <= met <= FAILURES_MAX + SLOTS
    assert all_succeeded(place, recharges)
    assert set(operator.submits.values()) == {1}


def test_a_worker_that_is_told_to_stop_writes_down_what_it_asked(
    place: Place, operator: OperatorServer
) -> None:
    reach(place, "mci", operator, timeout_s=30)
    operator.manners = lambda _: Manner(after_s=1)
    with working(place.installation, port=place.port) as worker:
        recharges = sell(place, MCI, 20)
        wait(lambda: operator.busy == SLOTS, what="orders on their way")
        worker.stop()

    heard = operator.submits.total()
    states = list(place.states(recharges).values())
    assert worker.process.returncode == 0
    assert SLOTS <= heard < 20
    assert (states.count(State.SUCCEEDED), states.count(State.ACCEPTED)) == (heard, 20 - heard)
    assert {step for each in recharges for step in place.steps(each)} == {"submit"}
    finish(place, recharges)


def finish(place: Place, recharges: list[str]) -> None:
    """Leave nothing to the tests that follow."""
    with working(place.installation, port=place.port):
        wait(partial(place.all_final, recharges), what="the end of what was left")
    places.assert_books_are_right(place)


def test_two_workers_share_the_work_and_submit_nothing_twice(place: Place, operator: OperatorServer) -> None:
    operator.manners = lambda _: Manner(after_s=0.2)
    with working(place.installation, port=place.port), working(place.installation, port=place.port):
        recharges = sell(place, MCI, 200)
        wait(partial(place.all_final, recharges), what="the end of every recharge")

    assert SLOTS < operator.busy_most <= 2 * SLOTS
    assert operator.submits == {gateway_reference(each, 1): 1 for each in recharges}
    assert all_succeeded(place, recharges)
    places.assert_books_are_right(place)


def test_another_gateway_holds_from_the_next_recharge_on(place: Place, operator: OperatorServer) -> None:
    before = sell(place, MCI, 3)
    place.choose("mci", "simulator")
    after = sell(place, MCI, 3)
    place.choose("mci", "instant")
    at_once = sell(place, MCI, 3)
    assert all_succeeded(place, at_once)

    finish(place, before + after)

    assert all_succeeded(place, before + after)
    assert operator.submits == {gateway_reference(each, 1): 1 for each in before}
    with closing(Book(place.installation.home)) as book:
        simulated = [book.received(gateway_reference(each, 1)) for each in before + after + at_once]
    assert list(map(len, simulated)) == [0] * 3 + [1] * 3 + [0] * 3


def test_an_order_waits_while_its_gateway_cannot_be_used_and_loses_no_try(
    place: Place, operator: OperatorServer
) -> None:
    """As in the second after staff chose a gateway: nothing was sent, so nothing is unknown."""
    place.owner.execute("UPDATE gateways_connection SET gateway = 'elsewhere' WHERE operator_id = 'mci'")
    with working(place.installation, port=place.port):
        recharges = sell(place, MCI, 3)
        wait(lambda: all(map(partial(postponed, place), recharges)), what="a first look at each")
        assert (operator.submits, [begun_us(place, each) for each in recharges]) == ({}, [[], [], []])
        place.owner.execute("UPDATE gateways_connection SET gateway = 'http_json' WHERE operator_id = 'mci'")
        wait(partial(place.all_final, recharges), what="the end of every recharge")

    assert {tuple(place.path(each)) for each in recharges} == {("accepted", "processing", "succeeded")}
    assert sorted(operator.submits.values()) == [1, 1, 1]


def postponed(place: Place, recharge_id: str) -> bool:
    ((later,),) = place.owner.execute(
        "SELECT e.due_at_us > r.created_at_us FROM recharges.errand e"
        " JOIN recharges.recharge r ON r.seller_id = e.seller_id AND r.id = e.recharge_id"
        " WHERE e.recharge_id = %s",
        [recharge_id],
    ).fetchall()
    return bool(later)


def begun_us(place: Place, recharge_id: str) -> list[int]:
    rows = place.owner.execute(
        "SELECT begun_at_us FROM recharges.attempt WHERE recharge_id = %s AND verb = 'submit' ORDER BY nr",
        [recharge_id],
    )
    return [row[0] for row in rows]


def test_two_submits_for_one_number_keep_their_distance(place: Place, operator: OperatorServer) -> None:
    """Also where there are two workers, and where one of them is a second try."""
    away = {"left": 1}

    def first_is_away(_: str) -> Manner:
        away["left"] -= 1
        return Manner(None) if away["left"] == 0 else Manner(after_s=3)

    operator.manners = first_is_away
    reach(place, "mci", operator, timeout_s=10, min_gap_s=GAP_S)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(working(place.installation, port=place.port))
        recharges = [place.shops[0].sell(f"{MCI}1", reference=next(_names))["id"]]
        wait(lambda: len(begun_us(place, recharges[0])) == 2, what="the second try")
        recharges += place.shops[0].sell_many([f"{MCI}1"] * 3, prefix=next(_names))
        wait(lambda: all_succeeded(place, recharges), what="every delivery")

    begun = sorted(moment for each in recharges for moment in begun_us(place, each))
    gaps_us = [later - earlier for earlier, later in itertools.pairwise(begun)]
    assert len(begun) == 5
    assert min(gaps_us) >= GAP_S * US_PER_SECOND


def test_the_price_is_the_same_whichever_way_it_goes(place: Place, operator: OperatorServer) -> None:
    before = place.shops[0].balance()["available"]

    finish(place, sell(place, MCI, 5))

    assert place.shops[0].balance()["available"] == before - 5 * PRICE
