"""The threshold of a low balance: typed in toman, kept in rials, and told by the next movement under it."""

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import GiveRole, Visit

PATH = "/settings/low-balance/"


def test_it_is_kept_to_the_rial_and_shown_as_it_was_typed(
    visit: Visit, new_seller: NewSeller, api: Api
) -> None:
    seller = new_seller(available=1_000_000)

    page = visit(seller).send(PATH, threshold="۵۰٬۰۰۰")

    assert api(seller).get("/api/v1/balance").json()["low_balance_threshold"] == 500_000
    assert 'value="50,000"' in page.text
    assert "is under it now" not in page.text.lower()


def test_an_empty_one_tells_nobody(visit: Visit, new_seller: NewSeller, api: Api) -> None:
    seller = new_seller()
    visitor = visit(seller)
    visitor.send(PATH, threshold="1")

    visitor.send(PATH, threshold="")

    assert api(seller).get("/api/v1/balance").json()["low_balance_threshold"] is None


def test_a_balance_that_is_under_it_already_is_said(visit: Visit, new_seller: NewSeller) -> None:
    page = visit(new_seller(available=10_000)).send(PATH, threshold="1001")

    assert "It is under it now" in page.text


@pytest.mark.parametrize("typed", ["-5", "0", "many", "12.500"])
def test_what_is_no_amount_is_refused(visit: Visit, new_seller: NewSeller, typed: str) -> None:
    answer = visit(new_seller()).send(PATH, threshold=typed)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_it_is_for_owners(visit: Visit, new_seller: NewSeller, give_role: GiveRole) -> None:
    seller = new_seller()
    give_role(seller.user_id, "cashier")

    assert visit(seller).open(PATH).status_code == httpx.codes.FORBIDDEN
