"""What is sent to an operator is what staff wrote, and what came back means what they said; else unknown.

Where a byte may have been written, the result is never one that lets an order be sent again.
"""

import hashlib
import hmac
import json
import socket
from base64 import b64encode
from typing import Any

import pytest

from tests.gateways.conftest import MakeGateway, a_configuration, an_answer
from tests.gateways.listener import Heard, Listener
from tests.gateways.orders import order
from tests.support.loop import in_a_loop
from tests.support.server import free_port
from topup.gateways.contract import MAX_EVIDENCE, Answer, Order, Result

SECRET = "hush-hush/hush"


def submitting(url: str, **changes: Any) -> dict[str, Any]:  # JSON objects
    return {"submit": {"url": url, "answer": an_answer(), **changes}}


async def sent(http_json: MakeGateway, listener: Listener, wanted: Order, **changes: Any) -> Heard:  # JSON
    configuration = submitting(f"{listener.url}/topup", **changes)
    gateway = http_json(configuration, token=SECRET)
    await gateway.submit(wanted)
    await gateway.close()
    return listener.next()


async def answered(
    http_json: MakeGateway,
    listener: Listener,
    status: int,
    body: bytes,
    **changes: Any,  # JSON
) -> Answer:
    listener.status, listener.body = status, body
    gateway = http_json(submitting(listener.url + "/", answer=an_answer(**changes)), token=SECRET)
    answer = await gateway.submit(order())
    await gateway.close()
    return answer


@in_a_loop
async def test_every_place_of_a_template_is_filled(http_json: MakeGateway, listener: Listener) -> None:
    wanted = order("100")
    texts = {name: f"<{{{name}}}>" for name in ("reference", "recharge_id", "phone_number", "national")}
    texts |= {name: f"<{{{name}}}>" for name in ("amount", "amount_toman", "currency")}

    heard = await sent(http_json, listener, wanted, body={"a": [texts], "b": "{amount_text}"})

    said = json.loads(heard.body)
    assert said["a"][0] == {
        "reference": f"<{wanted.reference}>",
        "recharge_id": f"<{wanted.recharge_id}>",
        "phone_number": "<+989123456100>",
        "national": "<09123456100>",
        "amount": "<50000>",
        "amount_toman": "<5000>",
        "currency": "<IRR>",
    }
    assert said["b"] == "50000"


@in_a_loop
async def test_a_text_that_is_nothing_but_an_amount_becomes_a_number(
    http_json: MakeGateway, listener: Listener
) -> None:
    body = {"minor": "{amount}", "toman": "{amount_toman}", "kept": 5, "none": None}

    heard = await sent(http_json, listener, order(), body=body)

    assert json.loads(heard.body) == {"minor": 50_000, "toman": 5_000, "kept": 5, "none": None}
    assert heard.headers["content-type"] == "application/json"


@in_a_loop
async def test_an_amount_that_is_no_whole_toman_is_refused_and_not_cut(
    http_json: MakeGateway, listener: Listener
) -> None:
    gateway = http_json(submitting(listener.url + "/", body={"amount": "{amount_toman}"}))

    answer = await gateway.submit(order(amount=50_005))

    assert (answer.result, answer.code) == (Result.REFUSED, "amount_not_in_toman")
    assert listener.heard.empty()
    await gateway.close()


@in_a_loop
async def test_what_stands_in_a_url_is_escaped_and_a_get_has_no_body(
    http_json: MakeGateway, listener: Listener
) -> None:
    url = f"{listener.url}/topup/{{reference}}?to={{phone_number}}&key={{secret:token}}"
    gateway, wanted = http_json(submitting(url, method="GET"), token=SECRET), order()

    await gateway.submit(wanted)

    heard = listener.next()
    assert (heard.method, heard.body) == ("GET", b"")
    assert heard.path == f"/topup/{wanted.reference}?to=%2B989123456100&key=hush-hush%2Fhush"
    await gateway.close()


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@in_a_loop
async def test_a_request_is_signed_over_what_was_sent(
    http_json: MakeGateway, listener: Listener, encoding: str
) -> None:
    signing = {"scheme": "hmac-sha256", "header": "X-Sign", "prefix": "v1=", "secret": "token"}
    signing |= {"signed": "{method}\n{path}\n{timestamp}\n{body}", "encoding": encoding}
    configuration = submitting(
        f"{listener.url}/a?b=c", headers={"X-Time": "{timestamp}"}, body={"number": "{national}"}
    )
    gateway = http_json({**configuration, "signing": signing}, token=SECRET)

    await gateway.submit(order())

    heard = listener.next()
    signed = f"POST\n/a?b=c\n{heard.headers['x-time']}\n".encode() + heard.body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256)
    expected = digest.hexdigest() if encoding == "hex" else b64encode(digest.digest()).decode()
    assert heard.headers["x-sign"] == f"v1={expected}"
    await gateway.close()


MEANINGS = [
    (200, b'{"status": "delivered"}', Result.DELIVERED, None),
    (200, b'{"status": "refused"}', Result.REFUSED, "refused"),
    (200, b'{"status": "refused", "code": "no_such_number"}', Result.REFUSED, "no_such_number"),
    (503, b'{"status": "unavailable"}', Result.RETRY_LATER, "unavailable"),
    (422, b"any", Result.REFUSED, "http_422"),
    (500, b"any", Result.UNKNOWN, "http_500"),
    (302, b'{"status": 7}', Result.UNKNOWN, "unmapped"),
    (200, b'{"status": "brand new"}', Result.UNKNOWN, "unmapped"),
    (422, b'{"status": "brand new"}', Result.UNKNOWN, "unmapped"),
    (200, b"<html>welcome</html>", Result.UNKNOWN, "http_200"),
    (200, b"", Result.UNKNOWN, "http_200"),
    (200, b'["delivered"]', Result.UNKNOWN, "http_200"),
    (200, b'{"status": {"is": "delivered"}}', Result.UNKNOWN, "http_200"),
    (200, b'{"status": "delivered"', Result.UNKNOWN, "http_200"),
]


@pytest.mark.parametrize(("status", "body", "result", "code"), MEANINGS)
@in_a_loop
async def test_an_answer_means_what_staff_said_or_nothing(
    http_json: MakeGateway, listener: Listener, status: int, body: bytes, result: Result, code: str | None
) -> None:
    answer = await answered(http_json, listener, status, body, statuses={"422": "refused"})

    assert (answer.result, answer.code) == (result, code)
    assert answer.healthy is (status != 500)
    assert answer.evidence.startswith(f"{status}\n")


@in_a_loop
async def test_an_answer_is_read_at_any_depth_and_by_numbers_and_truths(
    http_json: MakeGateway, listener: Listener
) -> None:
    listener.body = b'{"data": [{"ok": true, "code": 7, "id": 99}]}'
    paths = {"result": "data.0.ok", "code": "data.0.code", "operator_reference": "data.0.id"}
    gateway = http_json(
        submitting(listener.url + "/", answer={**paths, "results": {"true": "delivered", "false": "refused"}})
    )

    answer = await gateway.submit(order())

    assert answer[:3] == (Result.DELIVERED, "7", "99")
    await gateway.close()


@in_a_loop
async def test_a_redirect_is_not_followed(http_json: MakeGateway, listener: Listener) -> None:
    listener.headers["Location"] = f"{listener.url}/elsewhere"

    answer = await answered(http_json, listener, 307, b"")

    assert (answer.result, answer.code) == (Result.UNKNOWN, "http_307")
    assert "/elsewhere" in answer.evidence
    assert listener.next().path == "/"
    assert listener.heard.empty()


@in_a_loop
async def test_secrets_that_an_operator_repeats_are_not_kept(
    http_json: MakeGateway, listener: Listener
) -> None:
    echo = json.dumps({"status": "refused", "code": SECRET, "a": f"key={SECRET}", "b": "hush-hush%2Fhush"})

    answer = await answered(http_json, listener, 200, echo.encode())

    assert "hush" not in str(answer)
    assert answer.code == "[secret]"


@in_a_loop
async def test_evidence_is_cut(http_json: MakeGateway, listener: Listener) -> None:
    answer = await answered(http_json, listener, 200, b"x" * 2 * MAX_EVIDENCE)

    assert len(answer.evidence) == MAX_EVIDENCE


@in_a_loop
async def test_a_connection_that_was_refused_may_be_tried_again(http_json: MakeGateway) -> None:
    gateway = http_json(a_configuration(f"http://127.0.0.1:{free_port()}"))

    submitted, queried = await gateway.submit(order()), await gateway.query(order())

    assert (submitted.result, submitted.code, submitted.healthy) == (Result.RETRY_LATER, "not_sent", False)
    assert (queried.result, queried.code, queried.healthy) == (Result.UNKNOWN, "not_sent", False)
    await gateway.close()


@in_a_loop
async def test_a_connection_that_broke_leaves_the_order_unknown(
    http_json: MakeGateway, listener: Listener
) -> None:
    answer = await answered(http_json, listener, 0, b"")

    assert (answer.result, answer.code, answer.healthy) == (Result.UNKNOWN, "connection_lost", False)


@in_a_loop
async def test_no_answer_in_time_leaves_the_order_unknown(http_json: MakeGateway) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = http_json(a_configuration(f"http://127.0.0.1:{silent.getsockname()[1]}"))

        answer = await gateway.submit(order())

        assert (answer.result, answer.code, answer.healthy) == (Result.UNKNOWN, "timeout", False)
        await gateway.close()


@in_a_loop
async def test_a_name_that_leads_inside_is_not_asked_unless_it_is_allowed(http_json: MakeGateway) -> None:
    gateway = http_json(submitting("https://localhost:1/"))

    answer = await gateway.submit(order())

    assert (answer.result, answer.code) == (Result.RETRY_LATER, "not_sent")
    assert "allowed by name" in answer.evidence
    await gateway.close()


@in_a_loop
async def test_what_was_not_set_cannot_be_asked(http_json: MakeGateway) -> None:
    gateway = http_json(submitting("http://127.0.0.1/"))

    assert not gateway.abilities.can_query
    assert not gateway.abilities.can_reverse
    assert (await gateway.query(order())).result is Result.UNKNOWN
    assert gateway.parse_callback(headers={}, body=b"{}").answer.code == "no_callback_set"
