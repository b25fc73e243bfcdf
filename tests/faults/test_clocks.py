"""The clock may be set in any way while sales go on: numbers give the order, and a day has one limit."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Api, NewSeller
from tests.faults import clocks
from tests.faults.clocks import HOUR_S, Clock, midnight, new_year
from tests.faults.crowd import RICH, Shop
from tests.faults.trial import proved
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server

PRICE = 10_000
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def off(serve: Callable[..., Server], clock: Clock) -> Server:
    """A server whose clock may be set."""
    return serve(**clock.settings)


def test_nothing_is_lost_or_out_of_order_when_the_clock_is_set(
    installation: Installation,
    off: Server,
    clock: Clock,
    new_seller: NewSeller,
    staff: StaffAtHand,
    tmp_path: Path,
) -> None:
    shops = [Shop(made.id, made.key) for made in (new_seller(available=RICH), new_seller(available=200_000))]
    log, port = tmp_path / "clients.log", int(off.url.rpartition(":")[2])
    offsets: list[int | datetime] = [
        HOUR_S,
        -HOUR_S,
        0,
        midnight() - SECOND,
        midnight() + SECOND,
        new_year() - SECOND,
        -HOUR_S,
    ]

    trial = asyncio.run(clocks.be_set(clock, port, shops, offsets, log=log, staff_key=staff.key))

    proved(installation.config.dsn("super"), log, [trial], everybody=False)
    assert trial.findings == []
    assert trial.acknowledged > 0


def test_a_day_has_one_limit_however_often_the_clock_crosses_its_midnight(
    off: Server, clock: Clock, api: Api, new_seller: NewSeller
) -> None:
    seller = new_seller(available=RICH, daily_limit=3 * PRICE)
    before, after = midnight() - timedelta(minutes=10), midnight() + timedelta(minutes=10)
    client = api(seller, on=off)
    statuses = []
    for number, moment in enumerate([before, before, after, before, after, before, after, before]):
        clock.show(moment)
        answer = client.post(
            "/api/v1/recharges",
            json={"phone_number": "+989123456789", "amount": PRICE},
            headers={"Idempotency-Key": f"order-{number}"},
        )
        statuses.append(answer.status_code)

    assert statuses == [201, 201, 201, 201, 201, 422, 422, 422], "two before midnight, three after it"
