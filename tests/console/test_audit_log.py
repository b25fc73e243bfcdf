"""The audit log has what people did, when, why and what was different; nobody writes or mends it."""

import httpx
import pytest
from psycopg import errors

from tests.conftest import Api, NewSeller
from tests.console.browser import AUDIT, OPERATORS, REQUESTS, SELLERS, USERS, Browser
from tests.console.conftest import NewColleague, NewRequest, noted
from tests.support.sellers_at_hand import StaffAtHand
from topup.trips import Connection


def test_a_decision_is_noted_with_who_and_why(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest, staff: StaffAtHand
) -> None:
    approved, rejected = (new_request(new_seller(), 5_000) for _ in range(2))

    browser.act(REQUESTS, "approve", approved)
    browser.act(REQUESTS, "reject", rejected, reason="no transfer came")

    (yes,), (no,) = noted(app, approved), noted(app, rejected)
    assert (yes.actor_id, yes.act, yes.after) == (
        staff.user_id,
        "credit_approved",
        {"amount": 5_000, "version": 1},
    )
    assert (no.actor_id, no.act, no.reason) == (staff.user_id, "credit_rejected", "no transfer came")


def test_a_refused_decision_is_not_noted(
    browser: Browser, app: Connection, new_seller: NewSeller, new_request: NewRequest
) -> None:
    asked = new_request(new_seller(), 5_000)

    for _ in range(3):
        browser.act(REQUESTS, "approve", asked)

    assert [each.act for each in noted(app, asked)] == ["credit_approved"]


def test_what_the_api_does_is_noted_as_well(
    api: Api, app: Connection, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller(active=True, daily_limit=100)

    changed = api(staff).patch(f"/api/v1/sellers/{seller.id}", json={"daily_limit": 900})

    assert changed.status_code == httpx.codes.OK, changed.text
    last = noted(app, seller.id, "seller")[-1]
    assert (last.actor_id, last.act) == (staff.user_id, "standing_changed")
    assert (last.before, last.after) == ({"daily_limit": 100}, {"daily_limit": 900})


def test_suspending_from_the_page_keeps_the_reason(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()

    browser.send(f"{SELLERS}{seller.id}/standing/", reason="cheques bounced")

    last = noted(app, seller.id, "seller")[-1]
    assert (last.act, last.reason) == ("standing_changed", "cheques bounced")
    assert (last.before, last.after) == ({"active": True}, {"active": False})


def test_an_operator_and_a_user_are_noted_with_the_difference(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    member = new_seller().user_id

    browser.send(f"{OPERATORS}rightel/change/", name_en="RighTel")
    browser.send(f"{USERS}{member}/change/", first_name="Sara")

    assert noted(app, "rightel")[-1].after == {"name_en": "RighTel"}
    assert noted(app, member, "user")[-1].after == {"first_name": "Sara"}
    browser.send(f"{OPERATORS}rightel/change/", name_en="Rightel")


def test_logins_of_staff_are_noted(app: Connection, new_colleague: NewColleague) -> None:
    colleague, _browser = new_colleague("support")

    assert [each.act for each in noted(app, colleague.user_id, "user")] == ["logged_in"]


def test_the_page_shows_an_entry_and_finds_it_by_person_and_thing(
    browser: Browser, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller()
    browser.send(f"{SELLERS}{seller.id}/standing/", reason=f"because of {seller.id}")

    by_thing = browser.open(AUDIT, q=str(seller.id), act="standing_changed").text
    by_person = browser.open(AUDIT, q=staff.username, seller=seller.id).text

    assert f"because of {seller.id}" in by_thing
    assert f"because of {seller.id}" in by_person
    assert "<del>True</del>" in by_thing


@pytest.mark.parametrize(
    "verb", ["UPDATE audit.entry SET reason = ''", "DELETE FROM audit.entry", "TRUNCATE audit.entry"]
)
def test_not_even_its_owner_mends_the_log(verb: str, owner: Connection) -> None:
    with pytest.raises(errors.RestrictViolation):
        owner.execute(verb)
