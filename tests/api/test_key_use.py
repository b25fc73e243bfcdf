"""What keys were used for is there to be read soon after, is no seller's but its own, and stays small."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.calls import V1, ok, sell
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup import clock, ids, trips
from topup.ledger import literals
from topup.trips import Connection

WAIT_S = 20
"""How long a beat may take on a busy machine."""
Requests = Callable[..., list[dict[str, Any]]]
COLUMNS = ("method", "path", "status", "code", "request_id", "took_us", "at_us")


@pytest.fixture
def requests_of(app: Connection) -> Requests:
    """The requests of a seller that are written, oldest first, as soon as there are so many."""

    def read(seller: SellerAtHand, *, count: int = 1) -> list[dict[str, Any]]:
        until = time.monotonic() + WAIT_S
        while True:
            rows = app.execute(
                f"SELECT {', '.join(COLUMNS)} FROM sellers.api_request WHERE seller_id = %s ORDER BY id",
                (seller.id,),
            ).fetchall()
            if len(rows) >= count or time.monotonic() > until:
                return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
            time.sleep(0.1)

    return read


def last_used(app: Connection, who: SellerAtHand | StaffAtHand) -> Any:  # a datetime, or None
    until = time.monotonic() + WAIT_S
    while True:
        row = app.execute("SELECT last_used_at FROM sellers_apikey WHERE user_id = %s", (who.user_id,))
        (moment,) = row.fetchone() or (None,)
        if moment is not None or time.monotonic() > until:
            return moment
        time.sleep(0.1)


def test_a_sale_by_the_quick_way_is_told_and_one_by_the_long_way_too(
    api: Api, seller: SellerAtHand, requests_of: Requests
) -> None:
    client = api(seller)
    answers = [sell(client), sell(client)]  # the first is not remembered yet, the second is

    found = requests_of(seller, count=2)

    assert [each["request_id"] for each in found] == [answer.headers["Request-Id"] for answer in answers]
    assert [(each["method"], each["path"], each["status"]) for each in found] == [
        ("POST", f"{V1}/recharges", 201)
    ] * 2
    assert all(each["took_us"] > 0 and each["at_us"] <= clock.now_us() for each in found)


def test_a_refusal_is_told_with_its_code(api: Api, new_seller: NewSeller, requests_of: Requests) -> None:
    seller = new_seller()
    client = api(seller)
    sell(client)
    sell(client)
    client.get(f"{V1}/recharges/nothing")

    found = requests_of(seller, count=3)

    assert [(each["status"], each["code"]) for each in found] == [
        (402, "insufficient_balance"),
        (402, "insufficient_balance"),
        (404, "not_found"),
    ]


def test_a_key_that_is_used_from_elsewhere_is_told(
    api: Api, seller: SellerAtHand, deciding: Any, requests_of: Requests
) -> None:
    ok(deciding.patch(f"{V1}/sellers/{seller.id}", json={"allowed_ips": ["203.0.113.7"]}))

    api(seller).get(f"{V1}/balance")

    assert [(each["status"], each["code"]) for each in requests_of(seller)] == [(403, "ip_not_allowed")]


def test_who_only_knows_a_keys_name_leaves_nothing(
    api: Api, seller: SellerAtHand, requests_of: Requests
) -> None:
    name = seller.key.rpartition("_")[0].removesuffix("_")
    guessed = f"{name[:35]}_{'x' * 43}"

    answer = api().get(f"{V1}/balance", headers={"Authorization": f"Token {guessed}"})
    api(seller).get(f"{V1}/balance")

    assert answer.status_code == 401
    assert [each["status"] for each in requests_of(seller)] == [200]


def test_a_path_that_postgresql_would_not_take_spoils_no_others(
    api: Api, seller: SellerAtHand, requests_of: Requests
) -> None:
    client = api(seller)
    client.get(f"{V1}/recharges/%00%FF")
    client.get(f"{V1}/{'long/' * 100}")
    client.get(f"{V1}/balance")

    found = requests_of(seller, count=2)

    assert f"{V1}/balance" in [each["path"] for each in found]
    assert all("\0" not in each["path"] and len(each["path"]) <= 200 for each in found)


def test_a_keys_last_use_is_written_also_of_staff(app: Connection, api: Api, new_staff: Any) -> None:
    staff = new_staff()
    before = clock.from_us(clock.now_us())

    api(staff).get(f"{V1}/sellers")

    assert last_used(app, staff) >= before


def test_a_last_use_is_not_written_twice_a_minute(app: Connection, seller: SellerAtHand) -> None:
    key_id = literals.words([seller.key.split("_")[1]])
    moment_us, minute_us = clock.now_us(), 60_000_000
    used = "SELECT sellers.keys_used_v1($1, $2, $3, $4)"

    times = []
    for later_us in (0, minute_us - 1, minute_us + 1):
        trips.run(app, [(used, (0, key_id, moment_us + later_us, minute_us))])
        times.append(clock.to_us(last_used(app, seller)) - moment_us)

    assert times == [0, 0, minute_us + 1]


def test_the_newest_are_kept_and_the_others_forgotten(app: Connection, seller: SellerAtHand) -> None:
    from topup.api.key_use import SQL  # noqa: PLC0415  # Django is set up by the fixtures

    made = [ids.new(seller.id) for _ in range(5)]
    keep = [literals.numbers([seller.id] * 5), literals.numbers(range(5)), literals.words(made)]
    same = [literals.words([made[0]] * 5), literals.numbers([1] * 5), literals.numbers([200] * 5)]
    words = [literals.texts(["x"] * 5)] * 4
    trips.run(app, [(SQL["keep_requests"], (seller.id, *keep, *same, *words))])

    ((*surplus,),) = trips.run(app, [(SQL["surplus_requests"], (literals.numbers([seller.id]), 2, 100))])
    named = literals.words(row[1] for row in surplus)
    trips.run(
        app, [(SQL["forget_requests"], (seller.id, literals.numbers([seller.id] * len(surplus)), named))]
    )

    left = app.execute("SELECT id::text FROM sellers.api_request WHERE seller_id = %s", (seller.id,))
    assert sorted(row[0] for row in left.fetchall()) == made[3:]
