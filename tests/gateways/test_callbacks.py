"""What an operator tells by itself counts as signed only where its signature fits."""

import asyncio
import hashlib
import hmac
import json

import httpx
import pytest

from tests.gateways.conftest import CALLBACK_SECRET, MakeGateway, Simulated, a_configuration
from tests.gateways.listener import Heard, Listener
from tests.gateways.orders import order
from tests.support.loop import in_a_loop
from topup.gateways.contract import Gateway, Result
from topup.gateways.simulator import callbacks
from topup.gateways.simulator.network import Told

PATIENT_S = 5


def read(gateway: Gateway, heard: Heard, **changes: str) -> tuple[str | None, Result, bool]:
    notice = gateway.parse_callback(headers={**heard.headers, **changes}, body=heard.body)
    return notice.reference, notice.answer.result, notice.signed


async def told_by(
    simulated: Simulated, http_json: MakeGateway, digits: str, *, times: int
) -> tuple[Gateway, str, list[Heard]]:
    """The callbacks that follow a submit over the socket, and the gateway that reads them."""
    gateway, wanted = http_json(a_configuration(simulated.url, timeout_s=PATIENT_S)), order(digits)
    await gateway.submit(wanted)
    found: list[Heard] = []
    while len(found) < times:
        heard = simulated.listener.next()
        found += [heard] if wanted.reference in heard.body.decode() else []
    await gateway.close()
    return gateway, wanted.reference, found


@in_a_loop
async def test_109_is_told_twice_and_signed(http_json: MakeGateway, simulated: Simulated) -> None:
    gateway, reference, told = await told_by(simulated, http_json, "109", times=2)

    assert [read(gateway, each) for each in told] == [(reference, Result.DELIVERED, True)] * 2


@in_a_loop
async def test_110_is_told_to_have_failed_after_it_was_delivered(
    http_json: MakeGateway, simulated: Simulated
) -> None:
    gateway, reference, (told,) = await told_by(simulated, http_json, "110", times=1)

    assert read(gateway, told) == (reference, Result.REFUSED, True)
    assert json.loads(told.body).keys() == {"reference", "result", "operator_reference", "sent_at"}


@in_a_loop
async def test_a_callback_in_our_process_goes_to_the_address_that_was_set(
    simulator: MakeGateway, listener: Listener
) -> None:
    gateway = simulator(callback_url=f"{listener.url}/api/callbacks/mci", allowed_hosts=("127.0.0.1",))
    wanted = order("110")

    await gateway.submit(wanted)
    told = await _next(listener)

    assert told.path == "/api/callbacks/mci"
    assert read(gateway, told) == (wanted.reference, Result.REFUSED, True)
    await gateway.close()


async def _next(listener: Listener) -> Heard:
    return await asyncio.to_thread(listener.next)


@in_a_loop
async def test_a_callback_that_nobody_takes_is_sent_three_times(listener: Listener) -> None:
    listener.status = 503
    sender = callbacks.Sender(url=listener.url, secret=b"x", client=httpx.AsyncClient)

    sender.tell(Told("r", Result.DELIVERED, "S1", after_s=0))
    heard = [await _next(listener) for _ in range(callbacks.TRIES)]

    assert len({each.body[:40] for each in heard}) == 1
    await sender.close()
    assert listener.heard.empty()


def signed(body: bytes, *, secret: str = CALLBACK_SECRET, timestamp: str = "1") -> dict[str, str]:
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return {"x-simulator-timestamp": timestamp, "x-simulator-signature": digest.hexdigest()}


def gateway_of(kind: str, simulator: MakeGateway, http_json: MakeGateway) -> Gateway:
    """Either, with CALLBACK_SECRET."""
    if kind == "simulator":
        return simulator(secrets={"callback_secret": CALLBACK_SECRET})
    return http_json(a_configuration("http://127.0.0.1"))


BODY = b'{"reference": "r", "result": "delivered", "operator_reference": "S1"}'


@pytest.mark.parametrize(
    "changes",
    [
        {"x-simulator-signature": ""},
        {"x-simulator-signature": "0" * 64},
        {"x-simulator-signature": "\u0665"},
        {"x-simulator-timestamp": "2"},
    ],
    ids=["none", "wrong", "no ASCII", "of another time"],
)
@pytest.mark.parametrize("kind", ["simulator", "http_json"])
def test_a_callback_counts_as_signed_only_with_its_signature(
    simulator: MakeGateway, http_json: MakeGateway, kind: str, changes: dict[str, str]
) -> None:
    gateway = gateway_of(kind, simulator, http_json)
    heard = Heard("POST", "/", signed(BODY), BODY)

    assert read(gateway, heard) == ("r", Result.DELIVERED, True)
    assert read(gateway, heard, **changes) == ("r", Result.DELIVERED, False)
    assert read(gateway, heard._replace(body=BODY.replace(b'"r"', b'"s"'))) == ("s", Result.DELIVERED, False)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"reference": 5, "result": {}}', b"\xff\x00", b"[" * 5_000]
)
@pytest.mark.parametrize("kind", ["simulator", "http_json"])
def test_a_callback_that_nobody_understands_says_nothing_and_breaks_nothing(
    simulator: MakeGateway, http_json: MakeGateway, kind: str, body: bytes
) -> None:
    gateway = gateway_of(kind, simulator, http_json)

    notice = gateway.parse_callback(headers={}, body=body)

    assert (notice.answer.result, notice.signed) == (Result.UNKNOWN, False)


def test_no_signing_means_that_nothing_is_signed(http_json: MakeGateway) -> None:
    configuration = a_configuration("http://127.0.0.1")
    configuration["callback"]["signing"]["scheme"] = "none"

    notice = http_json(configuration).parse_callback(headers=signed(BODY), body=BODY)

    assert (notice.reference, notice.answer.result, notice.signed) == ("r", Result.DELIVERED, False)
