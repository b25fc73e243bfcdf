"""Races: of two that cannot both be, exactly one is, and the books say which."""

import httpx
import pytest

from tests.api.calls import V1, adjust, asked, decide, new_reference, ok, reverse, sell, sold
from tests.conftest import Api, NewSeller
from tests.journeys.shops import at_once, sums_of, whole
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup.trips import Connection

ROUNDS = 15


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


@pytest.mark.parametrize(
    ("one", "other"),
    [("approve", "reject"), ("approve", "cancel"), ("reject", "cancel"), ("approve", "approve")],
)
def test_of_two_decisions_at_once_one_stands(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server, one: str, other: str
) -> None:
    seller = new_seller()
    selling, deciding = api(seller, on=on), api(staff, on=on)
    who = {"approve": deciding, "reject": deciding, "cancel": selling}
    for _ in range(ROUNDS):
        request = asked(selling, 1_000)["id"]

        answers = at_once(
            lambda request=request: decide(who[one], request, one),  # type: ignore[misc]  # bound to this round
            lambda request=request: decide(who[other], request, other),  # type: ignore[misc]  # the same
        )

        assert statuses(answers) == [200, 409]
        (stands,) = [answer.json() for answer in answers if answer.status_code == 200]
        assert ok(selling.get(f"{V1}/credit-requests/{request}")) == stands
    approved = ok(selling.get(f"{V1}/credit-requests?status=approved&limit=100"))["data"]
    assert whole(app, seller.id) == 1_000 * len(approved)


def test_adjustments_at_once_never_go_below_zero(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server
) -> None:
    seller, deciding = new_seller(available=1_000), api(staff, on=on)

    answers = at_once(*[lambda: adjust(deciding, seller.id, -300)] * 8)

    assert statuses(answers) == [201] * 3 + [402] * 5
    assert sums_of(app, seller.id).available == sums_of(app, seller.id).journal == 100


def test_a_sale_and_a_deduction_at_once_never_go_below_zero(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server
) -> None:
    for _ in range(ROUNDS):
        seller, deciding = new_seller(available=5_000), api(staff, on=on)
        selling = api(seller, on=on)

        answers = at_once(
            lambda selling=selling: sell(selling),  # type: ignore[misc]  # bound to this round
            lambda seller=seller, deciding=deciding: adjust(deciding, seller.id, -5_000),  # type: ignore[misc]
        )

        assert statuses(answers) == [201, 402]
        assert sums_of(app, seller.id).available == 0


def test_of_two_requests_with_one_key_one_stands_and_the_other_is_told_what_differs(
    api: Api, app: Connection, new_seller: NewSeller, on: Server
) -> None:
    seller = new_seller(available=1_000_000)
    selling = api(seller, on=on)
    for _ in range(ROUNDS):
        key = new_reference()

        answers = at_once(
            lambda key=key: sell(selling, key, amount=1_000),  # type: ignore[misc]  # bound to this round
            lambda key=key: sell(selling, key, amount=2_000),  # type: ignore[misc]  # the same
        )

        assert statuses(answers) == [201, 422]
    assert whole(app, seller.id) > 0
    assert len(ok(selling.get(f"{V1}/recharges?limit=100"))["data"]) == ROUNDS


def test_a_reversal_and_sales_at_once_add_up(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server
) -> None:
    seller, deciding = new_seller(available=50_000), api(staff, on=on)
    selling = api(seller, on=on)
    made = [sold(selling) for _ in range(10)]

    answers = at_once(
        *[lambda each=each: reverse(deciding, each["id"]) for each in made],
        *[lambda: sell(selling)] * 10,
    )

    assert {answer.status_code for answer in answers} <= {200, 201, 402}
    again = sum(answer.status_code == 201 for answer in answers)
    assert sums_of(app, seller.id).available == sums_of(app, seller.id).journal == 50_000 - again * 5_000


def test_a_suspension_in_the_midst_of_sales_ends_them(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand, on: Server
) -> None:
    seller, deciding = new_seller(available=1_000_000), api(staff, on=on)
    selling = api(seller, on=on)

    def suspend() -> httpx.Response:
        return deciding.patch(f"{V1}/sellers/{seller.id}", json={"status": "suspended"})

    answers = at_once(*[lambda: sell(selling)] * 9, suspend, *[lambda: sell(selling)] * 9)
    sales = [answer for answer in answers if answer.request.url.path.endswith("/recharges")]

    assert {answer.status_code for answer in sales} <= {201, 403}
    assert {sell(selling).status_code for _ in range(10)} == {403}
    left = 1_000_000 - 5_000 * sum(answer.status_code == 201 for answer in sales)
    assert whole(app, seller.id) == left
