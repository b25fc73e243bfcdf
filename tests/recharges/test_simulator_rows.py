"""Every row of the simulator's table, from the sale over HTTP to its end, with the money at each step.

Once in the worker's own process and once over `http_json` to `topup simulator`; all side by side. While
a recharge is open its price is held; it ends once, by one movement; and nothing is submitted twice
under one reference.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from bench.scenarios import FUNDS_MINOR
from tests.recharges import place as places
from tests.recharges.place import LOOPBACK, PRICE, Place, Shop, wait
from tests.recharges.ways import CALLBACK_SECRET, http_json, to_a_closed_port
from tests.support.installation import Installation
from tests.support.server import START_TIMEOUT_S, free_port
from tests.support.worker import working
from topup.clock import US_PER_SECOND
from topup.gateways.simulator.behaviours import TABLE
from topup.gateways.simulator.book import Book
from topup.recharges.pursuit import NEVER_US, REVIEW_AFTER_S

GRACE_S = 6
"""How long a NOT_FOUND is not yet final here: enough for one that comes too early."""


class Row(NamedTuple):
    """What is to become of a number. `submits` are the references that the operator heard of."""

    path: str
    failure: str | None = None
    submits: int = 1
    cases: tuple[str, ...] = ()


DELIVERED = Row("accepted processing succeeded")
DELIVERED_LATER = Row("accepted processing unknown succeeded")
IN_PROCESS = {
    "100": DELIVERED,
    "222": DELIVERED,
    "101": Row("accepted processing failed", "invalid_number"),
    "102": DELIVERED._replace(submits=3),
    "103": DELIVERED,
    "104": DELIVERED_LATER,
    "105": Row("accepted processing unknown failed", "not_delivered"),
    "106": DELIVERED_LATER,
    "107": Row("accepted processing unknown"),
    "108": DELIVERED_LATER,
    "109": DELIVERED_LATER,
    "110": DELIVERED._replace(cases=("late_failure",)),
    "111": Row("accepted processing failed", "not_sent", submits=0),
}
OVER_HTTP = IN_PROCESS | {
    "105": Row("accepted processing unknown failed", "not_found"),
    # Bytes were sent before the connection ended, so that nobody may send them again.
    "111": Row("accepted processing unknown failed", "not_found"),
}
CLOSED_PORT = {"100": Row("accepted processing failed", "not_sent", submits=0)}
WAYS = {
    "in process": ("mci", "0912345", IN_PROCESS),
    "over http": ("irancell", "0935345", OVER_HTTP),
    "closed port": ("rightel", "0921345", CLOSED_PORT),
}
CASES = [(way, digits) for way, (_, _, rows) in WAYS.items() for digits in rows]


class Sight(NamedTuple):
    """What a seller saw at one moment."""

    status: str
    available: int
    held: int


class Life(NamedTuple):
    """A recharge and what its seller, who sold nothing else, saw of it."""

    shop: Shop
    recharge_id: str
    row: Row
    seen: list[Sight]


class Lives(NamedTuple):
    place: Place
    of: dict[tuple[str, str], Life]


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    """All rows, lived to their ends; 107 is unknown. No worker runs any more."""
    with ExitStack() as stack:
        place = stack.enter_context(places.opened(shops=len(CASES)))
        simulator = stack.enter_context(simulating(place))
        _connect(place, simulator)
        started = {case: _begin(case, shop) for case, shop in zip(CASES, place.shops, strict=True)}
        with working(place.installation, port=place.port):
            wait(lambda: _all_ended(list(started.values())), what="every row's end")
        yield Lives(place, started)


@contextmanager
def simulating(place: Place) -> Iterator[int]:
    """`topup simulator` as a process of its own, which calls back; its port."""
    port = free_port()
    back = f"{place.server.url}/api/callbacks/irancell"
    words = ["simulator", "--port", str(port), "--callback-url", back, "--callback-secret", CALLBACK_SECRET]
    process = _start(place.installation, words)
    try:
        wait(lambda: _listens(port), what="the simulator's answer", patience_s=START_TIMEOUT_S)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=START_TIMEOUT_S)


def _start(installation: Installation, words: list[str]) -> "subprocess.Popen[bytes]":
    with (installation.home / "simulator.log").open("wb") as sink:
        return subprocess.Popen(
            installation.command(*words),
            env=installation.environment(),
            cwd=installation.home,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )


def _listens(port: int) -> bool:
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}/numbers").status_code == 200
    except httpx.TransportError:
        return False


def _connect(place: Place, simulator: int) -> None:
    place.connect("mci", "simulator", configuration={"timeout_s": 1, "not_found_final_after_s": GRACE_S})
    place.connect(
        "irancell", "http_json", **http_json(simulator, timeout_s=8, not_found_final_after_s=GRACE_S)
    )
    place.connect("rightel", "http_json", **to_a_closed_port())
    for operator, gateway in (("mci", "simulator"), ("irancell", "http_json"), ("rightel", "http_json")):
        place.choose(operator, gateway)


def _begin(case: tuple[str, str], shop: Shop) -> Life:
    way, digits = case
    _, prefix, rows = WAYS[way]
    sold = shop.sell(f"{prefix}1{digits}", reference="order-1")
    assert (sold["status"], sold["is_final"], sold["failure"]) == ("accepted", False, None)
    assert (sold["balance_before"], sold["balance_after"]) == (FUNDS_MINOR, FUNDS_MINOR - PRICE)
    life = Life(shop, sold["id"], rows[digits], [])
    _look(life)
    assert life.seen == [Sight("accepted", FUNDS_MINOR - PRICE, PRICE)]
    return life


def _look(life: Life) -> dict[str, Any]:  # a JSON object
    """See the recharge, and the balance of that moment: looked at again where it moved meanwhile."""
    while True:
        before = life.shop.balance()
        found = life.shop.recharge(life.recharge_id)
        if life.shop.balance()["version"] == before["version"]:
            life.seen.append(Sight(found["status"], before["available"], before["held"]))
            return found


def _all_ended(lives: list[Life]) -> bool:
    for life in lives:
        if life.seen[-1].status != life.row.path.split()[-1]:
            _look(life)
    time.sleep(places.POLL_S)
    return all(life.seen[-1].status == life.row.path.split()[-1] for life in lives)


@pytest.fixture(params=CASES, ids="-".join)
def life(lives: Lives, request: pytest.FixtureRequest) -> Life:
    return lives.of[request.param]


def test_every_row_of_the_table_is_here() -> None:
    assert TABLE.keys() <= IN_PROCESS.keys() == OVER_HTTP.keys()


def test_a_recharge_goes_the_way_of_its_row_and_no_other(lives: Lives, life: Life) -> None:
    found = life.shop.recharge(life.recharge_id)

    assert lives.place.path(life.recharge_id) == life.row.path.split()
    assert (found["status"], found["failure"]) == (life.row.path.split()[-1], life.row.failure)
    assert found["is_final"] is (found["status"] not in places.OPEN)


def test_the_price_is_held_exactly_while_the_recharge_is_open(life: Life) -> None:
    sold = FUNDS_MINOR - PRICE
    allowed = {Sight(status, sold, PRICE) for status in places.OPEN}
    allowed |= {Sight("succeeded", sold, 0), Sight("failed", FUNDS_MINOR, 0)}

    assert set(life.seen) <= allowed
    statuses = list(dict.fromkeys(sight.status for sight in life.seen))
    assert statuses == [status for status in life.row.path.split() if status in statuses]


def test_one_movement_holds_the_price_and_one_ends_that(life: Life) -> None:
    first, *kinds = life.shop.kinds()

    assert first == "adjustment"
    assert kinds == places.MOVEMENTS[life.row.path.split()[-1]]


def test_its_book_is_proved_by_its_journal(life: Life) -> None:
    verified = life.shop.client.get("/api/balance/verify/", follow_redirects=True).json()

    assert verified["ok"] is True
    assert [each["status"] for each in verified["sellers"]] == ["VERIFIED"]


def test_the_operator_received_each_reference_once(lives: Lives, life: Life) -> None:
    with closing(Book(lives.place.installation.home)) as book:
        received = book.received(life.recharge_id.replace("-", ""))

    assert [each.submits for each in received] == [1] * life.row.submits
    delivered = sum(each.deliveries for each in received)
    assert delivered == (life.row.path.split()[-1] == "succeeded")


def test_only_a_contradiction_is_a_case(lives: Lives, life: Life) -> None:
    assert lives.place.cases(life.recharge_id) == list(life.row.cases)


def test_all_books_are_right_at_the_end(lives: Lives) -> None:
    places.assert_books_are_right(lives.place)


@pytest.mark.parametrize("way", ["in process", "over http"])
def test_what_is_never_answered_stays_unknown_over_a_restart_and_comes_to_staff(
    lives: Lives, way: str
) -> None:
    life, place = lives.of[way, "107"], lives.place
    with working(place.installation, port=place.port):
        _let_a_day_go_by(place, life.recharge_id)
        wait(lambda: _in_review(place, life.recharge_id), what="the recharge in review")

    _look(life)
    assert life.seen[-1] == Sight("unknown", FUNDS_MINOR - PRICE, PRICE)
    assert life.shop.kinds() == ["adjustment", "hold"]
    assert place.path(life.recharge_id) == life.row.path.split()


def _let_a_day_go_by(place: Place, recharge_id: str) -> None:
    place.owner.execute(
        "UPDATE recharges.errand SET due_at_us = 0, unknown_since_us = unknown_since_us - %s"
        " WHERE recharge_id = %s",
        [REVIEW_AFTER_S * US_PER_SECOND, recharge_id],
    )


def _in_review(place: Place, recharge_id: str) -> bool:
    rows = place.owner.execute(
        "SELECT 1 FROM recharges.errand WHERE recharge_id = %s AND review_since_us IS NOT NULL"
        " AND due_at_us = %s AND step = 'query'",
        [recharge_id, NEVER_US],
    )
    return rows.fetchone() is not None
