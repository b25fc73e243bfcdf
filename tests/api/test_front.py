"""What goes wrong under the front reaches the client as an answer: nobody waits for ever."""

import asyncio
import json

import msgspec
import psycopg

from tests.api.calls import a_recharge
from tests.conftest import NewSeller
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from topup.trips import Connection

TIMEOUT_S = 30


@in_a_loop
async def test_an_error_that_nobody_expected_is_answered(
    installation: Installation, new_seller: NewSeller, app: Connection
) -> None:
    from topup.api import auth, front, on_the_wire  # noqa: PLC0415  # Django is set up by now
    from topup.api.engine import Engine  # noqa: PLC0415
    from topup.sellers import keys  # noqa: PLC0415

    seller = new_seller(available=10_000)
    key = keys.read(seller.key)
    assert key is not None
    (row,) = psycopg.RawCursor(app).execute(auth.FIND_KEY, (key.id,)).fetchall()
    # A zone that is none makes each decision fail, with no error of the database's.
    engine = Engine(msgspec.structs.replace(installation.config, time_zone="Nowhere/At_all"))
    engine.keys.keep(key.id, auth.from_row(row))
    await engine.sales.start()
    answered: asyncio.Future[on_the_wire.Answer | None] = asyncio.get_running_loop().create_future()
    headers = [(b"authorization", f"Token {seller.key}".encode()), (b"idempotency-key", b"unexpected")]

    request = on_the_wire.Request(headers, json.dumps(a_recharge()).encode(), "127.0.0.1")
    assert front.Front(engine).take(request, answered.set_result)
    answer = await asyncio.wait_for(answered, TIMEOUT_S)
    await engine.sales.stop()

    assert answer is not None
    assert (answer.status, json.loads(answer.body)["code"]) == (500, "internal_error")
