"""What there is to see of Settings and Developers: members, keys, an invitation, an endpoint, requests.

Owns the names that stand in braces in `pages.py` for those pages.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings

from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.ledger import literals
from topup.sellers import invitations, members, tokens
from topup.sellers.models import User
from topup.sellers.roles import Role
from topup.trips import Connection
from topup.vault import Vault
from topup.webhooks import endpoints
from topup.webhooks.endpoints import Endpoint
from topup.webhooks.outbox import SQL

URL = "https://shiraz-mobile.example/hooks/topup"
LATER_US = 3_600_000_000
"""No worker of another test gets to what waits here."""
ANSWERS = ((200, None, "ok"), (500, None, "<html>Bad gateway</html>"), (None, "no answer within 15 s", ""))


def made(connection: Connection, seller: SellerAtHand) -> dict[str, str]:
    """The names, once all this is there."""
    invited = members.invite(
        seller_id=seller.id, username="sara.ahmadi", name="سارا احمدی", role=Role.CASHIER
    )
    left = members.invite(seller_id=seller.id, username="r.karimi", name="Reza Karimi", role=Role.VIEWER)
    members.switch(seller_id=seller.id, user_id=left.pk, active=False, by=seller.user_id)
    return {
        "invited": str(invited.pk),
        "invitation": invitations.made(invited),
        "key": _keys(seller),
        "endpoint": _endpoint(connection, seller),
    }


def _keys(seller: SellerAtHand) -> str:
    user, now = User.objects.get(pk=seller.user_id), clock.from_us(clock.now_us())
    row, _ = tokens.issue(user=user, label="Till 4", now=now, expires_at=now + timedelta(days=90))
    old, _ = tokens.issue(user=user, label="Old till", now=now)
    tokens.revoke(user=user, key_id=str(old.id))
    return str(row.id)


def _endpoint(connection: Connection, seller: SellerAtHand) -> str:
    """An endpoint with a delivery that was taken, one that waits and one that failed."""
    config: Any = settings.CONFIG
    endpoint_id, now_us = ids.new(seller.id), clock.now_us()
    added, _ = endpoints.add(
        seller_id=seller.id,
        endpoint_id=endpoint_id,
        url=URL,
        description="",
        types=["recharge.failed", "recharge.unknown", "balance.low"],
        vault=Vault(config),
        now_us=now_us,
    )
    trips.run(connection, [added])
    ((row,),) = trips.run(connection, [(SQL["get_endpoint"], (seller.id, endpoint_id))])
    for state, answer in zip(("delivered", "pending", "failed"), ANSWERS, strict=True):
        _sent(connection, Endpoint(*row), state, answer)
    return endpoint_id


def _sent(
    connection: Connection, found: Endpoint, state: str, answer: tuple[int | None, str | None, str]
) -> None:
    """A test that was tried once, as the worker writes it."""
    delivery_id, claim, now_us = ids.new(found.seller_id), ids.new(0), clock.now_us()
    one, named = literals.numbers([found.seller_id]), literals.words([delivery_id])
    status, error, said = answer
    trips.run(connection, [endpoints.test(found, delivery_id=delivery_id, now_us=now_us)])
    due = (one, named, literals.numbers([now_us]), claim, now_us + 1)
    trips.run(connection, [(SQL["claim"], (found.seller_id, *due))])
    attempt = (literals.words([state]), *map(literals.numbers, ([now_us + LATER_US], [now_us], [240])))
    statuses = literals.words(["NULL" if status is None else str(status)])
    told = (statuses, literals.nullable_texts([error]), literals.texts([said]))
    none = (literals.numbers([]), literals.words([]), literals.texts([]))
    values = (found.seller_id, one, named, literals.words([claim]), *attempt, *told, 30, *none, now_us)
    trips.run(connection, [(SQL["record"], values)])
