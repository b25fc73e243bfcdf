"""The tests' own support does what it says: a real server answers, and nothing else can be reached."""

from collections.abc import Callable

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.support.network import NetworkBlocked
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server


@pytest.mark.parametrize("elsewhere", ["http://192.0.2.1/", "http://example.com/"])
def test_no_test_reaches_another_machine(elsewhere: str) -> None:
    with pytest.raises(NetworkBlocked):
        httpx.get(elsewhere)


def test_a_seller_sees_its_balance_through_the_server(api: Api, new_seller: NewSeller) -> None:
    answer = api(new_seller(available=1_000)).get("/api/v1/balance")

    assert (answer.status_code, answer.json()["available"]) == (200, 1_000)


def test_staff_see_all_sellers_and_a_stranger_none(
    api: Api, staff: StaffAtHand, new_seller: NewSeller
) -> None:
    seller = new_seller()

    assert api(staff).get(f"/api/v1/sellers/{seller.id}").status_code == 200
    assert api().get(f"/api/v1/sellers/{seller.id}").status_code == 401


def test_a_password_of_the_tests_works_on_the_server(api: Api, new_seller: NewSeller) -> None:
    seller = new_seller()

    answer = api().post("/api/v1/tokens", json={"username": seller.username, "password": seller.password})

    assert answer.status_code == 201, answer.text


def test_another_server_has_settings_of_its_own(
    api: Api, serve: Callable[..., Server], new_seller: NewSeller
) -> None:
    other = serve(API_WORKERS="2")

    assert api(new_seller(available=7), on=other).get("/api/v1/balance").json()["available"] == 7
