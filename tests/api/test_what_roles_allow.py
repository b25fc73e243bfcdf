"""A key may do what the role of its user allows, from the next request on: 403 `forbidden` for the rest."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import psycopg
import pytest

from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup import ids
from topup.trips import Connection

SALE = {"phone_number": "09121234567", "amount": 10_000}
GiveRole = Callable[[int, str], None]


@pytest.fixture
def give_role(people: ModuleType) -> GiveRole:
    """As the portal and the console do: the role, and what was remembered of the keys is void."""
    from topup.sellers import tokens  # noqa: PLC0415  # Django is set up by `people`

    def give(user_id: int, role: str) -> None:
        user: Any = people.User.objects.get(id=user_id)
        people.User.objects.filter(id=user_id).update(role=role, is_superuser=False)
        tokens.expire_authentications(user.seller_id)

    return give


def sale(key: str) -> dict[str, Any]:
    return {"json": SALE, "headers": {"Idempotency-Key": key}}


@pytest.mark.parametrize("role", ["owner", "cashier"])
def test_an_owner_and_a_cashier_sell(api: Api, new_seller: NewSeller, give_role: GiveRole, role: str) -> None:
    seller = new_seller(available=100_000)
    give_role(seller.user_id, role)

    assert api(seller).post("/api/v1/recharges", **sale("one")).status_code == 201


def test_a_viewers_key_sells_nothing(api: Api, new_seller: NewSeller, give_role: GiveRole) -> None:
    seller = new_seller(available=100_000)
    give_role(seller.user_id, "viewer")
    client = api(seller)

    answers = [client.post("/api/v1/recharges", **sale(key)) for key in ("one", "two")]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "forbidden")] * 2
    assert client.get("/api/v1/balance").json()["available"] == 100_000


def test_a_role_that_is_taken_away_holds_from_the_next_sale_on(
    api: Api, new_seller: NewSeller, give_role: GiveRole
) -> None:
    seller = new_seller(available=100_000)
    client = api(seller)
    assert client.post("/api/v1/recharges", **sale("remembered")).status_code == 201

    give_role(seller.user_id, "viewer")
    batch = {"items": [SALE | {"reference": "in-a-batch"}]}

    assert client.post("/api/v1/recharges", **sale("next")).status_code == 403
    assert client.post("/api/v1/recharges/batch", json=batch).status_code == 403


@pytest.mark.parametrize("role", ["cashier", "viewer"])
def test_only_an_owner_asks_for_credit(
    api: Api, new_seller: NewSeller, give_role: GiveRole, role: str
) -> None:
    seller = new_seller()
    give_role(seller.user_id, role)

    answer = api(seller).post("/api/v1/credit-requests", json={"amount": 1_000})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def asked(api: Api, seller: SellerAtHand) -> str:
    request: dict[str, str] = api(seller).post("/api/v1/credit-requests", json={"amount": 1_000}).json()
    return request["id"]


def test_support_reads_but_approves_nothing(
    api: Api, new_seller: NewSeller, new_staff: Callable[[], StaffAtHand], give_role: GiveRole
) -> None:
    staff, seller = new_staff(), new_seller()
    give_role(staff.user_id, "support")
    path = f"/api/v1/credit-requests/{asked(api, seller)}"

    assert api(staff).get(path).json()["status"] == "pending"
    assert api(staff).post(f"{path}/approve").status_code == 403
    assert api(staff).post(f"{path}/reject", json={"reason": "no"}).status_code == 403
    assert api(seller).get("/api/v1/balance").json()["available"] == 0


def test_finance_approves_but_changes_no_seller(
    api: Api, new_seller: NewSeller, new_staff: Callable[[], StaffAtHand], give_role: GiveRole
) -> None:
    staff, seller = new_staff(), new_seller()
    give_role(staff.user_id, "finance")

    assert api(staff).post(f"/api/v1/credit-requests/{asked(api, seller)}/approve").status_code == 200
    assert api(staff).patch(f"/api/v1/sellers/{seller.id}", json={"status": "suspended"}).status_code == 403


def test_a_role_of_the_other_kind_is_refused_by_the_database(
    owner: Connection, new_seller: NewSeller
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE sellers_user SET role = 'admin' WHERE id = %s", (new_seller().user_id,))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/recharges/{id}/resolve", {"outcome": "failed", "evidence": "none"}),
        ("DELETE", "/recharges/{id}/proposal", None),
        ("POST", "/recharges/{id}/reverse", {"reason": "none"}),
        ("POST", "/disputes/{id}/reverse", {"reason": "none"}),
        ("POST", "/disputes/{id}/refuse", {"reason": "none", "evidence": "none"}),
        ("POST", "/cases/{id}/close", {"reason": "none"}),
        ("POST", "/operators/mci/settlements", None),
        ("PATCH", "/operators/mci", {"name_en": "None"}),
        ("POST", "/adjustments", {"seller_id": 1, "amount": 1, "reason": "none"}),
    ],
)
def test_support_decides_nothing_whatever_it_is_about(
    api: Api, new_staff: Callable[[], StaffAtHand], give_role: GiveRole, method: str, path: str, body: Any
) -> None:
    staff = new_staff()
    give_role(staff.user_id, "support")

    answer = api(staff).request(method, "/api/v1" + path.format(id=ids.new(1)), json=body)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("role", ["cashier", "viewer"])
def test_only_an_owner_changes_what_the_seller_is_told(
    api: Api, new_seller: NewSeller, give_role: GiveRole, role: str
) -> None:
    seller = new_seller()
    give_role(seller.user_id, role)

    assert api(seller).patch("/api/v1/balance", json={"low_balance_threshold": 1}).status_code == 403


def test_a_viewer_disputes_nothing(api: Api, new_seller: NewSeller, give_role: GiveRole) -> None:
    seller = new_seller()
    give_role(seller.user_id, "viewer")

    path = f"/api/v1/recharges/{ids.new(seller.id)}/disputes"

    assert api(seller).post(path, json={"reason": "none"}).status_code == 403
