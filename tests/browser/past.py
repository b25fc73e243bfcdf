"""The last weeks of a seller: its credit and its sales, decided and written by the product's own door.

Owns their moments alone: the door is told the time by whoever asks it, and here it is told the time of then.
Movements of a book follow each other in time, so this comes before anything of today.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.clock import US_PER_SECOND
from topup.credit import ask, decide
from topup.ledger import direct, door
from topup.ledger.families import Family
from topup.ledger.outcomes import Outcome
from topup.recharges.rules import Sale
from topup.recharges.sell import Sales
from topup.trips import Connection

ZONE = "Asia/Tehran"
DAYS = 35
"""The whole month of either calendar, whatever day it is."""
HOURS = (8, 9, 11, 12, 15, 18, 19, 21)
"""When the shop sells on the days before today."""
NUMBERS = (989121234567, 989351234567, 989211234567, 989129876543, 989901234567)
AMOUNTS = (200_000, 500_000, 1_000_000, 200_005, 100_000, 300_000, 500_000)
EVERY_US = 50 * 60 * US_PER_SECOND
"""Between two sales of today."""


def lived(connection: Connection, seller: SellerAtHand, *, credit: int, by: int) -> list[str]:
    """The ids of the sales, oldest first; the last is of some minutes ago."""
    moments = list(_moments(clock.now_us()))
    _credit(connection, seller, credit, by=by, now_us=moments[0] - US_PER_SECOND)
    sales: list[str] = []
    for place, at_us in enumerate(moments):
        count = 1 + place * place % 3
        wishes = [_sale(seller, len(sales) + more, at_us) for more in range(count)]
        posted(connection, wishes, Sales(), now_us=at_us)
        sales += [wish.id for wish in wishes]
    return sales


def posted(
    connection: Connection,
    wishes: Sequence[Any],
    family: Family[Any, Any],
    *,
    now_us: int,  # of any family
) -> None:
    """Through the door, at the moment that is told."""
    steps = door.procedure(wishes, family, now=lambda: now_us, zone=ZONE, careful=False)
    postings = direct.carry_out(connection, steps)
    assert [each.outcome for each in postings] == [Outcome.POSTED] * len(wishes), postings


def _moments(now_us: int) -> Iterator[int]:
    """Some hours of each day before today, and of today from its midnight until some minutes ago."""
    now = clock.from_us(now_us).astimezone(ZoneInfo(ZONE))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for days_ago in range(DAYS, 0, -1):
        for hour in HOURS[days_ago % 2 : 3 + days_ago * 5 % 6]:
            yield clock.to_us(midnight - timedelta(days=days_ago) + timedelta(hours=hour, minutes=days_ago))
    last_us = now_us - 5 * 60 * US_PER_SECOND
    first_us = last_us - (last_us - clock.to_us(midnight)) // EVERY_US * EVERY_US
    yield from range(min(first_us, last_us), last_us + 1, EVERY_US)


def _sale(seller: SellerAtHand, place: int, at_us: int) -> Sale:
    return Sale(
        seller_id=seller.id,
        id=ids.compose(moment_us=at_us, tail=place, seller_id=seller.id),
        reference=f"order-{1000 + place}",
        phone_number=NUMBERS[place * 3 % len(NUMBERS)],
        amount=AMOUNTS[place * 5 % len(AMOUNTS)],
        operator=None,
        actor_id=seller.user_id,
        key_epoch=None,
    )


def _credit(connection: Connection, seller: SellerAtHand, amount: int, *, by: int, now_us: int) -> None:
    request_id = ids.compose(moment_us=now_us, tail=0, seller_id=seller.id)
    wish = ask.Ask(seller.id, request_id, amount, "", seller.user_id)
    trips.run(connection, ask.steps(wish, now_us=now_us))
    approval = decide.Approval(seller.id, request_id, by)
    posted(connection, [approval], decide.Approvals(), now_us=now_us)
