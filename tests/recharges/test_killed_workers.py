"""A worker is killed with -9, wherever it is: another one takes over, and nothing is submitted twice.

The moments are exact and need no hook in the product: a tap on the worker's way to PostgreSQL, and an
operator of the test's own, see the bytes pass and kill it there.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from signal import SIGCONT, SIGSTOP

import psutil
import pytest

from tests.recharges import place as places
from tests.recharges.place import Place, wait
from tests.recharges.ways import http_json
from tests.support.operator_server import Manner, OperatorServer, operating
from tests.support.tap import Moment, Tap, tapped
from tests.support.worker import Worker, start_worker, working
from topup.recharges.errands import gateway_reference

MANY = 1_000
KILLS = 10
WORKERS = 2
NUMBER = "09123456789"
_orders = count(1)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with places.opened(shops=4) as made:
        yield made


@pytest.fixture
def operator(place: Place) -> Iterator[OperatorServer]:
    """The operator of these tests, and the way to it."""
    with operating() as made:
        terms = http_json(made.port, timeout_s=4, max_in_flight=16, not_found_final_after_s=1)
        place.connect("mci", "http_json", **terms)
        place.choose("mci", "http_json")
        yield made


@pytest.fixture
def tap(place: Place) -> Iterator[Tap]:
    with tapped(place.installation) as made:
        yield made


@contextmanager
def dying(place: Place, tap: Tap) -> Iterator[Worker]:
    """A worker behind the tap that is to be killed before the end."""
    with working(place.installation, port=place.port, DATABASE_URL=tap.database_url) as worker:
        yield worker
        wait(lambda: worker.process.poll() is not None, what="the worker's death")


def sell(place: Place) -> str:
    return str(place.shops[0].sell(NUMBER, reference=f"order-{next(_orders)}")["id"])


def take_over(place: Place, recharges: list[str]) -> None:
    """The dead worker's leases end, another one begins, and time goes by."""
    place.let_leases_end()
    with working(place.installation, port=place.port):
        wait(partial(place.all_final, recharges), what="the end of every recharge")
    places.assert_books_are_right(place)


@pytest.mark.parametrize(
    ("function", "committed", "submits", "path"),
    [
        # Nothing was claimed, so that it is all done anew.
        ("claim_v1", False, 1, "accepted processing succeeded"),
        # Written as sending, and never sent: only the operator knows that.
        ("claim_v1", True, 0, "accepted processing unknown failed"),
        # Delivered, and not written down.
        ("settle_v1", False, 1, "accepted processing unknown succeeded"),
        ("settle_v1", True, 1, "accepted processing succeeded"),
    ],
)
def test_a_worker_killed_between_us_and_the_database(
    place: Place,
    operator: OperatorServer,
    tap: Tap,
    *,
    function: str,
    committed: bool,
    submits: int,
    path: str,
) -> None:
    with dying(place, tap) as worker:
        tap.moment = Moment(function, committed, worker.process.kill)
        sold = sell(place)

    take_over(place, [sold])

    assert place.path(sold) == path.split()
    assert operator.submits[gateway_reference(sold, 1)] == submits
    assert operator.submits.total() == submits


@pytest.mark.parametrize("committed", [False, True])
def test_a_worker_killed_as_it_writes_that_no_answer_came(
    place: Place, operator: OperatorServer, tap: Tap, *, committed: bool
) -> None:
    operator.manners = lambda _: Manner(drops=True)
    with dying(place, tap) as worker:
        tap.moment = Moment("record_v1", committed, worker.process.kill)
        sold = sell(place)

    take_over(place, [sold])

    assert place.path(sold) == ["accepted", "processing", "unknown", "succeeded"]
    assert operator.submits == {gateway_reference(sold, 1): 1}


@pytest.mark.parametrize("taken", [True, False])
def test_a_worker_killed_after_the_bytes_left(
    place: Place, operator: OperatorServer, tap: Tap, *, taken: bool
) -> None:
    with dying(place, tap) as worker:
        manner = Manner("delivered" if taken else None, heard=worker.process.kill)
        operator.manners = lambda _: manner
        sold = sell(place)

    take_over(place, [sold])

    assert place.path(sold) == ["accepted", "processing", "unknown", "succeeded" if taken else "failed"]
    assert operator.submits == {gateway_reference(sold, 1): 1}


def test_a_worker_killed_after_the_answer_left(place: Place, operator: OperatorServer, tap: Tap) -> None:
    with dying(place, tap) as worker:
        operator.manners = lambda _: Manner(answered=worker.process.kill)
        sold = sell(place)

    take_over(place, [sold])

    assert place.state(sold) == "succeeded"
    assert operator.submits == {gateway_reference(sold, 1): 1}


def test_a_worker_killed_as_a_query_is_answered(place: Place, operator: OperatorServer, tap: Tap) -> None:
    operator.manners = lambda _: Manner(drops=True)
    with dying(place, tap) as worker:
        sold = sell(place)
        wait(lambda: place.state(sold) == "unknown", what="an unknown recharge")
        tap.moment = Moment("settle_v1", committed=False, happens=worker.process.kill)
        place.let_time_go_by()

    take_over(place, [sold])

    assert place.path(sold) == ["accepted", "processing", "unknown", "succeeded"]
    assert operator.submits == {gateway_reference(sold, 1): 1}
    assert operator.queries[gateway_reference(sold, 1)] == 2


def is_stopped(process: int) -> bool:
    return bool(psutil.Process(process).status() == psutil.STATUS_STOPPED)


def test_a_worker_that_was_frozen_over_its_lease_sends_nothing_when_it_wakes(
    place: Place, operator: OperatorServer, tap: Tap
) -> None:
    """Its order counts as not delivered by then, and the price was given back."""
    with working(place.installation, port=place.port, DATABASE_URL=tap.database_url) as frozen:
        freeze, wake = (partial(os.kill, frozen.process.pid, each) for each in (SIGSTOP, SIGCONT))
        tap.moment = Moment("claim_v1", committed=True, happens=freeze, goes_on=True)
        try:
            sold = sell(place)
            wait(lambda: is_stopped(frozen.process.pid), what="a worker that stands still")
            with working(place.installation, port=place.port):
                wait(lambda: place.all_final([sold]), what="the end of the recharge")
        finally:
            wake()

    assert place.path(sold) == ["accepted", "processing", "unknown", "failed"]
    assert operator.submits == {}
    places.assert_books_are_right(place)


def test_a_thousand_in_flight_outlive_ten_deaths(place: Place, operator: OperatorServer) -> None:
    """Sold in parts, so that there is work whenever a worker dies."""
    operator.manners = partial(_careless, random.Random(7))
    recharges: list[str] = []
    with ExitStack() as stack:
        workers = [start_worker(place.installation, port=place.port) for _ in range(WORKERS)]
        stack.callback(_stop_all, workers)
        for part in range(KILLS):
            shop = place.shops[part % len(place.shops)]
            recharges += shop.sell_many([NUMBER] * (MANY // KILLS), prefix=f"part-{part}")
            _kill_one(place, workers, operator, part)
        wait(partial(place.all_final, recharges), what="the end of every recharge")
    _assert_each_was_done_once(place, operator, recharges)


def _stop_all(workers: list[Worker]) -> None:
    for each in workers:
        each.stop()


def _careless(chance: random.Random, _reference: str) -> Manner:
    """Most are delivered; some are refused, some lost on the way here and some on the way back."""
    takes, drops = chance.choices(
        [("delivered", False), ("refused", False), ("delivered", True), (None, True)], [80, 5, 10, 5]
    )[0]
    return Manner(takes, after_s=chance.uniform(0.05, 0.2), drops=drops)


def _kill_one(place: Place, workers: list[Worker], operator: OperatorServer, part: int) -> None:
    """Kill a worker while orders of this part are with the operator, and start another one."""
    wanted = operator.submits.total() + 10 + 7 * part % 50
    wait(lambda: operator.submits.total() >= wanted, what="orders on their way")
    place_in_list = part % len(workers)
    workers[place_in_list].kill()
    workers[place_in_list] = start_worker(place.installation, port=place.port)


def _assert_each_was_done_once(place: Place, operator: OperatorServer, recharges: list[str]) -> None:
    assert len(recharges) == MANY
    assert set(operator.submits.values()) == {1}
    deliveries = Counter(each[:32] for each, became in operator.became.items() if became == "delivered")
    assert set(deliveries.values()) == {1}
    for recharge_id, state in place.states(recharges).items():
        assert state == ("succeeded" if recharge_id.replace("-", "") in deliveries else "failed")
        place.path(recharge_id)
    places.assert_books_are_right(place)
