"""What a role may do in the console: support reads, finance decides, admins set things up."""

import httpx
import pytest

from tests.conftest import NewSeller
from tests.console.browser import (
    AUDIT,
    BOOKS,
    CONSOLE,
    EXPLORER,
    KEYS,
    MOVEMENTS,
    OPERATORS,
    RECHARGES,
    REQUESTS,
    SELLERS,
    USERS,
)  # fmt: skip
from tests.console.conftest import NewColleague, NewRequest, book, state_of
from tests.support.sellers_at_hand import StaffAtHand
from topup.trips import Connection

READABLE = (CONSOLE, SELLERS, REQUESTS, RECHARGES, MOVEMENTS, BOOKS, OPERATORS, USERS, KEYS, EXPLORER)


@pytest.mark.parametrize("role", ["support", "finance", "admin"])
def test_every_role_reads_the_lists(role: str, new_colleague: NewColleague) -> None:
    _who, browser = new_colleague(role)

    assert {path: browser.open(path).status_code for path in READABLE} == dict.fromkeys(
        READABLE, httpx.codes.OK
    )


def test_support_does_not_read_the_audit_log(new_colleague: NewColleague) -> None:
    assert new_colleague("support")[1].open(AUDIT).status_code == httpx.codes.FORBIDDEN
    assert new_colleague("finance")[1].open(AUDIT).status_code == httpx.codes.OK


def test_support_decides_nothing(
    new_colleague: NewColleague, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller()
    asked = new_request(seller, 5_000)
    _who, browser = new_colleague("support")

    browser.act(REQUESTS, "approve", asked)
    one = browser.post(f"{REQUESTS}{asked}/decide/", {"decision": "approve"})
    adjusting = browser.open(f"{SELLERS}{seller.id}/adjust/")

    assert (one.status_code, adjusting.status_code) == (httpx.codes.FORBIDDEN, httpx.codes.FORBIDDEN)
    assert (book(app, seller), state_of(app, asked)) == ((0, 0), "pending")


def test_finance_decides_but_sets_nothing_up(
    new_colleague: NewColleague, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    seller = new_seller()
    asked = new_request(seller, 5_000)
    _who, browser = new_colleague("finance")

    browser.post(f"{REQUESTS}{asked}/decide/", {"decision": "approve"})
    refused = [
        browser.post(f"{SELLERS}{seller.id}/standing/", {"active": "no", "reason": "x"}),
        browser.post(f"{USERS}{seller.user_id}/change/", {"username": "mine", "_save": "Save"}),
        browser.post(f"{OPERATORS}mci/change/", {"name_en": "Mine", "_save": "Save"}),
        browser.open(f"{SELLERS}add/"),
    ]

    assert book(app, seller) == (5_000, 1)
    assert {answer.status_code for answer in refused} == {httpx.codes.FORBIDDEN}


def test_an_admin_gives_roles_but_makes_no_superuser_and_not_their_own(
    new_colleague: NewColleague, app: Connection
) -> None:
    who, browser = new_colleague("admin")
    other, _browser = new_colleague("support")

    browser.send(f"{USERS}{other.user_id}/change/", role="finance", is_superuser="on")
    browser.send(f"{USERS}{who.user_id}/change/", role="support", first_name="Ali")

    found = "SELECT role, is_superuser, first_name FROM sellers_user WHERE id = %s"
    assert app.execute(found, (other.user_id,)).fetchone() == ("finance", False, "")
    assert app.execute(found, (who.user_id,)).fetchone() == ("admin", False, "Ali")


def test_nobody_takes_over_a_superusers_account_but_a_superuser(
    new_colleague: NewColleague, staff: StaffAtHand
) -> None:
    _who, browser = new_colleague("admin")

    forged = browser.post(f"{USERS}{staff.user_id}/change/", {"username": "mine", "_save": "Save"})

    assert forged.status_code == httpx.codes.FORBIDDEN
