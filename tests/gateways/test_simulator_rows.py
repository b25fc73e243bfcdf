"""Each row of the simulator's table, in our process and over a real socket.

What the submit is told, what a query is told, and how often the operator really delivered.
"""

from typing import NamedTuple

import pytest

from tests.gateways.conftest import MakeGateway, Simulated, a_configuration
from tests.gateways.orders import new_recharge, order
from tests.support.loop import in_a_loop
from topup import clock
from topup.clock import US_PER_SECOND
from topup.config import Config
from topup.gateways.contract import Answer, Gateway, Result
from topup.gateways.simulator.behaviours import TABLE, Manner
from topup.gateways.simulator.book import Book
from topup.gateways.simulator.network import Network

D, R, U, RL, NF = Result.DELIVERED, Result.REFUSED, Result.UNKNOWN, Result.RETRY_LATER, Result.NOT_FOUND
PATIENT_S = 5


class Case(NamedTuple):
    """What the submit and a query right after it are told, and the deliveries."""

    submit: Result
    code: str | None
    query: Result
    deliveries: int
    healthy: bool = True


ROWS = {
    "100": Case(D, None, D, 1),
    "555": Case(D, None, D, 1),
    "101": Case(R, "invalid_number", R, 0),
    "102": Case(RL, "operator_unavailable", NF, 0),
    "103": Case(D, None, D, 1),
    "104": Case(U, "timeout", D, 1, healthy=False),
    "105": Case(U, "timeout", NF, 0, healthy=False),
    "106": Case(U, "timeout", U, 1, healthy=False),
    "107": Case(U, "timeout", U, 0, healthy=False),
    "109": Case(U, "accepted", U, 1),
    "110": Case(D, None, D, 1),
}
IN_PROCESS = ROWS | {
    "108": Case(U, "garbage", D, 1),
    "111": Case(RL, "not_sent", NF, 0, healthy=False),
}
OVER_HTTP = ROWS | {
    "108": Case(U, "http_200", D, 1),
    "111": Case(U, "connection_lost", NF, 0, healthy=False),
}


async def submit_and_query(
    gateway: Gateway, digits: str, *, asking: Gateway | None = None
) -> tuple[Answer, Answer, str]:
    """The query by `asking`, where the order's own gateway has too little patience for a busy machine."""
    wanted = order(digits)
    answers = await gateway.submit(wanted), await (asking or gateway).query(wanted)
    for each in (gateway, asking):
        if each is not None:
            await each.close()
    return *answers, wanted.reference


@pytest.mark.parametrize("digits", sorted(IN_PROCESS))
@in_a_loop
async def test_a_row_in_our_process(simulator: MakeGateway, config: Config, digits: str) -> None:
    case = IN_PROCESS[digits]

    submitted, queried, reference = await submit_and_query(simulator(), digits)

    assert (submitted.result, submitted.code, submitted.healthy) == (case.submit, case.code, case.healthy)
    assert queried.result == case.query
    received = Book(config.home).received(reference)
    assert [row.submits for row in received] == ([] if digits == "111" else [1])
    assert sum(row.deliveries for row in received) == case.deliveries


@pytest.mark.parametrize("digits", sorted(OVER_HTTP))
@in_a_loop
async def test_a_row_over_a_socket(http_json: MakeGateway, simulated: Simulated, digits: str) -> None:
    case = OVER_HTTP[digits]
    submitting = {"timeout_s": PATIENT_S} if case.code != "timeout" else {}
    asking = {"timeout_s": PATIENT_S} if case.query is not U else {}

    submitted, queried, reference = await submit_and_query(
        http_json(a_configuration(simulated.url, **submitting)), digits,
        asking=http_json(a_configuration(simulated.url, **asking)),
    )  # fmt: skip

    assert (submitted.result, submitted.code, submitted.healthy) == (case.submit, case.code, case.healthy)
    assert queried.result == case.query
    (received,) = simulated.received(reference)
    assert (received["submits"], received["queries"]) == (1, 1)
    assert received["deliveries"] == case.deliveries


def test_the_table_has_every_row_and_no_other() -> None:
    assert {*IN_PROCESS} - {"555"} == TABLE.keys() == {*OVER_HTTP} - {"555"}


@in_a_loop
async def test_102_is_delivered_on_the_third_try_of_one_recharge(
    http_json: MakeGateway, simulated: Simulated, simulator: MakeGateway
) -> None:
    for gateway in (simulator(), http_json(a_configuration(simulated.url, timeout_s=PATIENT_S))):
        recharge = new_recharge()

        heard = [
            (await gateway.submit(order("102", recharge=recharge, attempt=attempt))).result
            for attempt in (1, 2, 3)
        ]

        assert heard == [RL, RL, D]
        await gateway.close()


def test_106_answers_queries_after_20_s_and_107_never(config: Config) -> None:
    network = Network(Book(config.home), tell=lambda _: None)
    now_us = clock.now_us()
    for reference, digits in (("a", "106"), ("b", "107")):
        network.submit(reference=reference, phone_number=f"0912{digits}", amount="1", now_us=now_us)

    def asked(reference: str, after_s: int) -> tuple[Manner, Result]:
        reply = network.query(reference=reference, now_us=now_us + after_s * US_PER_SECOND)
        return reply.manner, reply.result

    assert asked("a", 19) == (Manner.SILENT, U)
    assert asked("a", 20) == (Manner.ANSWERS, D)
    assert asked("b", 365 * 86_400) == (Manner.SILENT, U)


def test_109_is_accepted_until_its_callback_and_then_delivered(config: Config) -> None:
    network = Network(Book(config.home), tell=lambda _: None)
    now_us = clock.now_us()
    network.submit(reference="a", phone_number="0912109", amount="1", now_us=now_us)

    assert network.query(reference="a", now_us=now_us).result is U
    assert network.query(reference="a", now_us=now_us + US_PER_SECOND).result is D


@in_a_loop
async def test_a_delivery_is_taken_back_and_nothing_else_is(
    http_json: MakeGateway, simulated: Simulated, simulator: MakeGateway
) -> None:
    for gateway in (simulator(), http_json(a_configuration(simulated.url, timeout_s=PATIENT_S))):
        delivered, refused = order("100"), order("101")
        await gateway.submit(delivered)
        await gateway.submit(refused)

        assert gateway.abilities.can_reverse
        assert (await gateway.reverse(delivered)).result is D
        assert (await gateway.reverse(refused)).result is R
        assert (await gateway.reverse(order("100"))).result is NF
        assert (await gateway.query(delivered)).result is R
        await gateway.close()


@in_a_loop
async def test_a_reference_that_is_sent_twice_is_delivered_twice_and_counted(
    simulator: MakeGateway, config: Config
) -> None:
    gateway, wanted = simulator(), order("100")

    await gateway.submit(wanted)
    await gateway.submit(wanted)

    (received,) = Book(config.home).received(wanted.reference)
    assert (received.submits, received.deliveries) == (2, 2)
    await gateway.close()
