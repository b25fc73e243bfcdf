"""Order: versions are the order of the sales, and what was answered first came first."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import NamedTuple

import httpx

from tests.conftest import NewSeller
from tests.journeys.shops import AT_ONCE, Answer, Order, by_coroutines, client_for, orders, whole
from tests.support.model import Model
from tests.support.server import Server
from topup.trips import Connection


class Timed(NamedTuple):
    """An answer, when its request was sent and when it was there."""

    sent_s: float
    there_s: float
    version: int


def test_a_replay_of_the_answers_by_version_gives_the_same_balances(
    app: Connection, new_seller: NewSeller, on: Server
) -> None:
    seller, model = new_seller(available=1_000_000), Model(seller=1)
    model.ask("credit", 1_000_000, day=date.min)
    wanted = [
        order._replace(amount=1 + 97 * nth % 9_000) for nth, order in enumerate(orders(on, seller, 400))
    ]

    answers = by_coroutines(wanted)

    sales = sorted((a for a in answers if a.status == 201), key=lambda answer: int(answer.body["version"]))
    for answer in sales:
        assert answer.body["balance_before"] == model.sums.available
        assert model.ask("recharge", answer.order.amount, day=date.min) is None
        assert (answer.body["balance_after"], answer.body["version"]) == (
            model.sums.available,
            model.movements,
        )
    assert len(sales) > 100
    assert whole(app, seller.id) == model.sums.available


def test_a_refusal_was_true_when_it_was_given(app: Connection, new_seller: NewSeller, on: Server) -> None:
    seller = new_seller(available=100_000)
    wanted = [
        order._replace(amount=1 + 997 * nth % 9_000) for nth, order in enumerate(orders(on, seller, 200))
    ]

    answers = by_coroutines(wanted)

    refused = [answer for answer in answers if answer.status != 201]
    assert refused
    for answer in refused:
        assert answer.status == 402
        assert answer.body["available"] < answer.order.amount == answer.body["required"]
    assert whole(app, seller.id) < min(answer.order.amount for answer in refused)


def test_what_was_answered_before_another_was_sent_has_the_smaller_version(
    new_seller: NewSeller, on: Server
) -> None:
    wanted = orders(on, new_seller(available=10_000_000), 400, amount=1)

    with client_for(AT_ONCE) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        timed = list(pool.map(lambda order: _timed(client, order), wanted))

    smallest_later = None
    for each in sorted(timed, key=lambda one: one.sent_s, reverse=True):
        later = [other.version for other in timed if other.sent_s > each.there_s]
        smallest_later = min(later, default=None)
        assert smallest_later is None or each.version < smallest_later
    assert any(one.there_s < other.sent_s for one in timed for other in timed)


def _timed(client: httpx.Client, order: Order) -> Timed:
    sent_s = time.monotonic()
    answer = Answer.of(order, client.post(**order.request()))
    there_s = time.monotonic()
    assert answer.status == 201
    return Timed(sent_s, there_s, answer.body["version"])
