"""A book with every kind of movement, and every row that says something of money beside it.

Owns what happened in it, all of it by the product's own calls; nothing here is tampered with.
"""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from tests.recharges import driving
from tests.recharges.driving import IRANCELL, NUMBER, V1
from tests.recharges.place import Place, opened
from topup.config import Config
from topup.ledger.rebuild import rebuild
from topup.ledger.verify import verify
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import NEVER_US

PRICE = 10_000


class Scene(NamedTuple):
    """The seller, and the ids of what happened, by the word of the tests."""

    place: Place
    seller: int
    ids: dict[str, str]

    @property
    def config(self) -> Config:
        return self.place.installation.config


@contextmanager
def played() -> Iterator[Scene]:
    with opened(shops=1) as place:
        place.choose("mci", "simulator")
        ((seller,),) = place.owner.execute("SELECT seller_id FROM ledger.book").fetchall()
        ids = {
            "instant": driving.sell(place, number=IRANCELL),
            "captured": driving.succeeded(place),
            "reversed": driving.sell(place, number=IRANCELL),
        }
        released = driving.sell(place)
        driving.settle(place, driving.submitted(place, released), State.FAILED)
        unknown = driving.sell(place, number=NUMBER)
        driving.unknown(place, unknown)
        ids |= {"released": released, "unknown": unknown, "accepted": driving.sell(place)}
        ids |= _by_staff(place, seller, ids["reversed"])
        _low_balance(place, seller)
        # A worker that tests start makes seals, and brings nothing to an operator.
        place.owner.execute("UPDATE recharges.errand SET due_at_us = %s", [NEVER_US])
        yield Scene(place, seller, ids)


def _by_staff(place: Place, seller: int, reversed_id: str) -> dict[str, str]:
    adjusted = [
        _post(place, "/adjustments", seller_id=seller, amount=n, reason="a slip") for n in (700, -300)
    ]
    _post(place, f"/recharges/{reversed_id}/reverse", reason="sold twice")
    shop = place.shops[0].client
    pending = shop.post(f"{V1}/credit-requests", json={"amount": 5_000, "note": "soon"}, headers=_key())
    assert pending.status_code == 201, pending.text
    asked = shop.post(f"{V1}/credit-requests", json={"amount": 9_000, "note": "more"}, headers=_key())
    _post(place, f"/credit-requests/{asked.json()['id']}/approve")
    return {
        "raised": str(adjusted[0]["id"]), "lowered": str(adjusted[1]["id"]),
        "pending": str(pending.json()["id"]), "approved": str(asked.json()["id"]),
    }  # fmt: skip


def _low_balance(place: Place, seller: int) -> None:
    """A sale that goes under the seller's threshold, and a rebuild of the book."""
    available = place.shops[0].balance()["available"]
    place.owner.execute("SELECT ledger.watch_v1(%s, %s)", [seller, available])
    driving.sell(place, number=IRANCELL)
    with (
        closing(place.installation.connect("super")) as superuser,
        closing(place.installation.connect("app")) as app,
    ):
        superuser.execute(
            "UPDATE ledger.book SET available = available + 9, funded = funded + 9 WHERE seller_id = %s",
            [seller],
        )
        (report,) = verify(app, seller_id=seller, minor_limit=1_000)
        done = rebuild(app, report=report, minor_limit=1_000, by="the tests", now_us=1)
        assert done.done, done


def _post(place: Place, path: str, **body: Any) -> dict[str, Any]:  # JSON
    answer = place.staff.post(f"{V1}{path}", json=body, headers=_key())
    assert answer.is_success, answer.text
    return dict(answer.json())


def _key() -> dict[str, str]:
    return {"Idempotency-Key": f"key-{uuid.uuid4()}"}
