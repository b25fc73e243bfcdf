"""What a route is about: the victim's recharge, request, key, file …, made when a row of the table asks.

Owns which thing stands for which parameter of a route. What only is looked at is made once; what is
decided, ended or taken away is made anew for each caller, so that each finds it as it was. It comes about by
the product's own calls, made by who may.
"""

import itertools
from collections.abc import Callable
from functools import cached_property
from typing import Final

import httpx
from allauth.usersessions.models import UserSession
from django.contrib.contenttypes.models import ContentType

from tests.attack.callers import Callers
from tests.support import sellers as people
from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.audit.models import Entry
from topup.gateways.models import Connection as Way
from topup.ledger.models import Movement
from topup.recharges import bulk, cases, trial
from topup.recharges.bulk import Line
from topup.reconciliation.settlement.models import KeptMapping, SettlementFile
from topup.sellers import invitations, tokens
from topup.sellers.models import User
from topup.trips import Connection

PRICE: Final = 10_000
ZONE: Final = "Asia/Tehran"
FIXED: Final = {
    "code": "rightel", "operator": "rightel", "gateway": "http_json", "form": "csv", "verdict": "failed",
    "name": "2026-01-01T00:00:00Z.seal", "path": "openapi.yaml",
    "file_path": "portal/portal.css", "rest": "no/such/page",
    "url": "no/such/page", "app_label": "sellers",
}  # fmt: skip
"""Parameters that name nothing of anybody's."""
MODELS: Final = {
    "apikey": "key_id", "entry": "entry_id", "book": "seller_id", "creditrequest": "request_id",
    "case": "case_id", "connection": "connection_id", "dispute": "dispute_id", "movement": "movement_id",
    "operator": "code", "recharge": "recharge_id", "review": "recharge_id", "seller": "seller_id",
    "settlementfile": "file_id", "keptmapping": "mapping_id", "user": "user_id",
}  # fmt: skip
"""What `object_id` is on the console's pages of each model."""


class Things:
    def __init__(self, callers: Callers, connection: Connection) -> None:
        self._callers = callers
        self._connection = connection
        self._kept: dict[str, str] = {}
        self._numbers = itertools.count(1)
        people.fund(connection, callers.victim, 100_000_000, by=callers.people["finance"].user_id)

    @property
    def victim(self) -> SellerAtHand:
        return self._callers.victim

    @cached_property
    def owner(self) -> httpx.Client:
        return self._callers.api("owner")

    @cached_property
    def admin(self) -> httpx.Client:
        return self._callers.api("admin")

    def of(self, route: str, name: str, *, fresh: bool) -> str:
        """What to put in place of a parameter of this route."""
        if name == "id":
            name = "user_id"
        if name == "object_id" and not route.startswith("/console/r/"):
            name = MODELS[route.split("/")[3]]
        if name in FIXED:
            return FIXED[name]
        if fresh:
            return self._makers[name]()
        if name not in self._kept:
            self._kept[name] = self._makers[name]()
        return self._kept[name]

    @cached_property
    def _makers(self) -> dict[str, Callable[[], str]]:
        return {
            "recharge_id": self._recharge,
            "phone_number": self._number,
            "request_id": self._request,
            "dispute_id": self._dispute,
            "seller_id": lambda: str(self.victim.id),
            "token_id": self._key,
            "key_id": self._key,
            "case_id": self._case,
            "file_id": self._file,
            "endpoint_id": self._endpoint,
            "delivery_id": self._delivery,
            "job_id": self._job,
            "token": self._invitation,
            "session_id": self._session,
            "user_id": self._member,
            "entry_id": self._entry,
            "connection_id": self._gateway,
            "movement_id": self._movement,
            "mapping_id": self._mapping,
            "content_type_id": lambda: str(ContentType.objects.get(model="seller").pk),
            "object_id": lambda: str(self.victim.id),
        }

    def _recharge(self) -> str:
        key = {"Idempotency-Key": f"thing-{next(self._numbers)}"}
        sale = {"phone_number": "09121234567", "amount": PRICE}
        return _id(self.owner.post("/api/v1/recharges", json=sale, headers=key))

    def _number(self) -> str:
        kept = {"phone_number": "+989131112233", "label": "a thing"}
        self.owner.post("/api/v1/phone-numbers", json=kept).raise_for_status()
        return kept["phone_number"]

    def _request(self) -> str:
        return _id(self.owner.post("/api/v1/credit-requests", json={"amount": PRICE}))

    def _dispute(self) -> str:
        path = f"/api/v1/recharges/{self._recharge()}/disputes"
        return _id(self.owner.post(path, json={"reason": "it never came"}))

    def _key(self) -> str:
        user = User.objects.get(pk=self.victim.user_id)
        for old in user.keys.filter(label="a thing", revoked_at=None):  # there is a most
            if str(old.id) not in self._kept.values():
                tokens.revoke(user=user, key_id=str(old.id))
        row, _ = tokens.issue(user=user, label="a thing", now=clock.from_us(clock.now_us()))
        return str(row.id)

    def _case(self) -> str:
        recharge_id = self._recharge()
        opening = cases.opening(
            seller_id=self.victim.id,
            kind="late_failure",
            subject=f"thing {recharge_id}",
            recharge_id=recharge_id,
            operator="mci",
            evidence="it said so",
            at_us=clock.now_us(),
        )
        trips.run(self._connection, [opening])
        found = self.admin.get("/api/v1/cases").raise_for_status().json()["data"]
        return next(str(each["id"]) for each in found if each["recharge_id"] == recharge_id)

    def _file(self) -> str:
        made = SettlementFile.objects.create(
            id=ids.new(0),
            operator="mci",
            name="day.csv",
            digest=f"{next(self._numbers):064}",
            begun_at_us=clock.now_us(),
            done_at_us=clock.now_us(),
        )
        return str(made.pk)

    def _mapping(self) -> str:
        return str(KeptMapping.objects.create(name=f"thing-{next(self._numbers)}", content={}).pk)

    def _endpoint(self) -> str:
        for old in self.owner.get("/api/v1/webhook-endpoints").raise_for_status().json()["data"]:
            if old["id"] not in self._kept.values():  # there is a most
                self.owner.delete(f"/api/v1/webhook-endpoints/{old['id']}")
        endpoint = {"url": "https://hooks.shop.example/in", "event_types": []}
        return _id(self.owner.post("/api/v1/webhook-endpoints", json=endpoint))

    def _delivery(self) -> str:
        path = f"/api/v1/webhook-endpoints/{self._endpoint()}"
        self.owner.post(f"{path}/test").raise_for_status()
        return str(self.owner.get(f"{path}/deliveries").raise_for_status().json()["data"][0]["id"])

    def _job(self) -> str:
        book, operators = trial.read(trips.run(self._connection, trial.reads(self.victim.id)))
        lines, now_us, job_id = (
            [Line(1, "09121112233", "50000", "A")],
            clock.now_us(),
            ids.new(self.victim.id),
        )
        checked = bulk.check(lines, unit="toman", book=book, operators=operators, now_us=now_us, zone=ZONE)
        of = {"seller_id": self.victim.id, "actor_id": self.victim.user_id}
        trips.run(
            self._connection, [bulk.keep(checked, job_id=job_id, file_name="a.csv", now_us=now_us, **of)]
        )
        return job_id

    def _member(self) -> str:
        username = f"thing-{next(self._numbers)}-of-{self.victim.id}"
        made = User.objects.create_user(
            username, password=people.PASSWORD, seller_id=self.victim.id, role="viewer"
        )
        return str(made.pk)

    def _invitation(self) -> str:
        return invitations.made(User.objects.get(pk=self._member()))

    def _session(self) -> str:
        made = UserSession.objects.create(
            user_id=self.victim.user_id,
            session_key=str(self._callers.session("owner").session_key),
            ip="127.0.0.1",
            user_agent="another browser",
        )
        return str(made.pk)

    def _entry(self) -> str:
        return str(Entry.objects.filter(seller_id=self.victim.id).latest("id").pk)

    def _gateway(self) -> str:
        made, _ = Way.objects.get_or_create(operator_id="rightel", gateway="simulator")
        return str(made.pk)

    def _movement(self) -> str:
        return str(Movement.objects.filter(seller_id=self.victim.id)[0].pk)


def _id(answer: httpx.Response) -> str:
    return str(answer.raise_for_status().json()["id"])
