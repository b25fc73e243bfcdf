"""The clock may be set in any way while sales go on: numbers give the order, and a day has one limit.

In a house of its own: what is sold in the future would be the newest in everybody's lists.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from tests.faults import clocks, crowd, house
from tests.faults.clocks import HOUR_S, Clock, midnight, new_year
from tests.faults.house import House
from tests.faults.trial import proved

PRICE = 10_000
SHOPS = 2
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    return Clock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def off(clock: Clock) -> Iterator[House]:
    """A house whose clock may be set."""
    with house.standing(None, **clock.settings) as made:
        yield made


def test_nothing_is_lost_or_out_of_order_when_the_clock_is_set(off: House, clock: Clock) -> None:
    log, shops = off.home / "clients.log", crowd.open_shops(off.url, SHOPS, staff_key=off.staff_key)
    offsets: list[int | datetime] = [
        HOUR_S,
        -HOUR_S,
        0,
        midnight() - SECOND,
        midnight() + SECOND,
        new_year() - SECOND,
        -HOUR_S,
    ]

    trial = asyncio.run(clocks.be_set(clock, off.port, shops, offsets, log=log, staff_key=off.staff_key))

    proved(off.dsn, log, [trial])
    assert trial.findings == []
    assert trial.acknowledged > 0


def test_a_day_has_one_limit_however_often_the_clock_crosses_its_midnight(off: House, clock: Clock) -> None:
    shop, _ = crowd.open_shops(off.url, SHOPS, staff_key=off.staff_key)
    limit = {"daily_limit": 3 * PRICE}
    house.ask(off.url, "PATCH", f"/api/v1/sellers/{shop.seller}", limit, key=off.staff_key)
    before, after = midnight() - timedelta(minutes=10), midnight() + timedelta(minutes=10)
    statuses = []
    for number, moment in enumerate([before, before, after, before, after, before, after, before]):
        clock.show(moment)
        answer = httpx.post(
            f"{off.url}/api/v1/recharges",
            json={"phone_number": "+989123456789", "amount": PRICE},
            headers={"Authorization": f"Token {shop.key}", "Idempotency-Key": f"order-{number}"},
            timeout=house.REQUEST_TIMEOUT_S,
        )
        statuses.append(answer.status_code)
    clock.be_off_by(0)

    assert statuses == [201, 201, 201, 201, 201, 422, 422, 422], "two before midnight, three after it"
