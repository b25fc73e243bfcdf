"""What there is to see: sellers, staff, sales and requests, made by the product's own calls.

Owns the people that `pages.py` speaks of, and the names that stand in braces there.
"""

from typing import Any, NamedTuple

import httpx

from tests.browser import bulk_scene, console_scene, past
from tests.browser.pages import Eyes, Shown
from tests.support.pictures import png
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup import clock, ids, trips
from topup.credit import ask, decide, receipts
from topup.trips import Connection

KEPT = {"09121234567": "خانم رضایی", "09351234567": "Taxi office", "09901234567": "آقای احمدی"}
CREDIT = 150_000_005


class Scene(NamedTuple):
    """Who looks, and what there is; `names` fill the braces of a path."""

    member: SellerAtHand
    newcomer: SellerAtHand
    staff: StaffAtHand
    names: dict[str, str]

    def eyes(self, who: Eyes) -> SellerAtHand | StaffAtHand | None:
        return {"nobody": None, "member": self.member, "newcomer": self.newcomer, "staff": self.staff}[who]

    def path(self, shown: Shown) -> str:
        return shown.path.format(**self.names)


def made(people: Any, connection: Connection, url: str) -> Scene:  # the module `tests.support.sellers`
    """A seller that sells, one that has not begun, and staff."""
    from tests.browser import settings_scene  # noqa: PLC0415  # its models exist once Django is set up

    staff: StaffAtHand = people.hire()
    member: SellerAtHand = people.register(name="Shiraz Mobile")
    sold = past.lived(connection, member, credit=CREDIT, by=staff.user_id)
    _keep_numbers(url, member)
    console = console_scene.made(people, connection, url, staff)
    names = {
        "recharge": sold[-1],
        **console,
        **_ask(connection, member, staff),
        **bulk_scene.made(connection, member),
    }
    names |= settings_scene.made(connection, member)
    console_scene.fail_and_lose(connection, url, staff, member)
    return Scene(member, people.register(name="فروشگاه تبریز"), staff, names)


def _ask(connection: Connection, seller: SellerAtHand, staff: StaffAtHand) -> dict[str, str]:
    """A request that was rejected, and one that waits with its receipt and was looked at."""
    ids_of = {}
    for name, amount, receipt in (("rejected", 90_000_000, None), ("asked", 120_000_000, png())):
        wish = ask.Ask(
            seller.id,
            ids.new(seller.id),
            amount,
            "واریز از بانک ملت",
            seller.user_id,
            bank_reference="140508291200345678",
            receipt=receipts.receipt(receipt) if receipt else None,
        )
        trips.run(connection, ask.steps(wish, now_us=clock.now_us()))
        ids_of[name] = wish.id
    (row,) = trips.run(connection, [decide.read(seller.id, ids_of["rejected"])])[0]
    reason = "No transfer with this number has arrived."
    by, now_us = staff.user_id, clock.now_us()
    trips.run(connection, decide.reject(decide.CreditRequest(*row), by=by, reason=reason, now_us=now_us))
    look = decide.look(seller_id=seller.id, request_id=ids_of["asked"], by=by, now_us=now_us)
    trips.run(connection, [look])
    return ids_of


def _keep_numbers(url: str, seller: SellerAtHand) -> None:
    headers = {"Authorization": f"Token {seller.key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        for number, label in KEPT.items():
            kept = {"phone_number": number, "label": label}
            client.post("/api/v1/phone-numbers", json=kept).raise_for_status()
